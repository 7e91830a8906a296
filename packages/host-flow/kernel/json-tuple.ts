import { cutFraction, published, putName, skipped, text } from './tuple';

/**
 * Writes the elements of the JSON array from `start` to `end` as members. Answers the index after them; 0
 * when there are not as many as fields, or one has to become text.
 */
export function jsonTuple(
  fields: u32,
  count: u32,
  isPart: u32,
  start: u32,
  end: u32,
  target: u32,
): u32 {
  let out = target;
  let index = skipSpace(start, end);
  if (index >= end || load<u8>(index) !== 0x5b) return 0;
  for (let place: u32 = 0; place < count; place++) {
    index++;
    const field = fields + place * 12;
    const kind = load<u32>(field);
    const mark = out;
    out = putName(field, out);
    const valueStart = out;
    let depth: i32 = 0;
    for (; index < end; index++) {
      const byte = load<u8>(index);
      store<u8>(out, byte);
      if (byte === 0x22) {
        const stringStart = index;
        index = stringEnd(index, end, out);
        out += index - stringStart + 1;
        continue;
      }
      if (byte === 0x5b || byte === 0x7b) depth++;
      else if (byte === 0x5d || byte === 0x7d) {
        if (depth === 0) break;
        depth--;
      } else if (byte === 0x2c && depth === 0) break;
      out++;
    }
    if (out === valueStart || index >= end) return 0;
    const next = load<u8>(index);
    const isLast = place === count - 1;
    if (next === 0x5d ? !isLast : next !== 0x2c || (isLast && isPart === 0)) return 0;
    if (kind === skipped) out = mark;
    else if (kind === published) out = cutFraction(valueStart, out);
    else if (kind === text && !isText(valueStart, out)) return 0;
  }
  return isPart !== 0 || skipSpace(index + 1, end) === end ? out : 0;
}

/** Copies the string that begins at `start`. Answers where its last quote is; `end` or more when it has none. */
function stringEnd(start: u32, end: u32, target: u32): u32 {
  const shift = target - start;
  let at = start + 1;
  while (at < end) {
    const block = v128.load(at);
    v128.store(at + shift, block);
    const special: u32 =
      i8x16.bitmask(i8x16.eq(block, i8x16.splat(0x22))) |
      i8x16.bitmask(i8x16.eq(block, i8x16.splat(0x5c)));
    if (special === 0) {
      at += 16;
      continue;
    }
    const bit = ctz(special);
    at += bit;
    if (load<u8>(at) === 0x22) return at;
    store<u8>(at + shift + 1, load<u8>(at, 1));
    at += 2;
  }
  return end;
}

/** Whether a value is a string, or null. */
function isText(start: u32, end: u32): bool {
  const first = load<u8>(skipSpace(start, end));
  return first === 0x22 || first === 0x6e;
}

function skipSpace(start: u32, end: u32): u32 {
  let at = start;
  while (at < end && isSpace(load<u8>(at))) at++;
  return at;
}

function isSpace(byte: u32): bool {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
