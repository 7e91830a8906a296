import type { WireBuffer } from './wire-buffer.ts';

const backslash = 0x5c;
const letterU = 0x75;

/**
 * Writes what a JSON string says, from after its first quote up to its last, as UTF-8. False when a
 * half of a surrogate pair is in it, which has no UTF-8.
 */
export function putText(out: WireBuffer, bytes: Uint8Array, start: number, end: number): boolean {
  let from = start;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== backslash) continue;
    out.putRange(bytes, from, at);
    if (bytes[at + 1] !== letterU) {
      out.byte(escaped[bytes[at + 1] ?? 0] ?? 0);
      at += 1;
    } else {
      const code = codePoint(bytes, at, end);
      if (code < 0) return false;
      putUtf8(out, code);
      at += code > 0xffff ? 11 : 5;
    }
    from = at + 1;
  }
  out.putRange(bytes, from, end);
  return true;
}

/** What follows a backslash, and stands for another byte. */
const escaped = new Uint8Array(128);
for (const [letter, meaning] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t']) {
  escaped[letter?.charCodeAt(0) ?? 0] = meaning?.charCodeAt(0) ?? 0;
}

/** The character of the escape at `at`, or of the pair that begins there; -1 for half a pair. */
function codePoint(bytes: Uint8Array, at: number, end: number): number {
  const first = unit(bytes, at + 2);
  if (first < 0xd800 || first > 0xdfff) return first;
  if (first > 0xdbff || at + 12 > end) return -1;
  if (bytes[at + 6] !== backslash || bytes[at + 7] !== letterU) return -1;
  const second = unit(bytes, at + 8);
  if (second < 0xdc00 || second > 0xdfff) return -1;
  return 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

function unit(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let index = at; index < at + 4; index++) value = value * 16 + hexDigit(bytes[index] ?? 0);
  return value;
}

function hexDigit(byte: number): number {
  return byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57;
}

function putUtf8(out: WireBuffer, code: number): void {
  if (code < 0x80) return out.byte(code);
  if (code < 0x800) out.byte(0xc0 | (code >> 6));
  else {
    if (code < 0x1_0000) out.byte(0xe0 | (code >> 12));
    else {
      out.byte(0xf0 | (code >> 18));
      out.byte(0x80 | ((code >> 12) & 0x3f));
    }
    out.byte(0x80 | ((code >> 6) & 0x3f));
  }
  out.byte(0x80 | (code & 0x3f));
}
