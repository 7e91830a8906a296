/** Copies 32 bytes at a time, and so up to 31 more than asked for. */
export function copy(to: u32, from: u32, size: u32): void {
  if (size > 2048) {
    memory.copy(to, from, size);
    return;
  }
  for (let done: u32 = 0; done < size; done += 32) {
    v128.store(to + done, v128.load(from + done));
    v128.store(to + done + 16, v128.load(from + done + 16));
  }
}

/** Copies 16 bytes at a time, and so up to 15 more than asked for. Answers whether no line break is among them. */
export function copyLine(to: u32, from: u32, size: u32): bool {
  let breaks: u32 = 0;
  let done: u32 = 0;
  for (; done + 16 <= size; done += 16) {
    const block = v128.load(from + done);
    v128.store(to + done, block);
    breaks |= i8x16.bitmask(i8x16.eq(block, i8x16.splat(0x0a)));
  }
  const block = v128.load(from + done);
  v128.store(to + done, block);
  const last = i8x16.bitmask(i8x16.eq(block, i8x16.splat(0x0a))) & ((1 << (size - done)) - 1);
  return (breaks | last) === 0;
}
