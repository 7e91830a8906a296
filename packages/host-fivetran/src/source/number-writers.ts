import { isDecimalLiteral } from '@fairlead/json';
import { type ColumnType, mostDigits } from './column-type.ts';
import {
  exactDouble,
  latin1,
  type FitsDigits,
  plainFits,
  plainText,
  putDouble,
  putInteger,
} from './number-bytes.ts';
import { putRaw, Tag, type WriteValue } from './value-type.ts';
import type { WireBuffer } from './wire-buffer.ts';

const quote = 0x22;

const isWhole: FitsDigits = (_whole, scale) => scale === 0;
const isShort: FitsDigits = (whole, scale) => whole + scale <= mostDigits;

export function integerWriter(tag: number, bits: 16 | 32 | 64): WriteValue {
  return (out, bytes, start, end) => {
    const from = out.at;
    out.byte(tag);
    if (putInteger(out, bytes, start, end, bits)) return true;
    out.at = from;
    return false;
  };
}

export function writeDouble(
  out: WireBuffer,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (!isNumber(bytes, start)) return false;
  const double = exactDouble(bytes, start, end);
  if (double === undefined) return false;
  out.byte(Tag.double);
  putDouble(out, double);
  return true;
}

/** The doubles that JSON has no numbers for. */
const words: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

export function writeTextualDouble(
  out: WireBuffer,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (bytes[start] !== quote) return writeDouble(out, bytes, start, end);
  if (end - start > 40) return false;
  const double = words.get(latin1(bytes, start + 1, end - 1));
  if (double === undefined) {
    return isLiteral(bytes, start + 1, end - 1) && writeDouble(out, bytes, start + 1, end - 1);
  }
  out.byte(Tag.double);
  putDouble(out, double);
  return true;
}

export function decimalWriter(
  { precision = mostDigits, scale: mostScale }: ColumnType,
  textual: boolean,
): WriteValue {
  const fits: FitsDigits = (whole, scale) =>
    mostScale === undefined
      ? whole + scale <= precision
      : scale <= mostScale && whole <= precision - mostScale;
  return (out, bytes, start, end) => {
    const isText = bytes[start] === quote;
    const from = isText ? start + 1 : start;
    const to = isText ? end - 1 : end;
    if (isText ? !textual || !isLiteral(bytes, from, to) : !isNumber(bytes, start)) return false;
    return putDecimal(out, bytes, from, to, fits);
  };
}

/** A number with all of its digits, when they are not too many. */
export function writeWide(out: WireBuffer, bytes: Uint8Array, start: number, end: number): boolean {
  return putDecimal(out, bytes, start, end, isShort);
}

function putDecimal(
  out: WireBuffer,
  bytes: Uint8Array,
  start: number,
  end: number,
  fits: FitsDigits,
): boolean {
  const isPlain = plainFits(bytes, start, end, fits);
  if (isPlain !== undefined) return isPlain && putRaw(out, Tag.decimal, bytes, start, end);
  const found = plainText(bytes, start, end);
  if (found === undefined || !fits(found.whole, found.scale)) return false;
  const text = Buffer.from(found.text);
  out.reserve(text.length);
  return putRaw(out, Tag.decimal, text, 0, text.length);
}

function isNumber(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] ?? 0;
  return byte === 0x2d || (byte >= 0x30 && byte <= 0x39);
}

export function isInteger(bytes: Uint8Array, start: number, end: number): boolean {
  return plainFits(bytes, start, end, isWhole) === true;
}

/** Whether the inside of a string is a JSON number. */
function isLiteral(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start <= 400 && isDecimalLiteral(latin1(bytes, start, end));
}
