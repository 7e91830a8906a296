import { survivesDouble } from './host';

/** The most decimal places for which everything below fits 64 bits. */
const MOST_PLACES: i64 = 25;

/**
 * Whether the number literal from `start` to `end` has the same value when it is read as a double
 * and printed in the shortest way. Its digits from the first that is not 0 are the bytes from `first`
 * to `last`, which is after the last that is not 0; a point may be among them. There are `size` of
 * them, and `places` decimal places up to the last.
 */
export function survives(
  start: usize,
  end: usize,
  first: usize,
  last: usize,
  size: i64,
  places: i64,
): bool {
  // No double needs more than 17 digits.
  if (size > 17) return false;
  if (places < 1 || places > MOST_PLACES) return survivesDouble(start, end) != 0;
  const answer = isShortest(digitsAt(first, last), places);
  return answer == UNSURE ? survivesDouble(start, end) != 0 : answer == YES;
}

const NO: i32 = 0;
const YES: i32 = 1;
const UNSURE: i32 = 2;

/**
 * Whether digits / 10^places, of 16 or 17 digits the last of which is not 0, is what its nearest double
 * prints as: no shorter number has that double, and no other of this length is closer to it.
 *
 * With the double as m × 2^q and t = -(q + places), all comparisons are made in units of
 * 10^-places × 2^-t: there the double is m × 5^places, the number is digits × 2^t, and half the
 * distance to the next double is 5^places / 2. Differences are small, so 64 bits are enough for
 * them although not for what they are the difference of.
 */
function isShortest(digits: u64, places: i64): i32 {
  let five: i64 = 1;
  for (let i: i64 = 0; i < places; i++) five *= 5;
  // At most two doubles away from the nearest one, as each step rounds by at most half of one.
  const guess = f64(digits) / (f64(five) * f64((<u64>1) << (<u64>places)));
  const bits = reinterpret<u64>(guess);
  const t = 1075 - <i64>(bits >> 52) - places;
  let m = <i64>((bits & 0xfffffffffffff) | 0x10000000000000);
  if (t < 1 || t > 62) return UNSURE;
  let difference = <i64>(digits << (<u64>t)) - m * five;
  while (difference * 2 > five) {
    difference -= five;
    m++;
  }
  while (difference * 2 < -five) {
    difference += five;
    m--;
  }
  // Next to a power of two the doubles are not evenly spaced.
  if (m < 0x10000000000002 || m > 0x1ffffffffffffd) return UNSURE;
  const unit = (<i64>1) << t;
  // Of two numbers that are equally close, the even one is printed.
  const isCloser = difference * 2 < unit && difference * -2 < unit;
  const isTie = difference * 2 == unit || difference * -2 == unit;
  if (!isCloser && !(isTie && (digits & 1) == 0)) return NO;
  // Shorter numbers are multiples of ten in this unit. When it is this large they are too far away.
  if (t > 58) return YES;
  const above = <i64>(digits % 10);
  const isBelowSame = (above * unit - difference) * 2 < five;
  const isAboveSame = ((10 - above) * unit + difference) * 2 < five;
  return isBelowSame || isAboveSame ? NO : YES;
}

/** The number of up to 19 digits from `p` to `end`, among which a point may be. */
function digitsAt(p: usize, end: usize): u64 {
  let value: u64 = 0;
  for (; p < end; p++) {
    const byte: u64 = load<u8>(p);
    if (byte != 46) value = value * 10 + byte - 48;
  }
  return value;
}
