import { copy } from './copy';

/** Where the next byte of output goes. */
export let written: u32 = 0;

/**
 * Writes the documents from `index` up to `count` without their line breaks and `between` after each, as
 * long as they end before `outEnd`, 128 bytes behind which are there as well. Answers the first document
 * that is not written. Document `i` ends at `bytes + ends[i]`; `start` is where `index` begins.
 */
export function lines(
  bytes: u32,
  ends: u32,
  index: u32,
  count: u32,
  start: u32,
  between: u32,
  betweenSize: u32,
  out: u32,
  outEnd: u32,
): u32 {
  let at = bytes + start;
  let to = out;
  let i = index;
  for (; i < count; i++) {
    const end = bytes + load<u32>(ends + (i << 2));
    const size = end - at - 1;
    if (to + size > outEnd) break;
    copy(to, at, size);
    to += size;
    copy(to, between, betweenSize);
    to += betweenSize;
    at = end;
  }
  written = to;
  return i;
}

/**
 * As {@link lines}, and each document becomes a message of protobuf in a frame: the length of what
 * follows as four bytes, the key, the length of the message, the message. That is `head`, the length of the
 * document, and the document without its line break. The key is the first byte of `between`, and the
 * `head` the rest, of 8 bytes at most.
 */
export function frames(
  bytes: u32,
  ends: u32,
  index: u32,
  count: u32,
  start: u32,
  between: u32,
  betweenSize: u32,
  out: u32,
  outEnd: u32,
): u32 {
  const key = load<u8>(between);
  const head = load<u64>(between + 1);
  const headSize = betweenSize - 1;
  let at = bytes + start;
  let to = out;
  let i = index;
  for (; i < count; i++) {
    const end = bytes + load<u32>(ends + (i << 2));
    const size = end - at - 1;
    if (to + size > outEnd) break;
    const body = headSize + varintSize(size) + size;
    store<u32>(to, 1 + varintSize(body) + body);
    store<u8>(to + 4, key);
    to = putVarint(to + 5, body);
    store<u64>(to, head);
    to = putVarint(to + headSize, size);
    copy(to, at, size);
    to += size;
    at = end;
  }
  written = to;
  return i;
}

function varintSize(value: u32): u32 {
  return (38 - clz(value | 1)) / 7;
}

function putVarint(at: u32, value: u32): u32 {
  let to = at;
  let rest = value;
  while (rest > 0x7f) {
    store<u8>(to++, (rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  store<u8>(to++, rest);
  return to;
}
