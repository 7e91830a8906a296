import { hexUnit } from './text';

/** The bytes of the last {@link decodeEscape}, the first one lowest, and how many they are. */
export let decoded: u32 = 0;
export let decodedSize: u32 = 0;

/** The address after the escape at `p`, its UTF-8 in {@link decoded}. The escape is a valid one. */
export function decodeEscape(p: usize): usize {
  const kind: u32 = load<u8>(p, 1);
  if (kind != 117) {
    decoded = simpleEscape(kind);
    decodedSize = 1;
    return p + 2;
  }
  const unit = <u32>hexUnit(p + 2);
  p += 6;
  if (unit < 0x80) {
    decoded = unit;
    decodedSize = 1;
  } else if (unit < 0x800) {
    decoded = 0x80c0 | (unit >> 6) | ((unit & 63) << 8);
    decodedSize = 2;
  } else if ((unit & 0xfc00) == 0xd800 && load<u16>(p) == 0x755c) {
    const code = 0x10000 + ((unit & 0x3ff) << 10) + (<u32>hexUnit(p + 2) & 0x3ff);
    p += 6;
    decoded =
      0x808080f0 |
      (code >> 18) |
      (((code >> 12) & 63) << 8) |
      (((code >> 6) & 63) << 16) |
      ((code & 63) << 24);
    decodedSize = 4;
  } else {
    decoded = 0x8080e0 | (unit >> 12) | (((unit >> 6) & 63) << 8) | ((unit & 63) << 16);
    decodedSize = 3;
  }
  return p;
}

function simpleEscape(kind: u32): u32 {
  if (kind == 110) return 10;
  if (kind == 116) return 9;
  if (kind == 114) return 13;
  if (kind == 98) return 8;
  return kind == 102 ? 12 : kind;
}

/**
 * Writes the string from `p` to `end` without its escapes, but no more than `limit` bytes and three;
 * returns the address after what is written.
 */
export function unescape(p: usize, end: usize, to: usize, limit: usize): usize {
  const last = to + limit;
  while (p < end && to < last) {
    const byte = load<u8>(p);
    if (byte != 92) {
      store<u8>(to++, byte);
      p++;
      continue;
    }
    p = decodeEscape(p);
    store<u32>(to, decoded);
    to += decodedSize;
  }
  return to;
}
