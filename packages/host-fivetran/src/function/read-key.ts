import { type ByteRange, decodeValue, extract, plainDigits } from '@fairlead/json';
import type { KeyColumn } from './function-table.ts';
import type { KeyIndex } from './key-index.ts';
import { scanKey, separator, simpleEnd } from './scan-key.ts';

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
  const names = namesOf(columns);
  return (bytes, start, end, index) => {
    if (names !== undefined) {
      if (scanKey(bytes, start, end, names, index)) return undefined;
      index.drop();
    }
    for (const { name, path } of columns) {
      const place = extract(bytes, start, end, path);
      if (place === undefined || bytes[place.start] === letterN) {
        index.drop();
        return name;
      }
      addValue(bytes, place, index);
      index.add(separator, 0, 1);
    }
    return undefined;
  };
}

const letterN = 0x6e;
const quote = 0x22;

/** The names of members that are columns, as JSON; undefined when one is inside of a member. */
function namesOf(columns: readonly KeyColumn[]): readonly Uint8Array[] | undefined {
  const names = columns.map(({ path }) => path);
  if (names.length === 0 || names.some(({ length }) => length !== 1)) return undefined;
  return names.map(([name]) => Buffer.from(JSON.stringify(name)));
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
