import { type ByteRange, decodeValue, extract, plainDigits } from '@fairlead/json';
import type { KeyColumn } from './function-table.ts';
import type { KeyIndex } from './key-index.ts';

/**
 * Writes the key of a document into an index, so that keys of the same value have the same bytes.
 * Answers the name of the column that the document does not have, or has as null; then nothing is
 * written.
 */
export function readKey(
  document: Uint8Array,
  columns: readonly KeyColumn[],
  index: KeyIndex,
): string | undefined {
  for (const { name, path } of columns) {
    const place = extract(document, 0, document.length, path);
    if (place === undefined || document[place.start] === letterN) {
      index.drop();
      return name;
    }
    addValue(document, place, index);
    index.add(separator, 0, 1);
  }
  return undefined;
}

/** Adds a value in the form that all values like it have. */
function addValue(bytes: Uint8Array, { start, end }: ByteRange, index: KeyIndex): void {
  if (isPlain(bytes, start, end)) return index.add(bytes, start, end);
  const text = Buffer.from(canonical(bytes, start, end));
  index.add(text, 0, text.length);
}

/** Whether a value is a text without escapes, or an integer in digits. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] === quote) return !bytes.subarray(start, end).includes(backslash);
  for (let at = start; at < end; at++) if (!isDigit(bytes[at])) return false;
  return true;
}

function canonical(bytes: Uint8Array, start: number, end: number): string {
  const text = Buffer.from(bytes.subarray(start, end)).toString('utf8');
  if (bytes[start] === quote) return JSON.stringify(decodeValue(bytes, start, end));
  const number = plainDigits(text);
  if (number === undefined) return text;
  const { negative, digits, scale } = number;
  return `${negative ? '-' : ''}${digits}${scale === 0 ? '' : `e-${scale}`}`;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

const letterN = 0x6e;
const quote = 0x22;
const backslash = 0x5c;
/** Nothing in JSON on one line is this byte. */
const separator = Uint8Array.of(0x0a);
