// Where JSON values end, and documents with something between them, 16 bytes at a time. TypeScript owns
// the memory. Nothing is checked: on bytes that are no JSON an answer has no meaning.

/**
 * The index after the object or array that begins at `start`; 0 when it does not end before `end`.
 * Up to 15 bytes after `end` are read, and do not matter.
 */
export function containerEnd(start: u32, end: u32): u32 {
  let depth: i32 = 0;
  /** All ones while the bytes to come are within a string. */
  let within: u32 = 0;
  let escapes: bool = false;
  for (let at = start; at < end; at += 16) {
    const block = v128.load(at);
    const slashes: u32 = i8x16.bitmask(i8x16.eq(block, i8x16.splat(0x5c)));
    let quotes: u32 = i8x16.bitmask(i8x16.eq(block, i8x16.splat(0x22)));
    if (slashes !== 0 || escapes) {
      let escaped: u32 = escapes ? 1 : 0;
      let rest = slashes & ~escaped;
      escapes = false;
      while (rest !== 0) {
        const bit = ctz(rest);
        escaped |= 2 << bit;
        if (bit === 15) escapes = true;
        rest &= ~(3 << bit);
      }
      quotes &= ~escaped;
    }
    // A byte is within a string when an odd number of quotes is at or before it.
    let inside = quotes ^ (quotes << 1);
    inside ^= inside << 2;
    inside ^= inside << 4;
    inside ^= inside << 8;
    inside ^= within;
    within = (inside & 0x8000) !== 0 ? 0xffff_ffff : 0;
    // Brackets and braces differ in one bit.
    const folded = v128.or(block, i8x16.splat(0x20));
    const opens: u32 = i8x16.bitmask(i8x16.eq(folded, i8x16.splat(0x7b))) & ~inside;
    const closes: u32 = i8x16.bitmask(i8x16.eq(folded, i8x16.splat(0x7d))) & ~inside;
    const down = <i32>popcnt(closes);
    if (depth > down) {
      depth += <i32>popcnt(opens) - down;
      continue;
    }
    for (let both = opens | closes; both !== 0; both &= both - 1) {
      const bit = ctz(both);
      if ((opens >>> bit) & 1) depth++;
      else if (--depth === 0) return at + bit < end ? at + bit + 1 : 0;
    }
  }
  return 0;
}

/**
 * Writes every line of `source` without its last byte, and `middle` after each.
 * @param ends where lines end, relative to `source`, as `count` words.
 * @returns how many bytes there are at `target`; up to 15 more are overwritten.
 */
export function splice(
  source: u32,
  ends: u32,
  count: u32,
  middle: u32,
  middleLength: u32,
  target: u32,
): u32 {
  let at = target;
  let start = source;
  for (let index: u32 = 0; index < count; index++) {
    const end = source + load<u32>(ends + (index << 2));
    copy(at, start, end - 1 - start);
    at += end - 1 - start;
    copy(at, middle, middleLength);
    at += middleLength;
    start = end;
  }
  return at - target;
}

function copy(to: u32, from: u32, length: u32): void {
  for (let at: u32 = 0; at < length; at += 16) v128.store(to + at, v128.load(from + at));
}
