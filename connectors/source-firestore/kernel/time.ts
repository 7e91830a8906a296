import { putPadded, putPair } from './number';

/** Whether RFC 3339 has a text for an instant: years 1 to 9999. */
export function isTime(seconds: i64, nanos: i32): bool {
  return seconds >= -62_135_596_800 && seconds <= 253_402_300_799 && <u32>nanos <= 999_999_999;
}

/** The date of `writtenDay` with its `T`, in 16 bytes: neighbouring instants mostly have the same. */
let dateText: usize = 0;
let writtenDay: u32 = 0;

export function setDateText(address: usize): void {
  dateText = address;
  writeDay(0);
}

/** Writes an instant as RFC 3339 with as many digits of a second as it needs; at most 30 bytes. */
export function putTime(seconds: i64, nanos: i32, out: usize): usize {
  // From the 1st of March of the year 0 no day is negative, and leap days are last.
  const sinceYear0 = seconds + 719_468 * 86_400;
  const day = <u32>(<f64>sinceYear0 / 86_400);
  const second = <u32>(sinceYear0 - <i64>day * 86_400);
  if (day !== writtenDay) writeDay(day);
  v128.store(out, v128.load(dateText));
  const hour = second / 3600;
  const minute = (second - hour * 3600) / 60;
  putPair(hour, out + 11);
  store<u8>(out, 58, 13);
  putPair(minute, out + 14);
  store<u8>(out, 58, 16);
  putPair(second - hour * 3600 - minute * 60, out + 17);
  out += 19;
  if (nanos !== 0) {
    store<u8>(out, 46);
    const micros = <u32>nanos / 1000;
    if (micros * 1000 === <u32>nanos) {
      putPadded(micros, 6, out + 1);
      out += 7;
    } else {
      putPadded(nanos, 9, out + 1);
      out += 10;
    }
    while (load<u8>(out - 1) === 48) out--;
  }
  store<u8>(out, 90);
  return out + 1;
}

function writeDay(day: u32): void {
  const era = day / 146_097;
  const dayOfEra = day - era * 146_097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const monthFromMarch = (5 * dayOfYear + 2) / 153;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + u32(month < 3);
  putPair(year / 100, dateText);
  putPair(year % 100, dateText + 2);
  store<u8>(dateText, 45, 4);
  putPair(month, dateText + 5);
  store<u8>(dateText, 45, 7);
  putPair(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, dateText + 8);
  store<u8>(dateText, 84, 10);
  writtenDay = day;
}
