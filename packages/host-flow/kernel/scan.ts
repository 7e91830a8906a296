// Where JSON values end, 16 bytes at a time. Nothing is checked: on bytes that are no JSON an answer has no
// meaning.

/**
 * The index after the object or array that begins at `start`; 0 when it does not end before `end`, or
 * there is a line break in it. Up to 15 bytes after `end` are read, and do not matter.
 */
export function containerEnd(start: u32, end: u32): u32 {
  let depth: i32 = 0;
  /** All ones while the bytes to come are within a string. */
  let within: u32 = 0;
  let escapes: bool = false;
  let breaks = i8x16.splat(0);
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
    // Brackets and braces differ in one bit.
    const folded = v128.or(block, i8x16.splat(0x20));
    const opening = i8x16.eq(folded, i8x16.splat(0x7b));
    const closing = i8x16.eq(folded, i8x16.splat(0x7d));
    const breaking = i8x16.eq(block, i8x16.splat(0x0a));
    if (!v128.any_true(v128.or(opening, closing))) {
      breaks = v128.or(breaks, breaking);
      within ^= 0 - (popcnt(quotes) & 1);
      continue;
    }
    // A byte is within a string when an odd number of quotes is at or before it.
    let inside = quotes ^ (quotes << 1);
    inside ^= inside << 2;
    inside ^= inside << 4;
    inside ^= inside << 8;
    inside ^= within;
    within = (inside & 0x8000) !== 0 ? 0xffff_ffff : 0;
    const opens: u32 = i8x16.bitmask(opening) & ~inside;
    const closes: u32 = i8x16.bitmask(closing) & ~inside;
    const down = <i32>popcnt(closes);
    if (depth > down) depth += <i32>popcnt(opens) - down;
    else {
      for (let both = opens | closes; both !== 0; both &= both - 1) {
        const bit = ctz(both);
        if ((opens >>> bit) & 1) depth++;
        else if (--depth === 0) {
          const before = i8x16.bitmask(breaking) & ((1 << bit) - 1);
          return before !== 0 || v128.any_true(breaks) || at + bit >= end ? 0 : at + bit + 1;
        }
      }
    }
    breaks = v128.or(breaks, breaking);
  }
  return 0;
}
