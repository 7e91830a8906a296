// Steps over values of JSON that is known to be valid.

/** A bit for each of the sixteen bytes at `p` that is a quote or a backslash. */
export function stringStops(p: usize): i32 {
  const bytes = v128.load(p);
  return i8x16.bitmask(v128.or(i8x16.eq(bytes, i8x16.splat(34)), i8x16.eq(bytes, i8x16.splat(92))));
}

/** Not 0 when the last {@link stringEnd} has passed a backslash. */
export let escaped: i32 = 0;

/** The address of the closing quote of the string whose first byte is at `p`. */
export function stringEnd(p: usize): usize {
  escaped = 0;
  let byte: u32;
  do {
    const stops = stringStops(p);
    byte = 0;
    p += 16;
    if (stops) {
      p += ctz(stops) - 16;
      byte = load<u8>(p);
      if (byte == 92) {
        escaped = 1;
        p += 2;
      }
    }
  } while (byte != 34);
  return p;
}

/** The address after the object or array at `p`. */
export function containerEnd(p: usize): usize {
  let depth: i32 = 0;
  do {
    const bytes = v128.load(p);
    // Square and curly brackets differ in one bit.
    const curly = v128.or(bytes, i8x16.splat(32));
    const quotes = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(34)));
    const opening = i8x16.bitmask(i8x16.eq(curly, i8x16.splat(123)));
    const closing = i8x16.bitmask(i8x16.eq(curly, i8x16.splat(125)));
    const closed = popcnt(closing);
    if (!quotes && depth > closed) {
      depth += popcnt(opening) - closed;
      p += 16;
      continue;
    }
    p += ctz(quotes | opening | closing);
    const byte: u32 = load<u8>(p) | 32;
    if (byte == 123) depth++;
    else if (byte == 125) depth--;
    else p = stringEnd(p + 1);
    p++;
  } while (depth > 0);
  return p;
}

/** The address of the comma, bracket or white space that ends the number or literal at `p`. */
export function scalarEnd(p: usize): usize {
  let stops: i32;
  do {
    const bytes = v128.load(p);
    stops = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(44)), i8x16.le_u(bytes, i8x16.splat(32))),
        i8x16.eq(v128.or(bytes, i8x16.splat(32)), i8x16.splat(125)),
      ),
    );
    p += stops ? <usize>ctz(stops) : 16;
  } while (!stops);
  return p;
}
