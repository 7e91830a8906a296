import { plainDigits } from '@fairlead/json';
import type { WireBuffer } from './wire-buffer.ts';

/** The largest magnitudes of signed integers, as the high and the low half of 64 bits. */
const limits = {
  16: { high: 0, low: 0x7fff },
  32: { high: 0, low: 0x7fff_ffff },
  64: { high: 0x7fff_ffff, low: 0xffff_ffff },
} as const;

/**
 * Writes a JSON integer as a varint in two's complement of 64 bits. False when it is none, or has more
 * than so many bits; then nothing is written.
 */
export function putInteger(
  out: WireBuffer,
  bytes: Uint8Array,
  start: number,
  end: number,
  bits: keyof typeof limits,
): boolean {
  const negative = bytes[start] === minus;
  const first = negative ? start + 1 : start;
  if (end - first > 19) return false;
  let high = 0;
  let low = 0;
  for (let at = first; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return false;
    low = low * 10 + digit;
    high *= 10;
    if (low > 0xffff_ffff) {
      const carry = Math.floor(low / 0x1_0000_0000);
      low -= carry * 0x1_0000_0000;
      high += carry;
    }
  }
  const most = limits[bits];
  if (!negative) {
    if (high > most.high || (high === most.high && low > most.low)) return false;
    out.varint64(high, low);
    return true;
  }
  // A zero with a sign is no integer; the smallest one has a magnitude that is greater by one.
  if (high === 0 && low === 0) return false;
  if (low === 0) high--;
  low = low === 0 ? 0xffff_ffff : low - 1;
  if (high > most.high || (high === most.high && low > most.low)) return false;
  out.varint64(~high, ~low);
  return true;
}

/**
 * The double of a JSON number; undefined when it is not the same number any more, printed in the
 * shortest way.
 */
export function exactDouble(bytes: Uint8Array, start: number, end: number): number | undefined {
  const simple = simpleDouble(bytes, start, end);
  if (simple !== undefined) return simple;
  const text = latin1(bytes, start, end);
  const double = Number(text);
  if (!Number.isFinite(double)) return undefined;
  const printed = String(double);
  if (printed === text) return double;
  const [one, other] = [plainDigits(text), plainDigits(printed)];
  if (one === undefined || other === undefined) return undefined;
  return one.digits.replace(/0+$/, '') === other.digits.replace(/0+$/, '') &&
    exponentOf(one) === exponentOf(other)
    ? double
    : undefined;
}

/** Writes a double, little-endian. */
export function putDouble(out: WireBuffer, value: number): void {
  scratch.setFloat64(0, value, true);
  out.put(scratchBytes);
}

/** Whether a number with so many digits before and after its point is one of a kind. */
export type FitsDigits = (whole: number, scale: number) => boolean;

/** Whether a JSON number without an exponent has digits that fit; undefined for any other. */
export function plainFits(
  bytes: Uint8Array,
  start: number,
  end: number,
  fits: FitsDigits,
): boolean | undefined {
  let first = bytes[start] === minus ? start + 1 : start;
  if (bytes[first] === zero) first++;
  let point = end;
  for (let at = first; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === dot) point = at;
    else if (byte < zero || byte > zero + 9) return undefined;
  }
  return fits(point - first, Math.max(0, end - point - 1));
}

/** The digits of a JSON number without an exponent. Undefined when that takes too many. */
export function plainText(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly text: string; readonly whole: number; readonly scale: number } | undefined {
  const plain = plainDigits(latin1(bytes, start, end));
  if (plain === undefined) return undefined;
  const { negative, digits, scale } = plain;
  const padded = digits.padStart(scale + 1, '0');
  const whole = padded.slice(0, padded.length - scale);
  const text = `${negative ? '-' : ''}${whole}${scale === 0 ? '' : `.${padded.slice(-scale)}`}`;
  return { text, whole: whole === '0' ? 0 : whole.length, scale };
}

export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const scratchBytes = new Uint8Array(8);
const scratch = new DataView(scratchBytes.buffer);

/** Powers of ten that a double holds. */
const powers = Float64Array.from({ length: 23 }, (_, power) => 10 ** power);

/**
 * The double of up to 15 digits without an exponent, which is exact: both the digits and the power of
 * ten are doubles, so that their quotient is rounded once.
 */
function simpleDouble(bytes: Uint8Array, start: number, end: number): number | undefined {
  const negative = bytes[start] === minus;
  const first = negative ? start + 1 : start;
  if (end - first > 16) return undefined;
  let value = 0;
  let digits = 0;
  let point = -1;
  for (let at = first; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === dot) point = digits;
    else if (byte < zero || byte > zero + 9) return undefined;
    else {
      value = value * 10 + byte - zero;
      digits++;
    }
  }
  if (digits > 15) return undefined;
  const double = point < 0 ? value : value / (powers[digits - point] ?? 1);
  return negative ? -double : double;
}

function exponentOf({
  digits,
  scale,
}: {
  readonly digits: string;
  readonly scale: number;
}): number {
  return (digits.match(/0+$/)?.[0].length ?? 0) - scale;
}
