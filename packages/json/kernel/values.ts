import { daysAt, microsAt } from './calendar';
import { parseDouble } from './host';
import { stringClass } from './string-class';
import { nonDigits } from './text';
import { decoded, decodedSize, decodeEscape, unescape } from './unescape';
import { DATE, DATE_TIME } from './value-class';

// Writes the values of one column, one after the other and without those that are null, in the way of
// Parquet's plain encoding: little-endian numbers, strings after their length, booleans as bits.

/** How many of the values that were written last are null or not there. */
export let nulls: u32 = 0;
/** The index of the first value that does not have the column's type, or -1. */
export let misfit: i32 = -1;

// The kinds of columns, as `src/column-plan.ts` has them.
const BOOLEAN: i32 = 0;
const INTEGER: i32 = 1;
const NUMBER: i32 = 2;
const DATE_KIND: i32 = 3;
const DATE_TIME_KIND: i32 = 4;
/** What a string says, and the JSON text of anything else. */
const TEXT: i32 = 5;

const LETTER_N: u32 = 110;

/**
 * Writes the values at `count` places (see `locateValues`) to `out`, and to `validity` a bit for each
 * place, 1 where there is a value. `scratch` is 64 bytes of memory.
 * @returns the address after the last value.
 */
export function writeValues(
  kind: i32,
  places: usize,
  count: u32,
  validity: usize,
  out: usize,
  scratch: usize,
): usize {
  nulls = 0;
  misfit = -1;
  memory.fill(validity, 0, (<usize>count + 7) >> 3);
  if (kind == BOOLEAN) return writeBooleans(places, count, validity, out);
  for (let i: u32 = 0; i < count; i++, places += 8) {
    const start = <usize>load<u32>(places);
    const byte: u32 = start ? load<u8>(start) : LETTER_N;
    if (byte == LETTER_N) {
      nulls++;
      continue;
    }
    setBit(validity, i);
    const end = <usize>load<u32>(places, 4);
    if (kind == TEXT && byte == 34) {
      out = writeString(start + 1, end - 1, out);
    } else if (kind >= TEXT) {
      store<u32>(out, <u32>(end - start));
      copyRun(out + 4, start, end - start);
      out += 4 + (end - start);
    } else if (kind == INTEGER) {
      out = writeInteger(start, end, out);
    } else if (kind == NUMBER) {
      out = writeNumber(start, end, out);
    } else {
      out = byte == 34 ? writeInstant(kind, start + 1, end - 1, out, scratch) : 0;
    }
    if (!out) {
      misfit = i;
      return 0;
    }
  }
  return out;
}

function setBit(bits: usize, index: u32): void {
  const at = bits + (index >> 3);
  store<u8>(at, load<u8>(at) | ((<u8>1) << (<u8>(index & 7))));
}

function writeBooleans(places: usize, count: u32, validity: usize, out: usize): usize {
  let written: u32 = 0;
  memory.fill(out, 0, (<usize>count + 7) >> 3);
  for (let i: u32 = 0; i < count; i++, places += 8) {
    const start = <usize>load<u32>(places);
    const byte: u32 = start ? load<u8>(start) : LETTER_N;
    if (byte == LETTER_N) {
      nulls++;
      continue;
    }
    if (byte != 116 && byte != 102) {
      misfit = i;
      return 0;
    }
    setBit(validity, i);
    if (byte == 116) setBit(out, written);
    written++;
  }
  return out + ((written + 7) >> 3);
}

/** Copies `size` bytes and up to fifteen more. */
function copyRun(to: usize, from: usize, size: usize): void {
  v128.store(to, v128.load(from));
  for (let i: usize = 16; i < size; i += 16) v128.store(to + i, v128.load(from + i));
}

/** Writes what the string from `p` to `end` says, after its length. */
function writeString(p: usize, end: usize, out: usize): usize {
  let to = out + 4;
  while (p < end) {
    const bytes = v128.load(p);
    const escapes = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(92)));
    const run = min(escapes ? <usize>ctz(escapes) : 16, end - p);
    v128.store(to, bytes);
    to += run;
    p += run;
    if (run < 16 && p < end) {
      p = decodeEscape(p);
      store<u32>(to, decoded);
      to += decodedSize;
    }
  }
  store<u32>(out, <u32>(to - out - 4));
  return to;
}

/** Writes the integer from `p` to `end` in 64 bits; 0 when it is none, or needs more. */
function writeInteger(p: usize, end: usize, out: usize): usize {
  const isNegative = load<u8>(p) == 45;
  p += usize(isNegative);
  const size = end - p;
  if (!areDigits(p, size) || size > 19) return 0;
  const magnitude = digitsAt(p, size);
  if (magnitude > <u64>i64.MAX_VALUE + u64(isNegative)) return 0;
  store<u64>(out, isNegative ? 0 - magnitude : magnitude);
  return out + 8;
}

/** Whether the `size` bytes at `p` are decimal digits, one at least. */
function areDigits(p: usize, size: usize): bool {
  let left = size;
  while (left > 16) {
    if (<u32>nonDigits(p) & 0xffff) return false;
    p += 16;
    left -= 16;
  }
  return left > 0 && <usize>ctz(nonDigits(p)) >= left;
}

/** The number of `size` digits at `p`, at most 19. */
function digitsAt(p: usize, size: usize): u64 {
  if (size <= 8) return eightDigits(p, size);
  let value = eightDigits(p, 8);
  p += 8;
  size -= 8;
  if (size > 8) {
    value = value * 100000000 + eightDigits(p, 8);
    p += 8;
    size -= 8;
  }
  return value * powerOfTen(size) + eightDigits(p, size);
}

/** The number of `size` digits at `p`, from one to eight. */
function eightDigits(p: usize, size: usize): u64 {
  // Lower bytes are earlier digits; those that are missing become zeros before them.
  let digits = (load<u64>(p) - 0x3030303030303030) << ((8 - <u64>size) << 3);
  digits = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ff;
  digits = (digits * 100 + (digits >> 16)) & 0x0000ffff0000ffff;
  return (digits * 10000 + (digits >> 32)) & 0xffffffff;
}

function powerOfTen(exponent: usize): u64 {
  let power: u64 = 1;
  for (; exponent > 0; exponent--) power *= 10;
  return power;
}

/** Writes the double that is nearest to the number from `p` to `end`; 0 when it is no number. */
function writeNumber(p: usize, end: usize, out: usize): usize {
  const start = p;
  const isNegative = load<u8>(p) == 45;
  p += usize(isNegative);
  const whole = <usize>ctz(nonDigits(p));
  if (!whole) return 0;
  let exact = false;
  let value: u64 = 0;
  let power: u64 = 1;
  if (p + whole == end) {
    exact = whole <= 15;
    if (exact) value = digitsAt(p, whole);
  } else if (whole < 15 && load<u8>(p + whole) == 46) {
    const scale = <usize>ctz(nonDigits(p + whole + 1));
    exact = p + whole + 1 + scale == end && whole + scale <= 15 && scale > 0;
    if (exact) {
      power = powerOfTen(scale);
      value = digitsAt(p, whole) * power + digitsAt(p + whole + 1, scale);
    }
  }
  // Both are exact as doubles, so that only their quotient is rounded (W. D. Clinger, "How to read
  // floating point numbers accurately", 1990).
  let number: f64 = exact ? f64(value) / f64(power) : parseDouble(start, end);
  if (exact && isNegative) number = -number;
  if (number - number != 0) return 0;
  store<f64>(out, number);
  return out + 8;
}

/** Writes a date as days, or a date-time as microseconds, since 1970; 0 when the string is neither. */
function writeInstant(kind: i32, p: usize, end: usize, out: usize, scratch: usize): usize {
  const size = end - p;
  if (size > 64 || stringClass(p, size) < DATE) {
    // It may be written with escapes, each of at most six bytes for one.
    if (size > 192) return 0;
    end = unescape(p, end, scratch, 37);
    p = scratch;
  }
  const found = stringClass(p, end - p);
  if (kind == DATE_KIND) {
    if (found != DATE) return 0;
    store<i32>(out, daysAt(p));
    return out + 4;
  }
  if (kind != DATE_TIME_KIND || found != DATE_TIME) return 0;
  store<i64>(out, microsAt(p, end));
  return out + 8;
}

/**
 * Writes for each of `count` documents a string with as many characters as there are columns: `1`
 * for one that has a value or null in the document, `0` for one that is not there.
 */
export function writePresence(places: usize, columnCount: u32, count: u32, out: usize): usize {
  const columnSize = (<usize>count) << 3;
  for (let i: u32 = 0; i < count; i++, places += 8) {
    store<u32>(out, columnCount);
    out += 4;
    let place = places;
    for (let column: u32 = 0; column < columnCount; column++) {
      store<u8>(out++, 48 + u8(load<u32>(place) != 0));
      place += columnSize;
    }
  }
  return out;
}
