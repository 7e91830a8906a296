// Literals: fields of typed columns as JSON numbers and booleans.
import { copy, setOut } from './csv-text';

// Types of columns.
export const STRING: u32 = 0;
export const BOOLEAN: u32 = 3;

/** Whether the `k` bytes at `s`, fewer than 16, are a number as JSON writes it, without an exponent. */
export function isNumber(s: usize, k: usize, type: u32): bool {
  if (type == BOOLEAN) return false;
  const v = v128.load(s);
  const digits = i8x16.bitmask(i8x16.le_u(i8x16.sub(v, i8x16.splat(48)), i8x16.splat(9)));
  let others = ~digits & ((1 << (<i32>k)) - 1);
  let first: usize = 0;
  if (load<u8>(s) == 45) {
    others &= others - 1;
    first = 1;
  }
  const zero = load<u8>(s + first) == 48;
  if (others == 0) return zero ? k == 1 : k > first;
  const point = <usize>ctz(others);
  return (
    (others & (others - 1)) == 0 &&
    load<u8>(s + point) == 46 &&
    point > first &&
    point < k - 1 &&
    (!zero || point == first + 1)
  );
}

/** Whether `[s, end)` is a literal of `type`, which is then written; `.5` becomes `0.5`. */
export function literal(s: usize, end: usize, type: u32, d: usize): bool {
  if (type == BOOLEAN) return boolean(s, end, d);
  const whole = load<u8>(s) == 45 ? s + 1 : s;
  let p = digits(whole, end);
  const bare = p == whole;
  if (!bare && load<u8>(whole) == 48 && p > whole + 1) return false;
  if (p < end && load<u8>(p) == 46) {
    const fraction = p + 1;
    p = digits(fraction, end);
    if (p == fraction) return false;
  } else if (bare) return false;
  if (p < end && (load<u8>(p) | 32) == 101) {
    const sign = load<u8>(p + 1);
    const exponent = sign == 43 || sign == 45 ? p + 2 : p + 1;
    p = digits(exponent, end);
    if (p == exponent) return false;
  }
  if (p != end || (p == s + 2 && load<u16>(s) == 0x302d)) return false; // '-0'
  if (!bare) {
    setOut(copy(s, p - s, d));
    return true;
  }
  if (whole != s) store<u8>(d++, 45);
  store<u8>(d++, 48);
  setOut(copy(whole, p - whole, d));
  return true;
}

/** `true` or `false`, in small letters, capitals, or with a capital. */
function boolean(s: usize, end: usize, d: usize): bool {
  const word = load<u32>(s);
  const last = load<u8>(s + 4);
  if (end == s + 4 && (word == 0x65757274 || word == 0x45555254 || word == 0x65757254)) {
    store<u32>(d, 0x65757274); // 'true'
    setOut(d + 4);
    return true;
  }
  const small = word == 0x736c6166 || word == 0x736c6146;
  if (end != s + 5 || !(small ? last == 101 : word == 0x534c4146 && last == 69)) return false;
  store<u32>(d, 0x736c6166); // 'false'
  store<u8>(d + 4, 101);
  setOut(d + 5);
  return true;
}

/** The end of the decimal digits at `p`, at most `end`. */
function digits(p: usize, end: usize): usize {
  while (p < end && <u32>load<u8>(p) - 48 < 10) p++;
  return p;
}
