import { copy } from './copy';

// A field of a tuple is three words: what becomes of it, and address and length of its name, as `,"name":`.

/** It is left out. */
export const skipped: u32 = 0;
/** It is a time, of which six digits of the fraction are kept. */
export const published: u32 = 2;
/** It becomes the text of what it is. */
export const text: u32 = 3;

/** Writes the name of a field that is not skipped. */
export function putName(field: u32, out: u32): u32 {
  if (load<u32>(field) === skipped) return out;
  const size = load<u32>(field, 8);
  copy(out, load<u32>(field, 4), size);
  return out + size;
}

/** Leaves six digits of the fraction of the date-time from `start` to `end`. */
export function cutFraction(start: u32, end: u32): u32 {
  let point = start;
  while (point < end && load<u8>(point) !== 0x2e) point++;
  let zone = point + 1;
  while (zone < end && <u32>load<u8>(zone) - 0x30 <= 9) zone++;
  if (point === end || zone - point <= 7) return end;
  memory.copy(point + 7, zone, end - zone);
  return end - (zone - point - 7);
}
