/** The address of the first byte from `p` to `end` that makes it invalid UTF-8, or 0. */
export function utf8Fault(p: usize, end: usize): usize {
  while (p < end) {
    const high = i8x16.bitmask(v128.load(p));
    if (!high) {
      p += 16;
      continue;
    }
    p += ctz(high);
    if (p >= end) return 0;
    const size = sequenceSize(p);
    if (!size) return p;
    p += size;
  }
  return 0;
}

/** How many bytes the sequence at `p` has whose first byte is not ASCII; 0 when it is malformed. */
function sequenceSize(p: usize): usize {
  const lead: u32 = load<u8>(p);
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const second: u32 = load<u8>(p, 1);
  if ((second & 0xc0) != 0x80) return 0;
  if (lead < 0xe0) return 2;
  if ((load<u8>(p, 2) & 0xc0) != 0x80) return 0;
  if (lead < 0xf0) {
    // Neither an overlong form nor a surrogate.
    if (lead == 0xe0 && second < 0xa0) return 0;
    return lead == 0xed && second > 0x9f ? 0 : 3;
  }
  if ((load<u8>(p, 3) & 0xc0) != 0x80) return 0;
  if (lead == 0xf0 && second < 0x90) return 0;
  return lead == 0xf4 && second > 0x8f ? 0 : 4;
}
