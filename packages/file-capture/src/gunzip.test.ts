import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gunzip } from './gunzip.ts';
import { collect, inChunks } from './test-support.ts';

const long = Buffer.from(Array.from({ length: 400_000 }, (_, n) => `line ${n}\n`).join(''));

function gunzipped(bytes: Uint8Array, size: number): Promise<Buffer> {
  return collect(gunzip(inChunks(bytes, size), 'a.gz'));
}

describe('gunzip', () => {
  test.each([
    ['one member', gzipSync('abc'), 'abc'],
    ['two members', Buffer.concat([gzipSync('abc'), gzipSync('def')]), 'abcdef'],
    ['an empty member', Buffer.concat([gzipSync(''), gzipSync('def')]), 'def'],
    ['zeros as padding', Buffer.concat([gzipSync('abc'), Buffer.alloc(600)]), 'abc'],
    ['nothing at all', Buffer.alloc(0), ''],
  ])('decompresses %s, however it is cut into chunks', async (_, packed, expected) => {
    for (const size of [1, 2, 7, 19, 23, 1000]) {
      expect((await gunzipped(packed, size)).toString()).toBe(expected);
    }
  });

  test('decompresses more than one chunk of output, and many members', async () => {
    const member = gzipSync(long);
    const members = Buffer.concat(Array.from({ length: 50 }, () => member));
    const bytes = await gunzipped(members, 100_000);
    expect(bytes.length).toBe(long.length * 50);
    expect(bytes.subarray(-long.length).equals(long)).toBe(true);
  });

  test('hands out chunks of 1 MiB while there is input', async () => {
    const sizes: number[] = [];
    for await (const chunk of gunzip(inChunks(gzipSync(long), 10_000_000), 'a.gz')) {
      sizes.push(chunk.length);
    }
    expect(sizes.length).toBeGreaterThan(2);
    expect(new Set(sizes.slice(0, -1))).toEqual(new Set([1024 * 1024]));
  });

  test.each([4, 11, 20, 1000])(
    'a file cut off after %i bytes fails as truncated',
    async (length) => {
      const packed = gzipSync(Buffer.concat([long, long]), { level: 1 }).subarray(0, length);
      await expect(gunzipped(packed, 7)).rejects.toMatchObject({
        name: 'Failure',
        kind: 'data',
        where: 'a.gz',
        message: 'the gzip file is truncated',
      });
    },
  );

  const wrongSum = Buffer.from(gzipSync('abc'));
  wrongSum[wrongSum.length - 8] = (wrongSum.at(-8) ?? 0) ^ 1;
  test.each([
    ['text behind it', Buffer.concat([gzipSync('abc'), Buffer.from('hello')])],
    [
      'text behind the padding',
      Buffer.concat([gzipSync('abc'), Buffer.alloc(9), Buffer.from('x')]),
    ],
    ['a member behind the padding', Buffer.concat([gzipSync('a'), Buffer.alloc(9), gzipSync('b')])],
    ['a wrong checksum', wrongSum],
    ['no gzip at all', Buffer.from('hello')],
  ])('a file with %s fails as damaged', async (_, packed) => {
    for (const size of [1, 23, 1000]) {
      await expect(gunzipped(packed, size)).rejects.toMatchObject({
        kind: 'data',
        where: 'a.gz',
        message: 'the gzip file is damaged, or has something else at its end',
      });
    }
  });

  test('hands out what comes before the damage', async () => {
    const packed = Buffer.concat([gzipSync(long), Buffer.from('garbage')]);
    let length = 0;
    await expect(async () => {
      for await (const chunk of gunzip(inChunks(packed, 10_000), 'a.gz')) length += chunk.length;
    }).rejects.toThrow('damaged');
    expect(length).toBeGreaterThan(1024 * 1024);
  });

  test('closes the file when the consumer leaves, and reads no further', async () => {
    let closed = false;
    let chunks = 0;
    async function* source() {
      try {
        for await (const chunk of inChunks(gzipSync(long, { level: 0 }), 64 * 1024)) {
          chunks++;
          yield chunk;
        }
      } finally {
        closed = true;
      }
    }
    for await (const chunk of gunzip(source(), 'a.gz')) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(closed).toBe(true);
    expect(chunks).toBeLessThan(45);
  });

  test('passes on what the file fails with', async () => {
    async function* source() {
      yield gzipSync('abc').subarray(0, 12);
      throw new Error('disk on fire');
    }
    await expect(collect(gunzip(source(), 'a.gz'))).rejects.toThrow('disk on fire');
  });
});
