/** Where the varint at `at` ends, or -1 when it goes past `end` or has more than ten bytes. */
export function pastVarint(bytes: Uint8Array, at: number, end: number): number {
  const limit = Math.min(end, at + 10);
  for (let i = at; i < limit; i++) {
    if ((bytes[i] ?? 0) < 0x80) return i + 1;
  }
  return -1;
}

/**
 * The varint at `at`, exact up to 2⁵³, of which {@link pastVarint} has said that it ends. Good for tags,
 * lengths and times; what does not fit is merely a large number.
 */
export function varintAt(bytes: Uint8Array, at: number): number {
  let value = 0;
  let scale = 1;
  for (let i = at; ; i++) {
    const byte = bytes[i] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 128;
  }
}

/**
 * Where the field ends whose tag is at `at`, with its value; -1 when it is malformed or goes past `end`. A tag
 * with more bytes than it needs counts as malformed, so that one can be told by its first bytes.
 */
export function pastField(bytes: Uint8Array, at: number, end: number): number {
  const open: number[] = [];
  let p = at;
  for (;;) {
    const afterTag = pastVarint(bytes, p, end);
    if (afterTag < 0 || (afterTag > p + 1 && bytes[afterTag - 1] === 0)) return -1;
    const tag = varintAt(bytes, p);
    const field = Math.floor(tag / 8);
    if (field === 0 || field > largestField) return -1;
    if (tag % 8 === Wire.groupBegin) {
      if (open.length === mostGroups) return -1;
      open.push(field);
      p = afterTag;
    } else if (tag % 8 === Wire.groupEnd) {
      if (open.pop() !== field) return -1;
      p = afterTag;
    } else {
      p = pastValue(bytes, afterTag, end, tag % 8);
      if (p < 0) return -1;
    }
    if (open.length === 0) return p;
  }
}

/** The low three bits of a tag. */
export const Wire = {
  varint: 0,
  fixed64: 1,
  length: 2,
  groupBegin: 3,
  groupEnd: 4,
  fixed32: 5,
} as const;

const largestField = 2 ** 29 - 1;
const mostGroups = 64;

function pastValue(bytes: Uint8Array, at: number, end: number, wire: number): number {
  if (wire === Wire.varint) return pastVarint(bytes, at, end);
  let size = 0;
  let start = at;
  if (wire === Wire.fixed64) size = 8;
  else if (wire === Wire.fixed32) size = 4;
  else if (wire === Wire.length) {
    start = pastVarint(bytes, at, end);
    if (start < 0) return -1;
    size = varintAt(bytes, at);
  } else return -1;
  return size <= end - start ? start + size : -1;
}
