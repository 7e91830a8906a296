import { scalarEnd, stringStops } from '../../json/kernel/skip';
import { pastDigits } from '../../json/kernel/text';

// Steps over JSON values that should end before `end`. Nothing is checked but that: on bytes that are no JSON an
// answer has no meaning. Each answers the address after the value, or 0 when it does not end.

const QUOTE: u32 = 34;
const COMMA: u32 = 44;
const OPEN_BRACE: u32 = 123;
const CLOSE_BRACE: u32 = 125;
const OPEN_BRACKET: u32 = 91;

/** Not 0 when the last {@link pastText} has passed a backslash. */
export let escaped: i32 = 0;

/** Past the text whose quote is at `p`. */
export function pastText(p: usize, end: usize): usize {
  escaped = 0;
  p++;
  while (p < end) {
    const stops = stringStops(p);
    if (!stops) {
      p += 16;
      continue;
    }
    p += ctz(stops);
    if (load<u8>(p) == QUOTE) return p < end ? p + 1 : 0;
    escaped = 1;
    p += 2;
  }
  return 0;
}

/** Past any value. */
export function pastValue(p: usize, end: usize): usize {
  const byte: u32 = load<u8>(p);
  if (byte == QUOTE) return pastText(p, end);
  if (byte == OPEN_BRACE || byte == OPEN_BRACKET) return pastContainer(p, end);
  const past = scalarEnd(p);
  return past > p && past < end ? past : 0;
}

/**
 * Past a value that is the same bytes wherever it has the same value: a text without escapes, or an
 * integer in digits. 0 for others.
 */
export function pastPlain(p: usize, end: usize): usize {
  let byte: u32 = load<u8>(p);
  if (byte == QUOTE) {
    const past = pastText(p, end);
    return escaped ? 0 : past;
  }
  const isNegative = byte == 45;
  const first = p + usize(isNegative);
  const past = pastDigits(first);
  // There is no -0.
  if (past == first || past >= end || (isNegative && load<u8>(first) == 48)) return 0;
  byte = load<u8>(past);
  return byte == COMMA || byte == CLOSE_BRACE || byte == 32 ? past : 0;
}

/** Past the object or array at `p`. */
function pastContainer(p: usize, end: usize): usize {
  let depth: i32 = 0;
  while (p < end) {
    const bytes = v128.load(p);
    // Square and curly brackets differ in one bit.
    const curly = v128.or(bytes, i8x16.splat(32));
    const brackets = v128.or(i8x16.eq(curly, i8x16.splat(123)), i8x16.eq(curly, i8x16.splat(125)));
    const stops = i8x16.bitmask(v128.or(brackets, i8x16.eq(bytes, i8x16.splat(34))));
    if (!stops) {
      p += 16;
      continue;
    }
    p += ctz(stops);
    const byte: u32 = load<u8>(p);
    if (byte == QUOTE) {
      p = pastText(p, end);
      if (!p) return 0;
      continue;
    }
    p++;
    depth += (byte | 32) == OPEN_BRACE ? 1 : -1;
    if (!depth) return p < end ? p : 0;
  }
  return 0;
}
