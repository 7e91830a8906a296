import type { KeyIndex } from './key-index.ts';

/**
 * Writes the key of a document into an index in one pass over its first members, when they are plain:
 * columns in the order of the key, integers or texts without escapes, nothing nested before them.
 * Answers false otherwise; then a part may be written.
 * @param names Of the columns, as JSON.
 */
export function scanKey(
  bytes: Uint8Array,
  start: number,
  end: number,
  names: readonly Uint8Array[],
  index: KeyIndex,
): boolean {
  if (bytes[start] !== openBrace) return false;
  let found = 0;
  let at = start;
  while (at < end) {
    at++;
    if (bytes[at] !== quote) return false;
    const column = columnAt(bytes, at, names, found);
    // Later ones are looked for in the order of the key.
    if (column > found) return false;
    const colonAt = column === found ? at + (names[found]?.length ?? 0) : textEnd(bytes, at, end);
    if (colonAt === 0 || bytes[colonAt] !== colon) return false;
    const from = colonAt + 1;
    at = column === found ? simpleEnd(bytes, from, end) : plainEnd(bytes, from, end);
    if (at === 0 || (bytes[at] !== comma && bytes[at] !== closeBrace)) return false;
    if (column !== found) continue;
    index.add(bytes, from, at);
    index.add(separator, 0, 1);
    found++;
    if (found === names.length) return true;
  }
  return false;
}

/** Where an integer or a text without escapes ends; 0 when the value is another one. */
export function simpleEnd(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] === quote) return textEnd(bytes, start, end);
  let at = start;
  while (at < end && isDigit(bytes[at])) at++;
  const next = bytes[at] ?? 0;
  const isWhole = next === comma || next === closeBrace || next === space;
  return at > start && isWhole ? at : 0;
}

/** Nothing in JSON on one line is this byte. */
export const separator = Uint8Array.of(0x0a);

/** Which column from `from` on the name at `at` is; -1 when it is none of them. */
function columnAt(
  bytes: Uint8Array,
  at: number,
  names: readonly Uint8Array[],
  from: number,
): number {
  for (let column = from; column < names.length; column++) {
    const name = names[column] ?? separator;
    let same = 0;
    while (same < name.length && bytes[at + same] === name[same]) same++;
    if (same === name.length) return column;
  }
  return -1;
}

/** After the quote that ends a text; 0 when it has escapes, or no end. */
function textEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1;
  while (at < end && bytes[at] !== quote) if (bytes[at++] === backslash) return 0;
  return at < end ? at + 1 : 0;
}

/** Where a value ends that is not nested; 0 for others. */
function plainEnd(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start];
  if (first === quote) return textEnd(bytes, start, end);
  if (first === openBrace || first === openBracket) return 0;
  let at = start;
  while (at < end && bytes[at] !== comma && bytes[at] !== closeBrace) at++;
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;
const space = 0x20;
