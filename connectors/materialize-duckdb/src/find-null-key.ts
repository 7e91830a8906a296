/** A row whose key is not complete. */
export interface NullKey {
  readonly row: number;
  /** The first column of the key that is null or missing, from 0. */
  readonly column: number;
}

/**
 * The first staged row in which one of the first `keyCount` columns is null or missing. The rows
 * begin with these columns, in their order: `{"0":17,"1":"a",…`.
 */
export function findNullKey(rows: Uint8Array, keyCount: number): NullKey | undefined {
  if (keyCount === 0) return undefined;
  // Its search is that of the C library.
  const buffer = Buffer.from(rows.buffer, rows.byteOffset, rows.length);
  let row = 0;
  for (let at = 0; at < rows.length; row++) {
    // Past the brace, or the comma, before a member.
    let member = at + 1;
    for (let column = 0; column < keyCount; column++) {
      const value = valueOf(rows, member, column);
      if (value === -1 || rows[value] === letterN) return { row, column };
      member = valueEnd(rows, value) + 1;
    }
    at = buffer.indexOf(newline, member - 1) + 1;
  }
  return undefined;
}

const newline = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const closeBrace = 0x7d;
const letterN = 0x6e;

/** Where the value of the member at `at` begins; -1 when its name is not the column's number. */
function valueOf(rows: Uint8Array, at: number, column: number): number {
  if (rows[at] !== quote) return -1;
  let index = at + 1;
  let number = 0;
  for (; rows[index] !== quote; index++) {
    const digit = (rows[index] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number === column && rows[index + 1] === colon ? index + 2 : -1;
}

/** The index after a scalar. */
function valueEnd(rows: Uint8Array, at: number): number {
  let index = at;
  if (rows[index] === quote) {
    for (index++; rows[index] !== quote; index++) if (rows[index] === backslash) index++;
    return index + 1;
  }
  while (rows[index] !== comma && rows[index] !== closeBrace) index++;
  return index;
}
