// Sixteen bytes at a time. So many after whatever is read or written may be read or written as well.
import { utf8Fault } from '../../../packages/json/kernel/utf8';

/**
 * Writes the text from `p` to `end` as it stands in a JSON string; answers where it ends, 0 when it is no
 * UTF-8. It becomes at most six times as long.
 */
export function putText(p: usize, end: usize, out: usize): usize {
  let isChecked = false;
  while (p < end) {
    while (end - p >= 64) {
      const a = v128.load(p);
      const b = v128.load(p, 16);
      const c = v128.load(p, 32);
      const d = v128.load(p, 48);
      const odd = isChecked
        ? i8x16.lt_u(i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d)), i8x16.splat(0x20))
        : i8x16.lt_s(i8x16.min_s(i8x16.min_s(a, b), i8x16.min_s(c, d)), i8x16.splat(0x20));
      const ab = v128.or(quotesIn(a), quotesIn(b));
      const cd = v128.or(quotesIn(c), quotesIn(d));
      if (v128.any_true(v128.or(odd, v128.or(ab, cd)))) break;
      v128.store(out, a);
      v128.store(out, b, 16);
      v128.store(out, c, 32);
      v128.store(out, d, 48);
      p += 64;
      out += 64;
    }
    if (p === end) break;
    const bytes = v128.load(p);
    v128.store(out, bytes);
    // As signed numbers, what is not ASCII is below 0.
    const odd = isChecked
      ? i8x16.lt_u(bytes, i8x16.splat(0x20))
      : i8x16.lt_s(bytes, i8x16.splat(0x20));
    const left = end - p;
    const mask: u32 = i8x16.bitmask(v128.or(quotesIn(bytes), odd)) | 0x10000;
    const plain = min<usize>(ctz(mask), left);
    p += plain;
    out += plain;
    if (plain === 16 || p === end) continue;
    const byte: u32 = load<u8>(p);
    if (byte > 0x7f) {
      if (utf8Fault(p, end)) return 0;
      isChecked = true;
    } else {
      out = putEscape(byte, out);
      p++;
    }
  }
  return out;
}

function quotesIn(bytes: v128): v128 {
  return v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c)));
}

/** Copies `size` bytes. */
export function copy(from: usize, size: usize, out: usize): usize {
  for (let i: usize = 0; i < size; i += 16) v128.store(out + i, v128.load(from + i));
  return out + size;
}

/** Writes the bytes from `p` to `end` in base64, in quotes. */
export function putBase64(p: usize, end: usize, out: usize): usize {
  store<u8>(out++, 0x22);
  for (; p + 2 < end; p += 3) {
    const bits = ((<u32>load<u8>(p)) << 16) | ((<u32>load<u8>(p, 1)) << 8) | <u32>load<u8>(p, 2);
    store<u32>(
      out,
      letter(bits >> 18) |
        (letter((bits >> 12) & 63) << 8) |
        (letter((bits >> 6) & 63) << 16) |
        (letter(bits & 63) << 24),
    );
    out += 4;
  }
  if (p < end) {
    const isPair = p + 2 === end;
    const bits = ((<u32>load<u8>(p)) << 16) | (isPair ? (<u32>load<u8>(p, 1)) << 8 : 0);
    store<u8>(out, letter(bits >> 18));
    store<u8>(out, letter((bits >> 12) & 63), 1);
    store<u8>(out, isPair ? letter((bits >> 6) & 63) : 0x3d, 2);
    store<u8>(out, 0x3d, 3);
    out += 4;
  }
  store<u8>(out, 0x22);
  return out + 1;
}

function letter(value: u32): u32 {
  if (value < 26) return 65 + value;
  if (value < 52) return 71 + value;
  if (value < 62) return value - 4;
  return value === 62 ? 43 : 47;
}

function putEscape(byte: u32, out: usize): usize {
  store<u8>(out, 0x5c);
  let short: u32 = 0;
  if (byte === 0x22 || byte === 0x5c) short = byte;
  else if (byte === 0x0a) short = 0x6e;
  else if (byte === 0x0d) short = 0x72;
  else if (byte === 0x09) short = 0x74;
  else if (byte === 0x08) short = 0x62;
  else if (byte === 0x0c) short = 0x66;
  if (short) {
    store<u8>(out, short, 1);
    return out + 2;
  }
  // u00
  store<u32>(out, 0x303075, 1);
  store<u8>(out, 48 + (byte >> 4), 4);
  const low = byte & 15;
  store<u8>(out, low < 10 ? 48 + low : 87 + low, 5);
  return out + 6;
}
