import type { WireBuffer } from './wire-buffer.ts';

/** What of a time a text has to have: a day alone, or a time of day without a zone, or with one. */
export type TimeForm = 'date' | 'local' | 'instant';

/**
 * Writes a text as the content of a `google.protobuf.Timestamp`: `2020-02-29`,
 * `2020-02-29T12:30:00.123456789`, with `Z` or an offset for an instant. False, with nothing written,
 * when it has not this form, more than nine digits of a second, a leap second, or lies outside of the
 * years 1 to 9999.
 */
export function putTimestamp(
  out: WireBuffer,
  bytes: Uint8Array,
  start: number,
  end: number,
  form: TimeForm,
): boolean {
  const days = daysOf(bytes, start);
  if (days === undefined) return false;
  if (form === 'date') {
    if (end - start !== 10) return false;
    putParts(out, days * daySeconds, 0);
    return true;
  }
  const separator = bytes[start + 10] ?? 0;
  if (separator !== 0x54 && separator !== 0x74 && separator !== 0x20) return false;
  if (bytes[start + 13] !== colon || bytes[start + 16] !== colon) return false;
  const hour = number(bytes, start + 11, 2);
  const minute = number(bytes, start + 14, 2);
  const second = number(bytes, start + 17, 2);
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return false;
  let at = start + 19;
  let nanos = 0;
  if (bytes[at] === dot) {
    const from = ++at;
    while (at < end && isDigit(bytes[at])) at++;
    const digits = at - from;
    if (digits === 0 || digits > 9) return false;
    nanos = number(bytes, from, digits) * 10 ** (9 - digits);
  }
  const offset = form === 'local' ? (at === end ? 0 : undefined) : offsetOf(bytes, at, end);
  if (at > end || offset === undefined) return false;
  const seconds = days * daySeconds + hour * 3600 + minute * 60 + second - offset;
  if (seconds < firstSecond || seconds > lastSecond) return false;
  putParts(out, seconds, nanos);
  return true;
}

const daySeconds = 86_400;
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
const firstSecond = -62_135_596_800;
const lastSecond = 253_402_300_799;
const hyphen = 0x2d;
const colon = 0x3a;
const dot = 0x2e;

function putParts(out: WireBuffer, seconds: number, nanos: number): void {
  if (seconds !== 0) {
    out.byte(0x08);
    const high = Math.floor(seconds / 0x1_0000_0000);
    out.varint64(high, seconds - high * 0x1_0000_0000);
  }
  if (nanos === 0) return;
  out.byte(0x10);
  out.varint(nanos);
}

/** Days from 1970 to the day that is written at `at`; undefined when there is none. */
function daysOf(bytes: Uint8Array, at: number): number | undefined {
  if (bytes[at + 4] !== hyphen || bytes[at + 7] !== hyphen) return undefined;
  const year = number(bytes, at, 4);
  const month = number(bytes, at + 5, 2);
  const day = number(bytes, at + 8, 2);
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) {
    return undefined;
  }
  // Years that begin in March, so that a leap day is the last of its year.
  const shifted = month > 2 ? year : year - 1;
  const inYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leaps + inYear - 719_468;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Seconds of the zone that is all there is from `at` to `end`; undefined when it is none. */
function offsetOf(bytes: Uint8Array, at: number, end: number): number | undefined {
  const sign = bytes[at] ?? 0;
  if (sign === 0x5a || sign === 0x7a) return at + 1 === end ? 0 : undefined;
  if ((sign !== 0x2b && sign !== hyphen) || at + 6 !== end || bytes[at + 3] !== colon) {
    return undefined;
  }
  const hours = number(bytes, at + 1, 2);
  const minutes = number(bytes, at + 4, 2);
  if (!(hours <= 23 && minutes <= 59)) return undefined;
  const seconds = hours * 3600 + minutes * 60;
  return sign === hyphen ? -seconds : seconds;
}

/** The number of `length` digits at `at`; not a number when one of them is no digit. */
function number(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = at; index < at + length; index++) {
    const byte = bytes[index];
    if (!isDigit(byte)) return Number.NaN;
    value = value * 10 + (byte ?? 0) - 0x30;
  }
  return value;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
