import { isUtf8 } from 'node:buffer';

/**
 * Where the first byte that is not part of well-formed UTF-8 is, or -1. Unless `whole`, a
 * character that is cut off at the end is not looked at.
 */
export function firstInvalidUtf8(bytes: Uint8Array, whole: boolean): number {
  const end = whole ? bytes.length : bytes.length - cutOff(bytes);
  if (isUtf8(bytes.subarray(0, end))) return -1;
  let at = 0;
  while (at < end) {
    const length = characterLength(bytes, at, end);
    if (length === 0) return at;
    at += length;
  }
  return -1;
}

/** How many bytes at the end begin a character whose rest is missing: 0 to 3. */
export function cutOff(bytes: Uint8Array): number {
  for (let n = 1; n <= 3 && n <= bytes.length; n++) {
    const byte = bytes[bytes.length - n] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return byte >= 0xf0 || n < (byte >= 0xe0 ? 3 : 2) ? n : 0;
  }
  return 0;
}

/** The length of the character at `at`, or 0 when there is none. */
function characterLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  return isUtf8(bytes.subarray(at, Math.min(at + length, end))) ? length : 0;
}
