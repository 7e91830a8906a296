// Text: fields of strings as JSON strings.

// The dialect: bytes, or 256 for what there is none of.
export let delimiter: u32 = 0;
export let quote: u32 = 0;
export let escape: u32 = 0;
export let end1: u32 = 0;
export let end2: u32 = 0;
/** Where a function of these files has left the output. */
export let out: usize = 0;

export function setOut(d: usize): void {
  out = d;
}

export function setDialect(d: u32, q: u32, e: u32, e1: u32, e2: u32): void {
  delimiter = d;
  quote = q;
  escape = e;
  end1 = e1;
  end2 = e2;
}

/** Whether `x` ends a row. */
export function isEnd(x: u32): bool {
  return x == end1 || x == end2;
}

/** Which of the 16 bytes at `s` are `a`, `b`, or not the same in a JSON string: a bit each. */
export function stops(s: usize, a: u32, b: u32): i32 {
  const v = v128.load(s);
  const escaped = v128.or(i8x16.eq(v, i8x16.splat(34)), i8x16.eq(v, i8x16.splat(92)));
  const given = v128.or(i8x16.eq(v, i8x16.splat(<u8>a)), i8x16.eq(v, i8x16.splat(<u8>b)));
  const control = i8x16.le_u(v, i8x16.splat(31));
  return i8x16.bitmask(v128.or(v128.or(escaped, given), control));
}

/** Copies in steps of 16 bytes, so up to 15 bytes more than asked for. Returns the end. */
export function copy(from: usize, length: usize, to: usize): usize {
  for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
  return to + length;
}

/** Where the next byte at or after `s` is that is one of three, which the input is followed by. */
export function next(s: usize, a: u32, b: u32, c: u32): usize {
  const as = i8x16.splat(<u8>a);
  const bs = i8x16.splat(<u8>b);
  const cs = i8x16.splat(<u8>c);
  let m = 0;
  do {
    const v = v128.load(s);
    m = i8x16.bitmask(v128.or(i8x16.eq(v, as), v128.or(i8x16.eq(v, bs), i8x16.eq(v, cs))));
    s += m ? <usize>ctz(m) : 16;
  } while (!m);
  return s;
}

/** Writes the rest of a field outside quotes as the rest of a JSON string. Returns its end. */
export function unquoted(s: usize, end: usize, d: usize): usize {
  while (s < end) {
    v128.store(d, v128.load(s));
    const m = stops(s, delimiter, delimiter);
    if (!m) {
      s += 16;
      d += 16;
      continue;
    }
    s += ctz(m);
    d += ctz(m);
    const x: u32 = load<u8>(s);
    if (x == delimiter || isEnd(x)) break;
    if (x == escape) {
      s = escaped(s, end);
      if (load<u16>(s) == 0x0a0d && isEnd(10) && s + 1 < end) d = put(load<u8>(s++), d);
    }
    d = put(load<u8>(s), d);
    s++;
  }
  store<u8>(d, 34);
  setOut(d + 1);
  return s;
}

/** Writes the rest of a field in quotes likewise. Returns what follows the quote, or past `end`. */
export function quoted(s: usize, end: usize, d: usize): usize {
  while (s < end) {
    v128.store(d, v128.load(s));
    const m = stops(s, quote, quote);
    if (!m) {
      s += 16;
      d += 16;
      continue;
    }
    s += ctz(m);
    d += ctz(m);
    const x: u32 = load<u8>(s);
    if (x == quote) {
      if (load<u8>(s + 1) != quote) {
        store<u8>(d, 34);
        setOut(d + 1);
        return s + 1;
      }
      s++;
    } else if (x == escape) s = escaped(s, end);
    d = put(load<u8>(s), d);
    s++;
  }
  return end + 1;
}

/** The byte that the escape at `s` makes data; the escape itself where it has nothing to do. */
function escaped(s: usize, end: usize): usize {
  const x: u32 = load<u8>(s + 1);
  const special = x == quote || x == escape || x == delimiter || isEnd(x);
  return special && s + 1 < end ? s + 1 : s;
}

/** Writes one byte of a string as JSON has it. Returns the end. */
function put(x: u32, d: usize): usize {
  if (x == 34 || x == 92) {
    store<u8>(d, 92);
    store<u8>(d + 1, <u8>x);
    return d + 2;
  }
  if (x >= 32) {
    store<u8>(d, <u8>x);
    return d + 1;
  }
  const short: u32 = x == 10 ? 110 : x == 13 ? 114 : x == 9 ? 116 : x == 8 ? 98 : x == 12 ? 102 : 0;
  store<u8>(d, 92);
  if (short) {
    store<u8>(d + 1, <u8>short);
    return d + 2;
  }
  store<u32>(d + 1, 0x303075); // 'u00'
  store<u8>(d + 4, <u8>(48 + (x >> 4)));
  const low = x & 15;
  store<u8>(d + 5, <u8>(low < 10 ? 48 + low : 87 + low));
  return d + 6;
}
