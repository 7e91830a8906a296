// Runs of bytes, sixteen at a time. Every address is followed by readable memory, so that a load
// may look past the end of what it is about.

/** The address of the first byte at or after `p` that is no JSON white space. */
export function pastBlanks(p: usize): usize {
  if (load<u8>(p) == 32 && load<u8>(p, 1) > 32) return p + 1;
  let count: usize;
  do {
    const bytes = v128.load(p);
    const lines = v128.or(i8x16.eq(bytes, i8x16.splat(10)), i8x16.eq(bytes, i8x16.splat(13)));
    const blanks = v128.or(
      lines,
      v128.or(i8x16.eq(bytes, i8x16.splat(32)), i8x16.eq(bytes, i8x16.splat(9))),
    );
    count = ctz(~i8x16.bitmask(blanks));
    if (i8x16.bitmask(lines) & ((1 << (<i32>count)) - 1)) lineBreaks = 1;
    p += count;
  } while (count == 16);
  return p;
}

/** Not 0 when {@link pastBlanks} has passed a line feed or a carriage return since it was cleared. */
export let lineBreaks: i32 = 0;

export function clearLineBreaks(): void {
  lineBreaks = 0;
}

/** A bit for each of the sixteen bytes at `p` that is no decimal digit, and all bits above. */
export function nonDigits(p: usize): u32 {
  return ~i8x16.bitmask(i8x16.le_u(i8x16.sub(v128.load(p), i8x16.splat(48)), i8x16.splat(9)));
}

/** The address of the first byte at or after `p` that is no decimal digit. */
export function pastDigits(p: usize): usize {
  let count: usize;
  do {
    count = ctz(nonDigits(p));
    p += count;
  } while (count == 16);
  return p;
}

/** Copies `size` bytes and up to fifteen more; `to` must not be inside what is read. */
export function copy(to: usize, from: usize, size: usize): void {
  for (let i: usize = 0; i < size; i += 16) v128.store(to + i, v128.load(from + i));
}

/**
 * Copies `size` bytes and up to sixty-three more, with line feeds and carriage returns turned into
 * spaces if `onOneLine`; not 0 when one of those it has seen is not ASCII.
 */
export function copyDocument(to: usize, from: usize, size: usize, onOneLine: bool): i32 {
  let seen = i64x2.splat(0);
  for (let i: usize = 0; i < size; i += 64) {
    let a = v128.load(from + i);
    let b = v128.load(from + i, 16);
    let c = v128.load(from + i, 32);
    let d = v128.load(from + i, 48);
    if (onOneLine) {
      a = withoutBreaks(a);
      b = withoutBreaks(b);
      c = withoutBreaks(c);
      d = withoutBreaks(d);
    }
    seen = v128.or(seen, v128.or(v128.or(a, b), v128.or(c, d)));
    v128.store(to + i, a);
    v128.store(to + i, b, 16);
    v128.store(to + i, c, 32);
    v128.store(to + i, d, 48);
  }
  return i8x16.bitmask(seen);
}

function withoutBreaks(bytes: v128): v128 {
  const breaks = v128.or(i8x16.eq(bytes, i8x16.splat(10)), i8x16.eq(bytes, i8x16.splat(13)));
  return v128.bitselect(i8x16.splat(32), bytes, breaks);
}

/** The value of a hexadecimal digit, or -1. */
export function hexDigit(byte: u32): i32 {
  if (byte - 48 < 10) return byte - 48;
  const letter = (byte | 32) - 97;
  return letter < 6 ? letter + 10 : -1;
}

/** The value of the four hexadecimal digits at `p`; negative when there is something else. */
export function hexUnit(p: usize): i32 {
  return (
    (hexDigit(load<u8>(p)) << 12) |
    (hexDigit(load<u8>(p, 1)) << 8) |
    (hexDigit(load<u8>(p, 2)) << 4) |
    hexDigit(load<u8>(p, 3))
  );
}

/**
 * A number that is counted up as text: eight bytes of where its digits begin and how many they are,
 * then digits that end at byte 32.
 */
export function increment(counter: usize): void {
  let p = counter + 31;
  for (;;) {
    const digit = load<u8>(p);
    if (digit < 57) {
      store<u8>(p, digit + 1);
      break;
    }
    store<u8>(p--, 48);
  }
  if (p < load<u32>(counter)) {
    store<u32>(counter, p);
    store<u32>(counter, load<u32>(counter, 4) + 1, 4);
  }
}
