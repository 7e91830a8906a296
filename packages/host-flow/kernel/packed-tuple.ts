import { copyLine } from './copy';
import { containerEnd } from './scan';
import { cutFraction, published, putName, skipped, text } from './tuple';

/** Where the element that was read ends. */
let elementEnd: u32 = 0;

/**
 * Writes the first elements of the tuple that is packed from `start` to `end` as members. Answers the index
 * after them; 0 when there are less than fields, or one is not of the usual kind.
 */
export function packedTuple(fields: u32, count: u32, start: u32, end: u32, target: u32): u32 {
  let out = target;
  let at = start;
  for (let place: u32 = 0; place < count; place++) {
    if (at >= end) return 0;
    const field = fields + place * 12;
    const kind = load<u32>(field);
    const mark = out;
    const valueStart = putName(field, out);
    out = element(at, end, valueStart, kind);
    if (out === 0) return 0;
    at = elementEnd;
    if (kind === skipped) out = mark;
    else if (kind === published) out = cutFraction(valueStart, out);
  }
  return out;
}

function element(at: u32, end: u32, out: u32, kind: u32): u32 {
  const code: u32 = load<u8>(at);
  if (code === 0x02) return kind === skipped ? skip(at + 1, end, out) : string(at + 1, end, out);
  elementEnd = at + 1;
  if (code === 0x00) {
    store<u32>(out, 0x6c6c756e);
    return out + 4;
  }
  if (kind === text) return 0;
  if (code >= 0x0c && code <= 0x1c) return integer(at, end, out);
  if (code === 0x21) return kind === skipped ? double(at + 1, end, out) : 0;
  if (code === 0x01) return json(at + 1, end, out);
  if (code === 0x27) {
    store<u32>(out, 0x65757274);
    return out + 4;
  }
  if (code !== 0x26) return 0;
  store<u32>(out, 0x736c6166);
  store<u8>(out + 4, 0x65);
  return out + 5;
}

/** A string that has nothing to escape. */
function string(start: u32, end: u32, out: u32): u32 {
  const stop = plainEnd(start, end, out + 1);
  if (stop === 0) return 0;
  store<u8>(out, 0x22);
  const next = out + 1 + (stop - start);
  store<u8>(next, 0x22);
  elementEnd = stop + 1;
  return next + 1;
}

/** Copies text up to the zero byte that ends it. Answers where that is; 0 when there is something to escape. */
function plainEnd(start: u32, end: u32, out: u32): u32 {
  const shift = out - start;
  for (let at = start; at < end; at += 16) {
    const block = v128.load(at);
    v128.store(at + shift, block);
    const special: u32 =
      i8x16.bitmask(i8x16.eq(block, i8x16.splat(0x22))) |
      i8x16.bitmask(i8x16.eq(block, i8x16.splat(0x5c))) |
      i8x16.bitmask(i8x16.lt_u(block, i8x16.splat(0x20)));
    if (special !== 0) return endAt(at + ctz(special), end) ? at + ctz(special) : 0;
  }
  return 0;
}

/** Passes over a text. */
function skip(start: u32, end: u32, out: u32): u32 {
  for (let at = start; at < end;) {
    const zeros: u32 = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(0)));
    if (zeros === 0) {
      at += 16;
      continue;
    }
    at += ctz(zeros);
    if (endAt(at, end)) {
      elementEnd = at + 1;
      return out;
    }
    at += 2;
  }
  return 0;
}

/** Whether a text ends at `at`. A zero that belongs to it has 0xff behind it. */
function endAt(at: u32, end: u32): bool {
  return at < end && load<u8>(at) === 0 && (at + 1 >= end || load<u8>(at, 1) !== 0xff);
}

/** An object or array on one line. */
function json(start: u32, end: u32, out: u32): u32 {
  let stop = start;
  while (stop < end && load<u8>(stop) !== 0) stop++;
  if (!endAt(stop, end)) return 0;
  if ((load<u8>(start) | 0x20) !== 0x7b || containerEnd(start, stop) !== stop) return 0;
  if (!copyLine(out, start, stop - start)) return 0;
  elementEnd = stop + 1;
  return out + (stop - start);
}

/** A double that is passed over. */
function double(start: u32, end: u32, out: u32): u32 {
  if (start + 8 > end) return 0;
  const flip: u32 = load<u8>(start) < 0x80 ? 0xffff : 0x8000;
  const high: u32 = (((<u32>load<u8>(start)) << 8) | load<u8>(start, 1)) ^ flip;
  elementEnd = start + 8;
  // It is a number unless all bits of its exponent are set.
  return (high & 0x7ff0) === 0x7ff0 ? 0 : out;
}

function integer(at: u32, end: u32, out: u32): u32 {
  const code: i32 = load<u8>(at);
  const isNegative = code < 0x14;
  const size: u32 = isNegative ? 0x14 - code : code - 0x14;
  if (at + 1 + size > end) return 0;
  elementEnd = at + 1 + size;
  let value: u64 = 0;
  for (let index: u32 = 1; index <= size; index++) {
    value = (value << 8) | load<u8>(at + index);
  }
  if (!isNegative) return digits(value, out);
  const mask: u64 = size === 8 ? ~(<u64>0) : ((<u64>1) << (8 * size)) - 1;
  const magnitude = ~value & mask;
  if (magnitude === 0) return digits(0, out);
  store<u8>(out, 0x2d);
  return digits(magnitude, out + 1);
}

function digits(value: u64, out: u32): u32 {
  let length: u32 = 1;
  for (let rest = value; rest > 9; rest /= 10) length++;
  let rest = value;
  for (let at = out + length; at > out;) {
    store<u8>(--at, 0x30 + <u32>(rest % 10));
    rest /= 10;
  }
  return out + length;
}
