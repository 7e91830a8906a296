import { DocumentsBuilder, encodeDocuments, startOf } from '@fairlead/sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openOutput } from './output.ts';
import { readChunks } from './read-chunks.ts';
import { type Envelope, Splicer } from './splicer.ts';
import { openPipe } from './testing/pipe.ts';

const memory = () => {
  const chunks: Buffer[] = [];
  const output = {
    write: (bytes: Uint8Array) => void chunks.push(Buffer.from(bytes)),
    flush: async () => {},
    close: async () => {},
  };
  return { splicer: new Splicer(output), text: () => String(Buffer.concat(chunks)) };
};

const envelope: Envelope = { prefix: Buffer.from('<'), suffix: Buffer.from('>\n') };

const linesAs = (lines: readonly string[]) => {
  const builder = new DocumentsBuilder();
  for (const line of lines) builder.addLine(Buffer.from(`${line}\n`));
  return builder.take();
};

describe('a splicer', () => {
  test('puts each document in its envelope, whatever their sizes', async () => {
    const size = fc.oneof(fc.nat(40), fc.nat(2_000), fc.integer({ min: 60_000, max: 120_000 }));
    await fc.assert(
      fc.asyncProperty(fc.array(size), fc.string(), fc.string(), async (sizes, before, after) => {
        const documents = sizes.map((length, id) => ({ id, text: 'é'.repeat(length / 2) }));
        const { splicer, text } = memory();
        const lines = encodeDocuments(documents);
        const prefix = Buffer.from(before);
        const suffix = Buffer.from(after);
        const done = await splicer.write(lines, 0, documents.length, { prefix, suffix });
        expect(done).toBe(documents.length);
        const expected = documents.map(
          (one) => `${String(prefix)}${JSON.stringify(one)}${String(suffix)}`,
        );
        expect(text()).toBe(expected.join(''));
      }),
      { numRuns: 60 },
    );
  });

  test('writes a part of a batch, and another with what was counted', async () => {
    const { splicer, text } = memory();
    const lines = linesAs(['{"a":1}', '{"b":2}', '{"c":3}', '{"d":4}']);
    const counted = { prefix: Buffer.from('[8'), suffix: Buffer.from(']'), counts: true };
    expect(await splicer.write(lines, 1, 3, counted)).toBe(3);
    expect(await splicer.write(lines, 3, 4, { ...counted, prefix: Buffer.from('[098') })).toBe(4);
    expect(text()).toBe('[8{"b":2}][9{"c":3}][098{"d":4}]');
  });

  test('counts over all digits, windows and pieces', async () => {
    const { splicer, text } = memory();
    const count = 70_000;
    const lines = linesAs(Array.from({ length: count }, () => `{"text":"${'x'.repeat(60)}"}`));
    const counted = { prefix: Buffer.from('0000000'), suffix: Buffer.from('\n'), counts: true };
    expect(await splicer.write(lines, 0, count, counted)).toBe(count);
    const numbers = text()
      .split('\n')
      .slice(0, -1)
      .map((line) => Number(line.slice(0, 7)));
    expect(numbers).toEqual(Array.from({ length: count }, (_, index) => index));
  });

  test('puts the members of a document into another object', async () => {
    const { splicer, text } = memory();
    const lines = linesAs(['{"a":1}', '{"b": {} }']);
    const inner = { prefix: Buffer.from('{"n":0'), suffix: Buffer.from('\n'), inside: 0x2c };
    expect(await splicer.write(lines, 0, 2, inner)).toBe(2);
    expect(text()).toBe('{"n":0,"a":1}\n{"n":0,"b": {} }\n');
  });

  test.each(['{}', '{ "a":1}', ' {"a":1}', '{\t}'])(
    'leaves %j to its caller there',
    async (odd) => {
      const { splicer, text } = memory();
      const lines = linesAs(['{"a":1}', odd, '{"b":2}']);
      const inner = { prefix: Buffer.from('{"n":0'), suffix: Buffer.from('\n'), inside: 0x2c };
      expect(await splicer.write(lines, 0, 3, inner)).toBe(1);
      expect(await splicer.write(lines, 2, 3, inner)).toBe(3);
      expect(text()).toBe('{"n":0,"a":1}\n{"n":0,"b":2}\n');
    },
  );

  test.each([400_000, 3_000_000])('leaves a document of %i bytes to its caller', async (length) => {
    const { splicer, text } = memory();
    const lines = linesAs(['{"a":1}', `{"a":"${'x'.repeat(length)}"}`, '{"b":2}']);
    expect(await splicer.write(lines, 0, 3, envelope)).toBe(1);
    expect(await splicer.write(lines, 2, 3, envelope)).toBe(3);
    expect(text()).toBe('<{"a":1}>\n<{"b":2}>\n');
    expect(startOf(lines, 2)).toBeGreaterThan(length);
  });

  test('leaves documents to its caller when their envelope is too large', async () => {
    const { splicer, text } = memory();
    const prefix = Buffer.alloc(64 * 1024);
    expect(await splicer.write(linesAs(['{}']), 0, 1, { ...envelope, prefix })).toBe(0);
    expect(text()).toBe('');
  });

  test('waits for the output before it writes over what that has', async () => {
    const seen: string[] = [];
    const writes: Promise<void>[] = [];
    const slowly = async (bytes: Uint8Array) => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(String(Buffer.from(bytes)));
    };
    const output = {
      write: (bytes: Uint8Array) => {
        const written = slowly(bytes);
        writes.push(written);
        return written;
      },
      flush: async () => {},
      close: async () => {},
    };
    const documents = Array.from({ length: 15_000 }, (_, id) => ({ id, text: 'x'.repeat(100) }));
    await new Splicer(output).write(encodeDocuments(documents), 0, 15_000, envelope);
    await Promise.all(writes);
    expect(seen.length).toBeGreaterThan(4);
    expect(seen.join('')).toBe(documents.map((one) => `<${JSON.stringify(one)}>\n`).join(''));
  });

  test('fails as the output does', async () => {
    const reason = new Error('no room');
    const output = {
      write: () => Promise.reject(reason),
      flush: async () => {},
      close: async () => {},
    };
    const documents = Array.from({ length: 15_000 }, (_, id) => ({ id, text: 'x'.repeat(100) }));
    const lines = encodeDocuments(documents);
    await expect(new Splicer(output).write(lines, 0, 15_000, envelope)).rejects.toBe(reason);
  });

  test('writes through a pipe to a slow reader', async () => {
    const { reader, writer } = await openPipe();
    const output = openOutput(writer);
    const documents = Array.from({ length: 20_000 }, (_, id) => ({
      id,
      text: 'x'.repeat(id % 300),
    }));
    const lines = encodeDocuments(documents);
    const written = (async () => {
      const splicer = new Splicer(output);
      for (let from = 0; from < 20_000; from += 4_000) {
        await splicer.write(lines, from, from + 4_000, envelope);
        await output.write(Buffer.from(`after ${from}\n`));
      }
      await output.close();
    })();
    const chunks: Buffer[] = [];
    for await (const chunk of readChunks(reader)) {
      chunks.push(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await written;
    const expected = documents.map((one, index) => {
      const after = index % 4_000 === 3_999 ? `after ${index - 3_999}\n` : '';
      return `<${JSON.stringify(one)}>\n${after}`;
    });
    expect(String(Buffer.concat(chunks)) === expected.join('')).toBe(true);
  });
});
