import { type ByteRange, decodeValue, extract, plainDigits } from '@fairlead/json';
import type { KeyColumn } from './function-table.ts';
import type { KeyIndex } from './key-index.ts';

/**
 * Writes the key of a document into an index, so that keys of the same value have the same bytes.
 * Answers the name of the column that the document does not have, or has as null; then nothing is
 * written.
 */
export type ReadKey = (
  bytes: Uint8Array,
  start: number,
  end: number,
  index: KeyIndex,
) => string | undefined;

/** Reads keys of these columns. */
export function keyReader(columns: readonly KeyColumn[]): ReadKey {
  const readers = columns.map(({ name, path }) => ({ name, path, head: headOf(path) }));
  return (bytes, start, end, index) => {
    for (const { name, path, head } of readers) {
      const first = head === undefined ? 0 : firstValue(bytes, start, end, head);
      if (first > 0 && head !== undefined) index.add(bytes, start + head.length, first);
      else {
        const place = extract(bytes, start, end, path);
        if (place === undefined || bytes[place.start] === letterN) {
          index.drop();
          return name;
        }
        addValue(bytes, place, index);
      }
      index.add(separator, 0, 1);
    }
    return undefined;
  };
}

const letterN = 0x6e;
const quote = 0x22;
const backslash = 0x5c;
/** Nothing in JSON on one line is this byte. */
const separator = Uint8Array.of(0x0a);

/** What a document begins with whose first member is the one that the path leads to. */
function headOf(path: readonly string[]): Uint8Array | undefined {
  const [name, ...rest] = path;
  return name === undefined || rest.length > 0
    ? undefined
    : Buffer.from(`{${JSON.stringify(name)}:`);
}

/**
 * Where the value of the first member ends, when that is the one with `head`, and an integer or a
 * text that has only one form; else 0.
 */
function firstValue(bytes: Uint8Array, start: number, end: number, head: Uint8Array): number {
  for (let index = 0; index < head.length; index++) {
    if (bytes[start + index] !== head[index]) return 0;
  }
  const from = start + head.length;
  return simpleEnd(bytes, from, end);
}

/** Where an integer or a text without escapes ends; 0 when the value is another one. */
function simpleEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (bytes[at] === quote) {
    for (at++; at < end && bytes[at] !== quote; at++) if (bytes[at] === backslash) return 0;
    return at < end ? at + 1 : 0;
  }
  while (at < end && isDigit(bytes[at])) at++;
  const next = bytes[at] ?? 0;
  const isWhole = next === 0x2c || next === 0x7d || next === 0x20;
  return at > start && isWhole ? at : 0;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** Adds a value in the form that all values like it have. */
function addValue(bytes: Uint8Array, { start, end }: ByteRange, index: KeyIndex): void {
  if (simpleEnd(bytes, start, end + 1) === end) return index.add(bytes, start, end);
  const text = Buffer.from(canonical(bytes, start, end));
  index.add(text, 0, text.length);
}

function canonical(bytes: Uint8Array, start: number, end: number): string {
  const text = Buffer.from(bytes.subarray(start, end)).toString('utf8');
  if (bytes[start] === quote) return JSON.stringify(decodeValue(bytes, start, end));
  const number = plainDigits(text);
  if (number === undefined) return text;
  const { negative, digits, scale } = number;
  return `${negative ? '-' : ''}${digits}${scale === 0 ? '' : `e-${scale}`}`;
}
