import { firstKey, KEY_SIZE, laterKey, noteKey } from './keys';
import { beginsLike, endsLike, patternLength } from './pattern';
import { hexDigit, hexUnit, nonDigits, pastBlanks, pastDigits } from './text';

/** What is wrong, or 0; the numbers are those of `reasons` in `src/json-error.ts`. */
export let fault: i32 = 0;
/** Where it is wrong. At or past the end of the input: more input might have made it right. */
export let faultAt: usize = 0;

export const UNEXPECTED: i32 = 1;
const UNTERMINATED_STRING: i32 = 2;
const CONTROL_CHARACTER: i32 = 3;
const BAD_ESCAPE: i32 = 4;
const LONE_SURROGATE: i32 = 5;
export const BAD_UTF8: i32 = 6;
const TOO_DEEP: i32 = 7;
export const RESERVED_NAME: i32 = 8;
export const NOT_AN_OBJECT: i32 = 9;

const DEPTH_LIMIT: u32 = 1000;
const QUOTE: u32 = 34;

/** Notes what is wrong; 0. */
export function fail(code: i32, at: usize): usize {
  fault = code;
  faultAt = at;
  return 0;
}

function clearFault(): void {
  fault = 0;
  faultAt = 0;
}

let inputEnd: usize = 0;

/** Sets the input of the following calls: it ends at `end` with at least 64 zero bytes after it. */
export function setInput(end: usize): void {
  inputEnd = end;
  clearFault();
}

/**
 * The address after the object or array at `p`, or 0 with the fault noted; only whether it is UTF-8
 * is not looked at. It is itself in an object. `open` is scratch memory of 1,000 bytes.
 */
export function pastContainer(p: usize, open: usize): usize {
  let expected = expectedKey;
  let depth: u32 = 1;
  let closing: u32 = load<u8>(p) + 2;
  let inObject = closing == 125;
  // After an opening bracket a closing one may follow at once, after a comma it may not.
  let closable = true;
  p++;
  while (true) {
    let byte: u32 = load<u8>(p);
    if (byte <= 32) {
      p = pastBlanks(p);
      byte = load<u8>(p);
    }
    if (byte != closing || !closable) {
      if (inObject) {
        const length = patternLength(expected);
        if (beginsLike(expected, p) && (length <= 16 || endsLike(expected, p))) {
          p += length;
          expected += KEY_SIZE;
        } else {
          p = pastOtherKey(p, expected);
          if (!p) return 0;
          expected = expectedKey;
        }
        byte = load<u8>(p);
        if (byte <= 32) {
          p = pastBlanks(p);
          byte = load<u8>(p);
        }
      }
      if (byte == QUOTE) {
        p += 1 + ctz(0x10000 | stringStops(p + 1));
        if (load<u8>(p) == QUOTE) p++;
        else p = pastString(p);
      } else if (byte - 48 < 10 || byte == 45) {
        p = pastNumber(p, byte);
      } else if (byte == 123 || byte == 91) {
        if (depth == DEPTH_LIMIT - 1) return fail(TOO_DEEP, p);
        store<u8>(open + depth, <u8>closing);
        depth++;
        closing = byte + 2;
        inObject = byte == 123;
        closable = true;
        p++;
        continue;
      } else p = pastLiteral(p, byte);
      if (!p) return 0;
      byte = load<u8>(p);
    }
    // After a value, or at a bracket that closes one.
    if (byte != 44) {
      do {
        if (byte == closing) {
          p++;
          if (!--depth) {
            expectedKey = expected;
            return p;
          }
          closing = load<u8>(open + depth);
          inObject = closing == 125;
        } else {
          if (byte > 32) return fail(UNEXPECTED, p);
          p = pastBlanks(p);
          byte = load<u8>(p);
          if (byte != 44 && byte != closing) return fail(UNEXPECTED, p);
        }
        byte = load<u8>(p);
      } while (byte != 44);
    }
    p++;
    closable = false;
  }
  return 0;
}

/** The key inside of a member that is expected next. */
let expectedKey: usize = 0;

/** Begins another document, whose members' insides {@link pastContainer} will pass in order. */
export function expectKeys(): void {
  expectedKey = firstKey();
}

/** The address after the colon of the key at `p`, which was not the one expected; or 0. */
function pastOtherKey(p: usize, expected: usize): usize {
  const known = laterKey(expected, p);
  if (known) {
    expectedKey = known + KEY_SIZE;
    return p + patternLength(known);
  }
  const key = p;
  p = pastKey(p);
  if (p) expectedKey = noteKey(expected, key, p);
  return p;
}

/** The address after the colon of the key at `p`, or 0. */
export function pastKey(p: usize): usize {
  if (load<u8>(p) != QUOTE) return fail(UNEXPECTED, p);
  p = pastString(p + 1);
  if (!p) return 0;
  p = pastBlanks(p);
  return load<u8>(p) == 58 ? p + 1 : fail(UNEXPECTED, p);
}

/** A bit for each of the sixteen bytes at `p` that is a quote, a backslash or a control character. */
export function stringStops(p: usize): i32 {
  const bytes = v128.load(p);
  return i8x16.bitmask(
    v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(34)), i8x16.eq(bytes, i8x16.splat(92))),
      i8x16.le_u(bytes, i8x16.splat(31)),
    ),
  );
}

/** Not 0 when the last {@link pastString} has passed an escape. */
export let escaped: i32 = 0;

/** The address after the closing quote of the string of which the rest is at `p`, or 0. */
export function pastString(p: usize): usize {
  escaped = 0;
  let byte: u32;
  do {
    const stops = stringStops(p);
    byte = 0;
    p += 16;
    if (stops) {
      p += ctz(stops) - 16;
      byte = load<u8>(p);
      if (byte == 92) {
        escaped = 1;
        p = pastEscape(p);
        if (!p) return 0;
      } else if (byte != QUOTE) {
        return fail(p >= inputEnd ? UNTERMINATED_STRING : CONTROL_CHARACTER, p);
      }
    }
  } while (byte != QUOTE);
  return p + 1;
}

/** The address after the escape whose backslash is at `p`, or 0. */
function pastEscape(p: usize): usize {
  const kind: u32 = load<u8>(p, 1);
  if (kind != 117) {
    const simple =
      kind == QUOTE ||
      kind == 92 ||
      kind == 47 ||
      kind == 110 ||
      kind == 116 ||
      kind == 114 ||
      kind == 98 ||
      kind == 102;
    return simple ? p + 2 : fail(BAD_ESCAPE, p + 1);
  }
  const unit = hexUnit(p + 2);
  if (unit < 0) return badHex(p + 2);
  if ((unit & 0xf800) != 0xd800) return p + 6;
  if (unit >= 0xdc00) return fail(LONE_SURROGATE, p);
  if (load<u8>(p, 6) != 92) return loneSurrogate(p, 6);
  if (load<u8>(p, 7) != 117) return loneSurrogate(p, 7);
  const low = hexUnit(p + 8);
  if (low < 0) return badHex(p + 8);
  return (low & 0xfc00) == 0xdc00 ? p + 12 : fail(LONE_SURROGATE, p);
}

function badHex(p: usize): usize {
  while (hexDigit(load<u8>(p)) >= 0) p++;
  return fail(BAD_ESCAPE, p);
}

/** The first half of a pair at `p` is not followed by the second: at least not within the input. */
function loneSurrogate(p: usize, size: usize): usize {
  return fail(LONE_SURROGATE, p + size < inputEnd ? p : inputEnd);
}

/** The address after the number at `p`, which begins with the digit or minus `first`, or 0. */
function pastNumber(p: usize, first: u32): usize {
  const start = p + usize(first == 45);
  const others = nonDigits(start);
  const whole = <u32>ctz(others);
  if (whole - 1 > 14 || (whole > 1 && load<u8>(start) == 48)) return pastAnyNumber(p);
  let end = start + whole;
  let byte: u32 = load<u8>(end);
  if (byte == 46) {
    const fraction = <u32>ctz(others >> (whole + 1));
    if (!fraction || whole + fraction > 14) return pastAnyNumber(p);
    end += 1 + fraction;
    byte = load<u8>(end);
  }
  return (byte | 32) == 101 ? pastAnyNumber(p) : end;
}

/** Like {@link pastNumber}, for what is longer, has an exponent, or is wrong. */
export function pastAnyNumber(p: usize): usize {
  let byte: u32 = load<u8>(p);
  if (byte == 45) byte = load<u8>(++p);
  if (byte == 48) p++;
  else {
    if (byte - 48 > 9) return fail(UNEXPECTED, p);
    p = pastDigits(p + 1);
  }
  byte = load<u8>(p);
  if (byte == 46) {
    const fraction = p + 1;
    p = pastDigits(fraction);
    if (p == fraction) return fail(UNEXPECTED, p);
    byte = load<u8>(p);
  }
  if ((byte | 32) == 101) {
    byte = load<u8>(++p);
    if (byte == 43 || byte == 45) p++;
    const exponent = p;
    p = pastDigits(exponent);
    if (p == exponent) return fail(UNEXPECTED, p);
  }
  return p;
}

const TRUE: u32 = 0x65757274;
const NULL: u32 = 0x6c6c756e;
const ALSE: u32 = 0x65736c61;

/** The address after `true`, `false` or `null` at `p`, or 0. */
export function pastLiteral(p: usize, first: u32): usize {
  if (first == 102) return load<u32>(p, 1) == ALSE ? p + 5 : badLiteral(p + 1, ALSE);
  const word: u32 = first == 116 ? TRUE : NULL;
  return load<u32>(p) == word ? p + 4 : badLiteral(p, word);
}

function badLiteral(p: usize, word: u32): usize {
  while (load<u8>(p) == u8(word)) {
    word >>= 8;
    p++;
  }
  return fail(UNEXPECTED, p);
}
