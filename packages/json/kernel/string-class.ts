import { nonDigits } from './text';
import { unescape } from './unescape';
import { DATE, DATE_TIME, STRING, UUID } from './value-class';

/** The class of the string of `size` bytes at `p`, none of which belongs to an escape. */
export function stringClass(p: usize, size: usize): i32 {
  if (size == 10) return isDate(p) ? DATE : STRING;
  if (size < 20) return STRING;
  if (size <= 32) return isDateTime(p, size) ? DATE_TIME : STRING;
  return size == 36 && isUuid(p) ? UUID : STRING;
}

/**
 * The class of a string from `start` to `end`, which may be long; with escapes, by what it says and
 * not by how it is written. `text` is scratch memory of 64 bytes.
 */
export function longStringClass(start: usize, end: usize, isEscaped: i32, text: usize): i32 {
  if (isEscaped) return stringClass(text, unescape(start, end, text, 37) - text);
  const size = end - start;
  return size - 20 < 17 ? stringClass(start, size) : STRING;
}

/** A bit for each of the sixteen bytes at `p` that is a decimal digit. */
function digitsAt(p: usize): i32 {
  return ~nonDigits(p);
}

/** The number of two digits at `p`. */
function pair(p: usize): u32 {
  return <u32>load<u8>(p) * 10 + load<u8>(p, 1) - 528;
}

/** Whether `YYYY-MM-DD` stands at `p` and is a day. */
function isDate(p: usize): bool {
  if ((digitsAt(p) & 0x3ff) != 0x36f) return false;
  if (load<u8>(p, 4) != 45 || load<u8>(p, 7) != 45) return false;
  const century = pair(p);
  const year = pair(p + 2);
  const month = pair(p + 5);
  const day = pair(p + 8);
  if (month - 1 > 11 || day - 1 > 30 || !(century | year)) return false;
  if (day < 29) return true;
  if (month != 2) return day < 31 || ((month + (month >> 3)) & 1) == 1;
  return day == 29 && !((year ? year : century) & 3);
}

/** Whether the `size` bytes at `p` are `YYYY-MM-DDThh:mm:ss`, a fraction or none, and a zone. */
function isDateTime(p: usize, size: usize): bool {
  if (!isDate(p) || load<u8>(p, 10) != 84) return false;
  if ((digitsAt(p + 11) & 0xff) != 0xdb) return false;
  if (load<u8>(p, 13) != 58 || load<u8>(p, 16) != 58) return false;
  if (pair(p + 11) > 23 || pair(p + 14) > 59 || pair(p + 17) > 59) return false;
  let at: usize = 19;
  if (load<u8>(p, 19) == 46) {
    const digits = ctz(~digitsAt(p + 20));
    if (!digits || digits > 6) return false;
    at = 20 + digits;
  }
  const zone: u32 = load<u8>(p + at);
  if (zone == 90) return at + 1 == size;
  if ((zone != 43 && zone != 45) || at + 6 != size) return false;
  if ((digitsAt(p + at) & 0x3f) != 0x36 || load<u8>(p + at, 3) != 58) return false;
  return pair(p + at + 1) < 24 && pair(p + at + 4) < 60;
}

/** Whether the 36 bytes at `p` are a UUID in lower case. */
function isUuid(p: usize): bool {
  const hyphens =
    load<u8>(p, 8) == 45 && load<u8>(p, 13) == 45 && load<u8>(p, 18) == 45 && load<u8>(p, 23) == 45;
  if (!hyphens) return false;
  if ((lowerHexAt(p) & 0xdeff) != 0xdeff) return false;
  if ((lowerHexAt(p + 16) & 0xff7b) != 0xff7b) return false;
  return (lowerHexAt(p + 32) & 0xf) == 0xf;
}

function lowerHexAt(p: usize): i32 {
  const letters = i8x16.le_u(i8x16.sub(v128.load(p), i8x16.splat(97)), i8x16.splat(5));
  return i8x16.bitmask(letters) | digitsAt(p);
}
