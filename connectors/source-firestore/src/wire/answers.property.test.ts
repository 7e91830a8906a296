import type { Messages } from '@fairlead/grpc';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyDocument } from '../testing/arbitraries.ts';
import { encodeDocument, lineOf, type TestDocument } from '../testing/value.ts';
import { DocumentHeader } from './document-header.ts';
import { Kernel, type Lines } from './kernel.ts';
import { ProtoWriter } from './protobuf.ts';
import { QueryResponse } from './query-response.ts';
import { encodeTime } from './time.ts';
import { DocumentWriter, lineEnd } from './transcode.ts';

const time = { seconds: 1_700_000_000, nanos: 123_000_000 };

/** An answer as Firestore sends it: a document and a read time, or only the latter. */
interface Answer {
  readonly document: TestDocument | undefined;
  readonly hasReadTime: boolean;
  /** A byte to be changed, and what into. */
  readonly change: readonly [place: number, byte: number] | undefined;
}

const anyAnswer = fc.record({
  document: fc.option(anyDocument, { nil: undefined, freq: 8 }),
  hasReadTime: fc.boolean(),
  change: fc.option(fc.tuple(fc.nat(), fc.nat(255)), { nil: undefined, freq: 20 }),
});

test('answers that are taken at once give the same lines and names as one after another', () => {
  const kernel = new Kernel();
  const answers = fc.array(anyAnswer.map(encodeAnswer), { maxLength: 12 });
  fc.assert(
    fc.property(answers, fc.nat(20), fc.boolean(), (encoded, gap, isSnapshot) => {
      const messages = messagesOf(encoded, gap);
      const lines = kernel.answers(messages, isSnapshot);
      const expected = oneByOne(messages, lines.answers, isSnapshot);
      expect(textsOf(lines)).toEqual(expected.lines);
      expect(namesOf(lines, messages.bytes)).toEqual(expected.names);
    }),
    { numRuns: 1000 },
  );
});

test('all answers with documents as Firestore encodes them are taken at once', () => {
  const documents = Array.from({ length: 300 }, (_, i) => ({
    name: `projects/p/databases/d/documents/users/${i}`,
    fields: [
      ['n', { is: 'integer', value: BigInt(i) }],
      ['m', { is: 'map', fields: [['text', { is: 'string', value: 'x'.repeat(i) }]] }],
    ] as const,
    createTime: time,
    updateTime: { seconds: time.seconds + i, nanos: 0 },
  }));
  const encoded = documents.map((document) =>
    encodeAnswer({ document, hasReadTime: true, change: undefined }),
  );
  const lines = new Kernel().answers(messagesOf(encoded, 0), true);
  expect(lines.answers).toBe(300);
  expect(textsOf(lines)).toEqual(documents.map((document) => `${lineOf(document, true)}\n`));
});

test('answers stop before one that says that it is the last, or leaves documents out', () => {
  const document = { name: 'projects/p/databases/d/documents/a/b', fields: [] };
  const usual = encodeAnswer({
    document: { ...document, createTime: time, updateTime: time },
    hasReadTime: false,
    change: undefined,
  });
  for (const field of [4, 6]) {
    const odd = Buffer.from(new ProtoWriter().varint(field, 1).finish());
    expect(new Kernel().answers(messagesOf([usual, odd, usual], 0), false).answers).toBe(1);
  }
});

test('some of the lines can be taken, after others', () => {
  const documents = ['a', 'b', 'c', 'd'].map((id) => ({
    name: `projects/p/databases/d/documents/users/${id}`,
    fields: [],
    createTime: time,
    updateTime: time,
  }));
  const encoded = documents.map((document) =>
    encodeAnswer({ document, hasReadTime: false, change: undefined }),
  );
  const lines = new Kernel().answers(messagesOf(encoded, 3), false);
  const writer = new DocumentWriter(64);
  writer.lines(lines, 1, 3);
  writer.lines(lines, 0, 1);
  writer.lines(lines, 3, 4);
  const { bytes, ends } = writer.take();
  const texts = [...ends].map((end, i) =>
    Buffer.from(bytes.subarray(ends[i - 1] ?? 0, end)).toString(),
  );
  const expected = documents.map((document) => `${lineOf(document, false)}\n`);
  expect(texts).toEqual([expected[1], expected[2], expected[0], expected[3]]);
});

test.each(['"', '\\', '\n', '\u0001', 'é', '😀'])('a long text may have %j anywhere', (odd) => {
  const kernel = new Kernel();
  for (let length = 0; length < 150; length++) {
    const value = `${'a'.repeat(length)}${odd}${'b'.repeat(150 - length)}${odd}`;
    const document: TestDocument = {
      name: 'projects/p/databases/d/documents/users/a',
      fields: [['text', { is: 'string', value }]],
      createTime: time,
      updateTime: time,
    };
    const answer = encodeAnswer({ document, hasReadTime: false, change: undefined });
    const lines = kernel.answers(messagesOf([answer], 0), false);
    expect(textsOf(lines)).toEqual([`${lineOf(document, false)}\n`]);
  }
});

function encodeAnswer({ document, hasReadTime, change }: Answer): Buffer {
  const writer = new ProtoWriter();
  if (document !== undefined) writer.bytes(1, encodeDocument(document));
  if (hasReadTime) writer.message(3, encodeTime(time));
  const bytes = Buffer.from(writer.finish());
  if (change !== undefined && bytes.length > 0) bytes[change[0] % bytes.length] = change[1];
  return bytes;
}

/** The messages with so many bytes before each. */
function messagesOf(encoded: readonly Buffer[], gap: number): Messages {
  const bounds: number[] = [];
  let at = 0;
  for (const { length } of encoded) {
    bounds.push(at + gap, at + gap + length);
    at += gap + length;
  }
  const filler = Buffer.alloc(gap, 0xff);
  const bytes = new Uint8Array(Buffer.concat(encoded.flatMap((one) => [filler, one])));
  return { bytes, bounds: Int32Array.from(bounds), count: encoded.length };
}

function oneByOne({ bytes, bounds }: Messages, count: number, isSnapshot: boolean) {
  const response = new QueryResponse();
  const header = new DocumentHeader();
  const lines: string[] = [];
  const names: string[] = [];
  for (let i = 0; i < 2 * count; i += 2) {
    response.read(bytes, bounds[i] ?? 0, bounds[i + 1] ?? 0);
    if (!response.hasDocument) continue;
    header.read(bytes, response.documentStart, response.documentEnd);
    const writer = new DocumentWriter();
    writer.document(bytes, header, isSnapshot);
    lines.push(Buffer.from(writer.take().bytes).toString());
    names.push(Buffer.from(bytes.subarray(header.nameStart, header.nameEnd)).toString());
  }
  return { lines, names };
}

function textsOf({ bytes, table, count }: Lines): string[] {
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(bytes.subarray(lineEnd(table, i - 1), lineEnd(table, i))).toString(),
  );
}

function namesOf({ table, count }: Lines, bytes: Uint8Array): string[] {
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(bytes.subarray(table[3 * i], table[3 * i + 1])).toString(),
  );
}
