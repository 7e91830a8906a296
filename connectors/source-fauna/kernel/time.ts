/** Microseconds since the epoch, of the time that was read last. */
export let micros: i64 = 0;

/** Reads the bytes from `p` to `end` as RFC 3339 in UTC with a year of four digits; false when they are not. */
export function readTime(p: usize, end: usize): bool {
  const size = end - p;
  if (size < 20 || load<u8>(end - 1) != 90 || load<u8>(p, 4) != 45 || load<u8>(p, 7) != 45) {
    return false;
  }
  if (load<u8>(p, 10) != 84 || load<u8>(p, 13) != 58 || load<u8>(p, 16) != 58) return false;
  const year = pair(p) * 100 + pair(p + 2);
  const month = pair(p + 5);
  const day = pair(p + 8);
  const hour = pair(p + 11);
  const minute = pair(p + 14);
  const second = pair(p + 17);
  // What is no digit gives a number far above these.
  if (year > 9999 || month - 1 > 11 || day - 1 > 30 || hour > 23 || minute > 59 || second > 59) {
    return false;
  }
  let fraction: i64 = 0;
  if (size > 20) {
    if (load<u8>(p, 19) != 46 || size == 21) return false;
    let unit: i64 = 100_000;
    for (let at = p + 20; at < end - 1; at++) {
      const digit: u32 = <u32>load<u8>(at) - 48;
      if (digit > 9) return false;
      fraction += unit * digit;
      unit /= 10;
    }
  }
  const seconds = days(year, month, day) * 86_400 + <i64>(hour * 3600 + minute * 60 + second);
  micros = seconds * 1_000_000 + fraction;
  return true;
}

/** The two digits at `p` as a number, at least 10,000 when one is no digit. */
function pair(p: usize): u32 {
  const tens = <u32>load<u8>(p) - 48;
  const ones = <u32>load<u8>(p, 1) - 48;
  return tens > 9 || ones > 9 ? 1_000_000 : tens * 10 + ones;
}

/** Days since the epoch; of a day that a month has not, those of as many days later. */
function days(year: u32, month: u32, day: u32): i64 {
  // Counted from the 1st of March of a year, leap days are last.
  const shifted = year - u32(month < 3);
  const fromMarch = month > 2 ? month - 3 : month + 9;
  // Four hundred years are added, as the year before 0 is no unsigned number.
  const era = (<i32>shifted + 400) / 400;
  const yearOfEra = <i32>shifted + 400 - era * 400;
  const dayOfYear = (153 * <i32>fromMarch + 2) / 5 + <i32>day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return <i64>(era - 1) * 146_097 + dayOfEra - 719_468;
}

/** The integer from `p` to `end`, in `micros`; false when it is none of 64 bits. */
export function readInteger(p: usize, end: usize): bool {
  const isNegative = load<u8>(p) == 45;
  if (isNegative) p++;
  if (p == end || end - p > 19) return false;
  let value: u64 = 0;
  for (; p < end; p++) {
    const digit: u32 = <u32>load<u8>(p) - 48;
    if (digit > 9) return false;
    value = value * 10 + digit;
  }
  const most: u64 = 0x7fff_ffff_ffff_ffff;
  if (value > most + u64(isNegative)) return false;
  micros = isNegative ? -(<i64>value) : <i64>value;
  return true;
}
