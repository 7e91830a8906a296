import type { WireBuffer } from './wire-buffer.ts';

/** What each byte stands for; 64 and more is no digit. */
const values = new Uint8Array(256).fill(64);
const digits = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
for (const [value, digit] of digits.entries()) values[digit] = value;

const padding = 0x3d;

/**
 * Writes what base64 from one index up to another stands for. False unless it is in the one form that
 * the bytes have: in whole groups, padded, with no bits left over.
 */
export function putBase64(out: WireBuffer, bytes: Uint8Array, start: number, end: number): boolean {
  if ((end - start) % 4 !== 0) return false;
  for (let at = start; at < end; at += 4) {
    const first = valueAt(bytes, at);
    const second = valueAt(bytes, at + 1);
    if ((first | second) > 63) return false;
    out.byte((first << 2) | (second >> 4));
    const isLast = at + 4 === end;
    if (isLast && bytes[at + 3] === padding) {
      if (bytes[at + 2] === padding) return (second & 15) === 0;
      const third = valueAt(bytes, at + 2);
      if (third > 63 || (third & 3) !== 0) return false;
      out.byte((second << 4) | (third >> 2));
      return true;
    }
    const third = valueAt(bytes, at + 2);
    const fourth = valueAt(bytes, at + 3);
    if ((third | fourth) > 63) return false;
    out.byte((second << 4) | (third >> 2));
    out.byte((third << 6) | fourth);
  }
  return true;
}

function valueAt(bytes: Uint8Array, at: number): number {
  return values[bytes[at] ?? 0] ?? 64;
}
