import { printDouble } from './host';

// Divisions of 64 bits are slow, and those of 32 bits by a constant are not.

/** Writes the decimal digits of `value`. */
export function putUnsigned(value: u64, out: usize): usize {
  if (value > 0xffff_ffff) {
    const high = value / 1_000_000_000;
    out = putUnsigned(high, out);
    putPadded(<u32>(value - high * 1_000_000_000), 9, out);
    return out + 9;
  }
  const small = <u32>value;
  if (small < 10) {
    store<u8>(out, 48 + small);
    return out + 1;
  }
  let digits: usize = 2;
  if (small >= 100) {
    digits = small < 1000 ? 3 : small < 10_000 ? 4 : small < 100_000 ? 5 : 6;
    if (small >= 1_000_000) {
      digits = small < 10_000_000 ? 7 : small < 100_000_000 ? 8 : small < 1_000_000_000 ? 9 : 10;
    }
  }
  putPadded(small, digits, out);
  return out + digits;
}

/** Writes `value` with zeros in front, as so many `digits`. */
export function putPadded(value: u32, digits: usize, out: usize): void {
  let rest = value;
  for (let at = out + digits - 1; at >= out; at--) {
    const quotient = rest / 10;
    store<u8>(at, 48 + rest - quotient * 10);
    rest = quotient;
  }
}

/** Writes a number below 100 as two digits. */
export function putPair(value: u32, out: usize): void {
  const tens = value / 10;
  store<u16>(out, (48 + tens) | ((48 + value - tens * 10) << 8));
}

/** Writes an integer. */
export function putSigned(value: i64, out: usize): usize {
  if (value >= 0) return putUnsigned(<u64>value, out);
  store<u8>(out, 45);
  return putUnsigned(<u64>-value, out + 1);
}

/** Writes a double as ECMAScript prints it, −0 as `-0`, and in quotes what JSON has no number for. */
export function putDouble(value: f64, out: usize): usize {
  const size = abs(value);
  if (size < 1e15 && size >= 1e-6) {
    // A decimal of at most 15 digits that gives this double when it is read is the shortest one.
    let power: f64 = 1;
    for (let places: usize = 0; places < 7; places++) {
      const scaled = nearest(size * power);
      if (scaled > 999_999_999_999_999) break;
      if (scaled / power === size) {
        if (value < 0) store<u8>(out++, 45);
        return putScaled(scaled, size, places, power, out);
      }
      power *= 10;
    }
  } else if (value === 0) {
    if (reinterpret<u64>(value)) store<u8>(out++, 45);
    store<u8>(out, 48);
    return out + 1;
  }
  const isNumber = size <= f64.MAX_VALUE;
  if (!isNumber) store<u8>(out++, 0x22);
  out += printDouble(value, out);
  if (!isNumber) store<u8>(out++, 0x22);
  return out;
}

/** Writes `size`, which is `scaled` / `power` and has at most 6 `places`. */
function putScaled(scaled: f64, size: f64, places: usize, power: f64, out: usize): usize {
  const whole = trunc(size);
  out = putUnsigned(<u64>whole, out);
  if (places === 0) return out;
  store<u8>(out, 46);
  putPadded(<u32>(scaled - whole * power), places, out + 1);
  return out + 1 + places;
}
