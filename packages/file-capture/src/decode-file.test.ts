import { describe, expect, test } from 'vitest';
import { decodeFile, type DecodedBatch } from './decode-file.ts';
import { DecodeError, type Decoder } from './decoder.ts';
import { createJsonDecoder } from './json-decoder.ts';
import { inChunks } from './test-support.ts';

async function decoded(
  text: string | Uint8Array,
  options: { chunkBytes?: number; decoder?: Decoder; maxRecordBytes?: number } = {},
): Promise<DecodedBatch[]> {
  const batches: DecodedBatch[] = [];
  const decoder = options.decoder ?? createJsonDecoder({ path: [] });
  const { maxRecordBytes } = options;
  for await (const batch of decodeFile({
    chunks: inChunks(text, options.chunkBytes ?? 1000),
    decoder,
    offset: 0,
    records: 0,
    path: 'a.jsonl',
    ...(maxRecordBytes === undefined ? {} : { maxRecordBytes }),
  })) {
    batches.push(batch);
  }
  return batches;
}

const text = (batches: readonly DecodedBatch[]) =>
  batches.map(({ lines }) => Buffer.from(lines.bytes).toString()).join('');

describe('decodeFile', () => {
  test.each([1, 2, 3, 7, 64])('decodes the same from chunks of %i bytes', async (chunkBytes) => {
    const file = Array.from({ length: 50 }, (_, n) => `{"n":${n}}\n`).join('');
    const batches = await decoded(file, { chunkBytes });
    expect(text(batches)).toBe(file);
    expect(batches.at(-1)).toMatchObject({ offset: file.length, records: 50, ended: true });
  });

  test('hands out batches of about 1 MiB, whose positions follow each other', async () => {
    const file = Array.from(
      { length: 30_000 },
      (_, n) => `{"n":${n},"pad":"${'x'.repeat(100)}"}\n`,
    );
    const batches = await decoded(file.join(''), { chunkBytes: 300_000 });
    const sizes = batches.map(({ lines }) => lines.bytes.length);
    expect(Math.max(...sizes)).toBeLessThan(1_200_000);
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(800_000);
    let offset = 0;
    let records = 0;
    for (const batch of batches) {
      offset += batch.lines.bytes.length;
      records += batch.lines.ends.length;
      expect(batch).toMatchObject({ offset, records });
    }
    expect(batches.map(({ ended }) => ended).lastIndexOf(false)).toBe(batches.length - 2);
  });

  test('says where a file without documents ends', async () => {
    expect(await decoded(' \n ')).toEqual([
      expect.objectContaining({ offset: 3, records: 0, ended: true }),
    ]);
  });

  test.each(['[{"n":1},{"n":2}', '[{"n":1},{"n":2},', '[{"n":1},{"n":2}\n'])(
    'a file that ends too early fails after its last good record: %j',
    async (file) => {
      for (const chunkBytes of [1, 1000]) {
        const texts: string[] = [];
        const reading = async () => {
          const decoder = createJsonDecoder({ path: [] });
          const chunks = inChunks(file, chunkBytes);
          const start = { offset: 0, records: 0, path: 'a.json' };
          for await (const batch of decodeFile({ chunks, decoder, ...start })) {
            expect(batch.ended).toBe(false);
            texts.push(text([batch]));
          }
        };
        await expect(reading()).rejects.toMatchObject({
          kind: 'data',
          message: 'unexpected end of the file',
          where: `a.json, byte ${file.length}`,
        });
        expect(texts.join('')).toBe('{"n":1}\n{"n":2}\n');
      }
    },
  );

  test('takes a record of 20 MB', async () => {
    const long = `{"s":"${'y'.repeat(20_000_000)}"}\n`;
    const batches = await decoded(`{"n":1}\n${long}{"n":2}\n`, { chunkBytes: 1024 * 1024 });
    expect(text(batches)).toBe(`{"n":1}\n${long}{"n":2}\n`);
  });

  test('asks for few attempts at a long record', async () => {
    const inner = createJsonDecoder({ path: [] });
    let attempts = 0;
    const decoder: Decoder = {
      inside: undefined,
      unfinished: undefined,
      decode(chunk, final) {
        attempts++;
        return inner.decode(chunk, final);
      },
    };
    await decoded(`{"s":"${'y'.repeat(20_000_000)}"}\n`, { chunkBytes: 100_000, decoder });
    expect(attempts).toBeLessThan(10);
  });

  test('fails at a record that is too long, after those before it', async () => {
    const file = `{"n":1}\n{"n":2}\n{"s":"${'y'.repeat(5_000_000)}"}\n`;
    const batches: DecodedBatch[] = [];
    const reading = async () => {
      for await (const batch of decodeFile({
        chunks: inChunks(file, 100_000),
        decoder: createJsonDecoder({ path: [] }),
        offset: 0,
        records: 0,
        path: 'a.jsonl',
        maxRecordBytes: 2 * 1024 * 1024,
      })) {
        batches.push(batch);
      }
    };
    await expect(reading()).rejects.toMatchObject({
      kind: 'data',
      where: 'a.jsonl, record 3, byte 16',
      message: 'a record has more than 2 MiB',
    });
    expect(text(batches)).toBe('{"n":1}\n{"n":2}\n');
  });

  test('names file, record and byte of what is broken, after the good ones', async () => {
    const batches: DecodedBatch[] = [];
    const reading = async () => {
      for await (const batch of decodeFile({
        chunks: inChunks('{"n":1}\n{"n":2}\n{"n":}\n', 5),
        decoder: createJsonDecoder({ path: [] }),
        offset: 100,
        records: 10,
        path: 'a.jsonl',
      })) {
        batches.push(batch);
      }
    };
    await expect(reading()).rejects.toMatchObject({
      kind: 'data',
      where: 'a.jsonl, record 13, byte 121',
      message: "unexpected character '}'",
    });
    expect(text(batches)).toBe('{"n":1}\n{"n":2}\n');
    expect(batches).toMatchObject([{ offset: 116, records: 12 }]);
  });

  test('passes on an error that is no fault of the file', async () => {
    const decoder: Decoder = {
      inside: undefined,
      unfinished: undefined,
      decode() {
        throw new RangeError('a bug');
      },
    };
    await expect(decoded('x', { decoder })).rejects.toThrow(RangeError);
  });

  test('names no record where none is at fault', async () => {
    const decoder: Decoder = {
      inside: undefined,
      unfinished: undefined,
      decode() {
        throw new DecodeError('odd', { offset: 2, record: -1 });
      },
    };
    await expect(decoded('xyz', { decoder })).rejects.toMatchObject({ where: 'a.jsonl, byte 2' });
  });

  test('reads at most one chunk ahead, and closes the file when the consumer leaves', async () => {
    let read = 0;
    let closed = false;
    async function* chunks() {
      try {
        for (;;) {
          read++;
          yield Buffer.from(`{"pad":"${'x'.repeat(1024 * 1024)}"}\n`);
        }
      } finally {
        closed = true;
      }
    }
    const start = { offset: 0, records: 0, path: 'a' };
    const decoder = createJsonDecoder({ path: [] });
    for await (const batch of decodeFile({ chunks: chunks(), decoder, ...start })) {
      if (batch.records >= 10) break;
    }
    expect(read).toBeLessThanOrEqual(13);
    expect(closed).toBe(true);
  });
});
