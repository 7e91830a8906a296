// The id and the time of a row, as text, as `src/destination/raw-id.ts` and `emitted-at.ts` have them.

/** How long an id is. */
export const ID_SIZE: usize = 36;

/** Makes the id that ends at `end` the one after it: its last twelve digits count up. */
export function nextId(end: usize): void {
  let at = end - 1;
  while (load<u8>(at) == 102) store<u8>(at--, 48);
  const digit: u32 = load<u8>(at);
  store<u8>(at, <u8>(digit == 57 ? 97 : digit + 1));
}

const DAY_MS: i64 = 86_400_000;

/** Writes a time in RFC 3339 at `at`, where that of `before` is already; negative when none is. */
export function writeTime(at: usize, ms: i64, before: i64): void {
  if (before < 0 || ms / 1000 != before / 1000) {
    writeDate(at, <u32>(ms / DAY_MS));
    const second = <u32>((ms % DAY_MS) / 1000);
    store<u8>(at, 84, 10);
    twoDigits(at + 11, second / 3600);
    store<u8>(at, 58, 13);
    twoDigits(at + 14, (second / 60) % 60);
    store<u8>(at, 58, 16);
    twoDigits(at + 17, second % 60);
    store<u8>(at, 46, 19);
    store<u8>(at, 90, 23);
  }
  const millis = <u32>(ms % 1000);
  twoDigits(at + 20, millis / 10);
  store<u8>(at, <u8>(48 + (millis % 10)), 22);
}

/**
 * Writes the date of a day since 1970, by counting from March 1 of the year 0, so that the day that
 * some years have more is the last one (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
 */
function writeDate(at: usize, day: u32): void {
  day += 719468;
  const era = day / 146097;
  const dayOfEra = day % 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const monthFromMarch = (5 * dayOfYear + 2) / 153;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = era * 400 + yearOfEra + u32(month < 3);
  twoDigits(at, year / 100);
  twoDigits(at + 2, year % 100);
  store<u8>(at, 45, 4);
  twoDigits(at + 5, month);
  store<u8>(at, 45, 7);
  twoDigits(at + 8, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1);
}

function twoDigits(at: usize, value: u32): void {
  store<u8>(at, <u8>(48 + value / 10));
  store<u8>(at, <u8>(48 + (value % 10)), 1);
}
