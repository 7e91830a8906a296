import { readFileSync, openSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { openOutput, Splicer } from '@fairlead/host-io';
import { type Documents, encodeDocuments, DocumentsBuilder, Op } from '@fairlead/sdk';
import { documentLines, generateDocuments, tempFolder } from '@fairlead/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from './testing/serve.ts';
import { Messages } from '../protocol/messages.ts';
import { recordsOf } from './records.ts';

const atMs = 1_700_000_000_000;

/** What is written for some batches. */
async function writeBytes(
  batches: readonly Documents[],
  {
    changes = false,
    now = () => atMs,
    namespace,
  }: { changes?: boolean; now?: () => number; namespace?: string } = {},
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const output = {
    write: (bytes: Uint8Array) => void chunks.push(Buffer.from(bytes)),
    flush: async () => {},
    close: async () => {},
  };
  const stream = { name: 'a "b"', ...(namespace === undefined ? {} : { namespace }) };
  const splicer = new Splicer(output);
  const records = recordsOf({ stream, changes, output, splicer, now });
  for (const batch of batches) await records.write(batch);
  return Buffer.concat(chunks);
}

/** The same as lines. */
async function write(...args: Parameters<typeof writeBytes>): Promise<string[]> {
  const lines = String(await writeBytes(...args)).split('\n');
  expect(lines.pop()).toBe('');
  return lines;
}

const linesAs = (lines: readonly string[], op: number = Op.upsert) => {
  const builder = new DocumentsBuilder();
  for (const line of lines) builder.addLine(Buffer.from(`${line}\n`), op);
  return builder.take();
};

const parse = (line: string): Message => JSON.parse(line);

describe('a record', () => {
  test('is the document as it is in an envelope', async () => {
    const document = '{"id":12345678901234567890, "p":1.10,"s":"\\u00e9é"}';
    expect(await write([linesAs([document])])).toEqual([
      `{"type":"RECORD","record":{"stream":"a \\"b\\"","emitted_at":${atMs},"data":${document}}}`,
    ]);
  });

  test('has the namespace that its stream has', async () => {
    const [line = ''] = await write([linesAs(['{}'])], { namespace: 'n' });
    expect(parse(line).record.namespace).toBe('n');
  });

  test.each([
    { document: '{"id":1}', op: Op.upsert, data: '{"_ab_cdc_cursor":1700000000000000000,"id":1}' },
    {
      document: ' { "id":1}',
      op: Op.insert,
      data: '{"_ab_cdc_cursor":1700000000000000000,"id":1}',
    },
    { document: '{ }', op: Op.upsert, data: '{"_ab_cdc_cursor":1700000000000000000}' },
    {
      document: '{"id":1}',
      op: Op.delete,
      data: '{"_ab_cdc_deleted_at":"2023-11-14T22:13:20.000Z","_ab_cdc_cursor":1700000000000000000,"id":1}',
    },
    {
      document: '{}',
      op: Op.delete,
      data: '{"_ab_cdc_deleted_at":"2023-11-14T22:13:20.000Z","_ab_cdc_cursor":1700000000000000000}',
    },
  ])(
    'of $document with op $op in a stream of changes has $data',
    async ({ document, op, data }) => {
      const [line = ''] = await write([linesAs([document], op)], { changes: true });
      expect(line.endsWith(`"data":${data}}}`)).toBe(true);
    },
  );

  test.each([
    { op: Op.patch, changes: true, message: 'a change holds only a part of its row' },
    { op: Op.patch, changes: false, message: 'a change holds only a part of its row' },
    { op: Op.delete, changes: false, message: 'the stream has no key to say which' },
  ])('there is none of op $op where it cannot be said', async ({ op, changes, message }) => {
    await expect(write([linesAs(['{"id":1}'], op)], { changes })).rejects.toMatchObject({
      kind: 'data',
      message: expect.stringContaining(message),
    });
  });
});

describe('records of many documents', () => {
  const sizes = fc.array(
    fc.oneof(fc.nat(300), fc.integer({ min: 65_200, max: 65_700 }), fc.constant(200_000)),
    {
      minLength: 1,
      maxLength: 30,
    },
  );

  test.each([true, false])(
    'are the documents in order, whatever their sizes (changes: %s)',
    async (changes) => {
      await fc.assert(
        fc.asyncProperty(sizes, async (lengths) => {
          const documents = lengths.map((length, id) => ({ id, text: 'x'.repeat(length) }));
          const lines = await write([encodeDocuments(documents)], { changes });
          const data = lines.map((line) => parse(line).record.data);
          expect(data.map(({ _ab_cdc_cursor, ...document }) => document)).toEqual(documents);
        }),
        { numRuns: 40 },
      );
    },
  );

  test('of generated documents are those', async () => {
    const documents = generateDocuments(0, 5_000);
    const lines = await write([documents]);
    const data = lines.map((line) => line.slice(line.indexOf('"data":') + 7, -2));
    expect(data).toEqual(documentLines(documents));
  });
});

test.each([true, false])(
  'log lines come between large records, not into them (changes: %s)',
  async (changes) => {
    await using folder = await tempFolder();
    const path = folder.join('out');
    const output = openOutput(openSync(path, 'w'), { bufferBytes: 1_000 });
    const { log } = new Messages(output);
    const documents = Array.from({ length: 20 }, (_, id) => ({ id, text: 'x'.repeat(200_000) }));
    const splicer = new Splicer(output);
    const stream = { name: 'a' };
    let done = false;
    const logging = (async () => {
      while (!done) {
        log.info('meanwhile');
        await turn();
      }
    })();
    await recordsOf({ stream, changes, output, splicer, now: () => atMs }).write(
      encodeDocuments(documents),
    );
    done = true;
    await logging;
    await output.close();
    const messages = readFileSync(path, 'utf8').trimEnd().split('\n').map(parse);
    expect(messages.filter(({ type }) => type === 'RECORD')).toHaveLength(20);
    expect(messages.filter(({ type }) => type === 'LOG').length).toBeGreaterThan(20);
  },
);

describe('the cursor', () => {
  const cursorsOf = (lines: readonly string[]) =>
    lines.map((line) => BigInt(/"_ab_cdc_cursor":(\d+)/.exec(line)?.[1] ?? 0));

  test.each([
    { what: 'stands still', clock: [atMs, atMs, atMs] },
    { what: 'goes on', clock: [atMs, atMs + 1, atMs + 2] },
    { what: 'goes back', clock: [atMs, atMs - 5_000, atMs] },
  ])('grows when the clock $what', async ({ clock }) => {
    const ticks = [...clock];
    const batches = clock.map((_, index) => generateDocuments(index * 1_200, 1_200));
    const lines = await write(batches, { changes: true, now: () => ticks.shift() ?? 0 });
    const cursors = cursorsOf(lines);
    expect(cursors).toHaveLength(3_600);
    expect(
      cursors.every((cursor, index) => index === 0 || cursor > (cursors[index - 1] ?? 0n)),
    ).toBe(true);
  });

  test('grows past a million records in one millisecond', async () => {
    const line = '{"i":1}\n';
    const count = 500_001;
    const half = {
      bytes: Buffer.alloc(line.length * count, line),
      ends: Uint32Array.from({ length: count }, (_, index) => (index + 1) * line.length),
    };
    const text = String(await writeBytes([half, half], { changes: true }));
    const last = text.indexOf('"_ab_cdc_cursor":1700000000000999999,');
    expect(text.slice(last).match(/(?<="_ab_cdc_cursor":)\d+/g)).toEqual([
      '1700000000000999999',
      '1700000000001000000',
      '1700000000001000001',
    ]);
  });
});
