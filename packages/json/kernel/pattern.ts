// Keys as they are written: bytes that a document is compared with, sixteen at a time. Whoever keeps
// patterns gives each twelve bytes: its address, its length, and its mask. A key that is expected
// needs no look at its characters, and where it ends is known without one.

const LENGTH: usize = 4;
/** The bits of the first sixteen bytes that count. */
const MASK: usize = 8;

/** Sets a pattern to the `length` bytes at `address`, with at least fifteen readable ones after them. */
export function setPattern(pattern: usize, address: usize, length: usize): void {
  store<u32>(pattern, <u32>address);
  store<u32>(pattern, <u32>length, LENGTH);
  store<u32>(pattern, length < 16 ? (1 << (<u32>length)) - 1 : 0xffff, MASK);
}

/** Makes a pattern one that nothing is like. Its length stays. */
export function closePattern(pattern: usize): void {
  store<u32>(pattern, 0x10000, MASK);
}

export function patternAddress(pattern: usize): usize {
  return load<u32>(pattern);
}

export function patternLength(pattern: usize): usize {
  return load<u32>(pattern, LENGTH);
}

/** Whether the first sixteen bytes at `p` are like the pattern. Small, so that it is compiled in place. */
export function beginsLike(pattern: usize, p: usize): bool {
  const same = i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(load<u32>(pattern))));
  return (same & load<u32>(pattern, MASK)) == load<u32>(pattern, MASK);
}

/** Whether the bytes at `p` that {@link beginsLike} has left out are like a pattern of more than sixteen. */
export function endsLike(pattern: usize, p: usize): bool {
  return isSame(p + 16, <usize>load<u32>(pattern) + 16, patternLength(pattern) - 16);
}

/** Whether all bytes at `p` are like the pattern. */
export function isLike(pattern: usize, p: usize): bool {
  return beginsLike(pattern, p) && (patternLength(pattern) <= 16 || endsLike(pattern, p));
}

/** Whether `size` bytes at two addresses are the same; fifteen more must be readable. */
export function isSame(a: usize, b: usize, size: usize): bool {
  for (; size > 16; size -= 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(a), v128.load(b)))) return false;
    a += 16;
    b += 16;
  }
  const mask = (1 << (<u32>size)) - 1;
  return (i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b))) & mask) == mask;
}
