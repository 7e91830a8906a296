import { ValueClass } from './shape.ts';

/**
 * The class of a string whose text is the bytes from `start` to `end`: a date, a date-time, a UUID,
 * or none of them.
 */
export function stringClass(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length === 36) return isUuid(bytes, start) ? ValueClass.uuid : ValueClass.string;
  if (length === 10) return isDate(bytes, start) ? ValueClass.date : ValueClass.string;
  if (length < 20 || length > 32) return ValueClass.string;
  return isDateTime(bytes, start, end) ? ValueClass.dateTime : ValueClass.string;
}

/** The longest text that has a form of its own. */
export const longestForm = 36;

function isUuid(bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < 36; index++) {
    const byte = bytes[start + index] ?? 0;
    const hyphen = index === 8 || index === 13 || index === 18 || index === 23;
    if (hyphen ? byte !== 0x2d : !isLowerHex(byte)) return false;
  }
  return true;
}

function isLowerHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
}

/** `YYYY-MM-DD` at `start`: a day that exists, of the years 0001 to 9999. */
function isDate(bytes: Uint8Array, start: number): boolean {
  if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return false;
  const year = number(bytes, start, 4);
  const month = number(bytes, start + 5, 2);
  const day = number(bytes, start + 8, 2);
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** `YYYY-MM-DDThh:mm:ss`, then up to six digits of fraction, then `Z` or `±hh:mm`. */
function isDateTime(bytes: Uint8Array, start: number, end: number): boolean {
  if (!isDate(bytes, start) || bytes[start + 10] !== 0x54) return false;
  if (bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return false;
  if (!isUpTo(bytes, start + 11, 23) || !isUpTo(bytes, start + 14, 59)) return false;
  if (!isUpTo(bytes, start + 17, 59)) return false;
  const zone = fractionEnd(bytes, start + 19);
  return zone !== undefined && isZone(bytes, zone, end);
}

/** The index after the fraction of a second at `at`; `at` when there is none, undefined when it is wrong. */
function fractionEnd(bytes: Uint8Array, at: number): number | undefined {
  if (bytes[at] !== 0x2e) return at;
  let index = at + 1;
  while (index < at + 8 && isDigit(bytes[index] ?? 0)) index++;
  const digits = index - at - 1;
  return digits >= 1 && digits <= 6 ? index : undefined;
}

function isZone(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at] === 0x5a) return at + 1 === end;
  const signed = bytes[at] === 0x2b || bytes[at] === 0x2d;
  if (!signed || at + 6 !== end || bytes[at + 3] !== 0x3a) return false;
  return isUpTo(bytes, at + 1, 23) && isUpTo(bytes, at + 4, 59);
}

/** Whether two digits at `at` make a number of at most `most`. */
function isUpTo(bytes: Uint8Array, at: number, most: number): boolean {
  const value = number(bytes, at, 2);
  return value >= 0 && value <= most;
}

/** The number of `length` digits at `at`; -1 when one of them is no digit. */
function number(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = at; index < at + length; index++) {
    const byte = bytes[index] ?? 0;
    if (!isDigit(byte)) return -1;
    value = value * 10 + byte - 0x30;
  }
  return value;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
