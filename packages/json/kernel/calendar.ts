// Dates and date-times in forms that `string-class.ts` has recognised.

/** The number of two digits at `p`. */
function pair(p: usize): i32 {
  return <i32>load<u8>(p) * 10 + <i32>load<u8>(p, 1) - 528;
}

/** The days from 1970-01-01 to the `YYYY-MM-DD` at `p`, in the Gregorian calendar. */
export function daysAt(p: usize): i32 {
  const month = pair(p + 5);
  // Years are counted from March on, so that a leap day is the last day of its year.
  const year = pair(p) * 100 + pair(p + 2) - i32(month < 3);
  const monthFromMarch = month < 3 ? month + 9 : month - 3;
  const dayOfYear = (153 * monthFromMarch + 2) / 5 + pair(p + 8) - 1;
  // Year 0 of this count, which has days of January and February 0001 in it, is not negative.
  return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719468;
}

/** The microseconds from 1970 to the RFC 3339 date-time from `p` to `end`. */
export function microsAt(p: usize, end: usize): i64 {
  let seconds = <i64>daysAt(p) * 86400;
  seconds += <i64>pair(p + 11) * 3600 + <i64>pair(p + 14) * 60 + <i64>pair(p + 17);
  let fraction: i64 = 0;
  p += 19;
  if (load<u8>(p) == 46) {
    p++;
    let unit: i64 = 100000;
    for (; <u32>load<u8>(p) - 48 < 10; p++) {
      fraction += (<i64>load<u8>(p) - 48) * unit;
      unit /= 10;
    }
  }
  if (p + 6 == end) {
    const offset = <i64>pair(p + 1) * 3600 + <i64>pair(p + 4) * 60;
    seconds -= load<u8>(p) == 45 ? -offset : offset;
  }
  return seconds * 1000000 + fraction;
}
