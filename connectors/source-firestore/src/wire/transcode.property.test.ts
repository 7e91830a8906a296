import { Failure } from '@fairlead/sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyDocument } from '../testing/arbitraries.ts';
import { messageType, protobufOf } from '../testing/firestore-types.ts';
import { linesOf } from '../testing/lines.ts';
import { slowLine } from '../testing/slow-line.ts';
import {
  encodeDocument,
  lineOf,
  type Fields,
  type TestDocument,
  type Value,
} from '../testing/value.ts';
import { DocumentHeader } from './document-header.ts';
import { Kernel } from './kernel.ts';

const name = 'projects/p/databases/(default)/documents/users/a';
const time = { seconds: 1_700_000_000, nanos: 123_000_000 };

test('every document has the line that its values have', () => {
  fc.assert(
    fc.property(anyDocument, fc.boolean(), (document, isSnapshot) => {
      const message = encodeDocument(document);
      const line = lineOf(document, isSnapshot);
      expect(slowLine(message, isSnapshot)).toBe(line);
      expect(linesOf(message, isSnapshot)).toBe(`${line}\n`);
    }),
    { numRuns: 400 },
  );
});

test("every document has the same line when it is encoded by Google's descriptors", () => {
  const type = messageType('Document');
  fc.assert(
    fc.property(anyDocument, (document) => {
      let count = 0;
      // Objects would sort names that are numbers, and take one that comes twice once.
      const message = protobufOf(document, (field) => `${++count} ${field}`);
      count = 0;
      const renamed = withNames(document, (field) => `${++count} ${field}`);
      const bytes = type.encode(type.fromObject(message)).finish();
      expect(linesOf(bytes)).toBe(`${lineOf(renamed, false)}\n`);
    }),
    { numRuns: 400 },
  );
});

test('the kernel takes every document but those with a name twice or a long one', () => {
  const kernel = new Kernel();
  const header = new DocumentHeader();
  fc.assert(
    fc.property(anyDocument, (document) => {
      const message = encodeDocument(document);
      header.read(message, 0, message.length);
      const line = kernel.transcode(message, header, false);
      if (line === undefined) expect(isUnusual(document.fields, 0)).toBe(true);
      else expect(Buffer.from(line).toString()).toBe(`${lineOf(document, false)}\n`);
    }),
    { numRuns: 400 },
  );
});

test('the kernel takes a document of a megabyte of what grows most', () => {
  const points = Array.from({ length: 150_000 }, (): Value => ({
    is: 'geo',
    latitude: 0,
    longitude: 0,
  }));
  const document = {
    name,
    fields: [
      ['points', { is: 'array', values: points }],
      ['text', { is: 'string', value: '\u0001'.repeat(300_000) }],
    ] as const,
    createTime: time,
    updateTime: time,
  };
  const message = encodeDocument(document);
  const header = new DocumentHeader();
  header.read(message, 0, message.length);
  const line = new Kernel().transcode(message, header, false) ?? new Uint8Array();
  expect(Buffer.from(line).equals(Buffer.from(`${lineOf(document, false)}\n`))).toBe(true);
});

test('a document larger than Firestore has may still come', () => {
  const text: Value = { is: 'string', value: 'x"é\n'.repeat(400_000) };
  const document = { name, fields: [['f', text]] as const, createTime: time, updateTime: time };
  expect(linesOf(encodeDocument(document)) === `${lineOf(document, false)}\n`).toBe(true);
});

test('garbled documents have a line or a failure, as the slow decoder says', () => {
  const change = fc.tuple(fc.nat(), fc.constantFrom('set', 'cut', 'insert', 'copy'), fc.nat(255));
  fc.assert(
    fc.property(
      anyDocument,
      fc.array(change, { minLength: 1, maxLength: 4 }),
      (document, changes) => {
        const message = changes.reduce(garble, Buffer.from(encodeDocument(document)));
        let expected: string | undefined;
        try {
          expected = `${slowLine(message, false)}\n`;
        } catch {
          expected = undefined;
        }
        let actual: string | undefined;
        try {
          actual = linesOf(message);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          expect(error.kind).toBe('data');
        }
        expect(actual).toBe(expected);
      },
    ),
    { numRuns: 1500 },
  );
});

function garble(
  bytes: Buffer,
  [place, kind, byte]: readonly [number, string, number],
): Buffer<ArrayBuffer> {
  const at = place % (bytes.length + 1);
  const before = bytes.subarray(0, at);
  if (kind === 'cut') return Buffer.from(before);
  if (kind === 'insert') return Buffer.concat([before, Buffer.of(byte), bytes.subarray(at)]);
  if (kind === 'copy') return Buffer.concat([bytes, bytes.subarray(at)]);
  return Buffer.concat([before, Buffer.of(byte), bytes.subarray(at + 1)]);
}

function isUnusual(fields: Fields, level: number): boolean {
  const names = fields.map(([field]) => field);
  return (
    new Set(names).size < names.length ||
    (level === 0 && names.includes('_meta') && names.includes('_meta_')) ||
    names.some((field) => Buffer.byteLength(field) > 127) ||
    fields.some(([, value]) => holdsUnusual(value, level))
  );
}

function holdsUnusual(value: Value, level: number): boolean {
  if (value.is === 'map') return isUnusual(value.fields, level + 1);
  return value.is === 'array' && value.values.some((element) => holdsUnusual(element, level + 1));
}

function withNames(document: TestDocument, rename: (name: string) => string): TestDocument {
  const renamedFields = (fields: Fields): Fields =>
    fields.map(([field, value]) => [rename(field), renamedValue(value)]);
  const renamedValue = (value: Value): Value => {
    if (value.is === 'map') return { is: 'map', fields: renamedFields(value.fields) };
    return value.is === 'array' ? { is: 'array', values: value.values.map(renamedValue) } : value;
  };
  return { ...document, fields: renamedFields(document.fields) };
}
