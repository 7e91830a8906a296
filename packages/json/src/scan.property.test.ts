import { isUtf8 } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonError } from './json-error.ts';
import type { Lines } from './lines.ts';
import { scanPieces, scanWhole, texts, values } from './scan-test-support.ts';

test('what JSON.parse reads comes as it was written, in any layout', () => {
  const documents = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), wellFormedJson()));
  fc.assert(
    fc.property(documents, fc.constantFrom('', ' ', '\n', '\t', '\r\n  '), (list, space) => {
      const written = list.map((value) => JSON.stringify(value, null, space));
      const found = texts(scanWhole(values, Buffer.from(written.join(space))));
      expect(found).toEqual(written.map((text) => text.replace(/[\r\n]/g, ' ')));
      expect(found.map((line) => JSON.parse(line))).toEqual(list);
    }),
  );
});

describe('any bytes', () => {
  const seeds = [
    '{"a":1,"b":[true,false,null,"x\\u0041\\ud83d\\ude00\\"\\\\",-1.5e-7,{}],"é":"漢😀"}',
    '{}{"a":{"b":{"c":[[],[0,{"d":""}]]}}}\n{ "k" : 0.10 , "l":-0 }',
    '{"key of more than sixteen bytes":"value of more than thirty-two bytes, truly"}',
  ].map((seed) => Buffer.from(seed));
  const palette = Buffer.from('{}[]",:\\u0123dDeE+-. \n\ttrufalsn\u0000\u001f\u00e9');
  const edit = fc.record({
    at: fc.nat(200),
    remove: fc.nat(4),
    insert: fc.array(fc.oneof(fc.constantFrom(...palette), fc.nat(255)), { maxLength: 4 }),
  });
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 4 }))
    .map(([seed, edits]) => edits.reduce(applyEdit, seed));
  const bytes = fc.oneof(
    mutated,
    fc.uint8Array({ maxLength: 64 }).map((raw) => Buffer.from(raw)),
  );

  test('are documents or an error, and of one document exactly what JSON.parse reads', () => {
    fc.assert(
      fc.property(bytes, (raw) => {
        const input = Buffer.concat([Buffer.from('{"":'), raw, Buffer.from('}')]);
        expect(accepts(input)).toBe(isObject(input));
        expect(accepts(raw, 1)).toBe(isObject(raw));
      }),
      { numRuns: 4_000 },
    );
  });

  test('are judged alike in one piece and in two', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), (raw, at) => {
        const cut = raw.length === 0 ? 0 : at % raw.length;
        expect(outcome(() => scanPieces(values, raw, [cut]))).toEqual(
          outcome(() => scanPieces(values, raw, [])),
        );
      }),
      { numRuns: 1_500 },
    );
  });
});

function outcome(scan: () => Lines[]): string[] | string {
  try {
    return texts(scan());
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return error.reason;
  }
}

function accepts(bytes: Buffer, documents?: number): boolean {
  const found = outcome(() => scanWhole(values, bytes));
  return typeof found !== 'string' && (documents === undefined || found.length === documents);
}

/** Whether all the bytes are one JSON object, by slow and separate means. */
function isObject(bytes: Buffer): boolean {
  if (!isUtf8(bytes)) return false;
  try {
    // A byte-order mark would be dropped here.
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    let wellFormed = true;
    const value: unknown = JSON.parse(text, (key, part: unknown) => {
      if (isLone(key) || (typeof part === 'string' && isLone(part))) wellFormed = false;
      return part;
    });
    return wellFormed && typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function isLone(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

function applyEdit(
  bytes: Buffer,
  { at, remove, insert }: { at: number; remove: number; insert: number[] },
): Buffer {
  const from = bytes.length === 0 ? 0 : at % bytes.length;
  return Buffer.concat([
    bytes.subarray(0, from),
    Buffer.from(insert),
    bytes.subarray(from + remove),
  ]);
}

function wellFormedJson(): fc.Arbitrary<fc.JsonValue> {
  return fc.jsonValue({ stringUnit: 'binary' }).map((value) => JSON.parse(JSON.stringify(value)));
}
