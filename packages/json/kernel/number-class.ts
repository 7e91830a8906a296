import { survives } from './shortest';
import { pastDigits } from './text';
import {
  DECIMAL,
  DOUBLE,
  LONG_INTEGER,
  SAFE_INTEGER,
  WIDE_INTEGER,
  WILD_NUMBER,
} from './value-class';

/** Greater counts of digits are not told apart: `mostDigits` in `src/number-class.ts`. */
const MOST_DIGITS: i64 = 1000000;

/** The class of the last number, and its digits before and after the decimal point. */
export let numberBit: i32 = 0;
export let integerDigits: u32 = 0;
export let scale: u32 = 0;

/** The address after the number at `p`, with the above set to what it is. */
export function classifyNumber(p: usize): usize {
  const start = p;
  if (load<u8>(p) == 45) p++;
  const whole = p;
  p = pastDigits(p);
  const wholeSize = <i64>(p - whole);
  let fractionSize: i64 = 0;
  let digitsEnd = p;
  if (load<u8>(p) == 46) {
    digitsEnd = pastDigits(p + 1);
    fractionSize = <i64>(digitsEnd - p) - 1;
  }
  p = digitsEnd;
  let exponent: i64 = 0;
  if ((load<u8>(p) | 32) == 101) {
    exponent = readExponent(p + 1);
    const signed = load<u8>(p, 1) == 43 || load<u8>(p, 1) == 45;
    p = pastDigits(p + (signed ? 2 : 1));
  } else if (!fractionSize) {
    scale = 0;
    integerDigits = load<u8>(whole) == 48 ? 0 : u32(min(wholeSize, MOST_DIGITS));
    numberBit = integerClass(start, whole, wholeSize);
    return p;
  }
  // From the first to the last digit that is not 0; the point counts as one where it lies between.
  const point = whole + usize(wholeSize);
  let first = whole;
  while (first < digitsEnd && load<u8>(first) - 46 < 3) first++;
  let last = digitsEnd;
  while (last > first && load<u8>(last - 1) - 46 < 3) last--;
  scale = u32(min(max(fractionSize - exponent, 0), MOST_DIGITS));
  if (first == last) {
    integerDigits = 0;
    numberBit = DOUBLE;
    return p;
  }
  // The number is 0.d… × 10^magnitude, its first digit d not 0.
  const magnitude = <i64>point - <i64>first + i64(first > point) + exponent;
  integerDigits = u32(min(max(magnitude, 0), MOST_DIGITS));
  const significant = <i64>(last - first) - i64(first < point && last > point);
  const ordinary = significant <= 15 && magnitude > -290 && magnitude < 290;
  const places = significant - magnitude;
  if (ordinary || survives(start, p, first, last, significant, places)) numberBit = DOUBLE;
  else if (max(magnitude, 0) + max(fractionSize - exponent, 0) <= 38) numberBit = DECIMAL;
  else numberBit = WILD_NUMBER;
  return p;
}

/** The exponent whose sign or first digit is at `p`, or one beyond all that can make a difference. */
function readExponent(p: usize): i64 {
  const sign = load<u8>(p);
  if (sign == 43 || sign == 45) p++;
  let value: i64 = 0;
  for (let digit: u32 = load<u8>(p) - 48; digit < 10; digit = load<u8>(++p) - 48) {
    if (value < 1000000000000000) value = value * 10 + digit;
  }
  return sign == 45 ? -value : value;
}

/** The class of an integer of `size` digits at `digits`; it is negative if it begins before them. */
function integerClass(start: usize, digits: usize, size: i64): i32 {
  if (size > 19) return size <= 38 ? WIDE_INTEGER : WILD_NUMBER;
  let value: u64 = 0;
  for (let i: usize = 0; i < <usize>size; i++) value = value * 10 + (load<u8>(digits + i) - 48);
  if (!value && start != digits) return DOUBLE;
  if (value <= 9007199254740992) return SAFE_INTEGER;
  return value <= 9223372036854775807 + u64(start != digits) ? LONG_INTEGER : WIDE_INTEGER;
}
