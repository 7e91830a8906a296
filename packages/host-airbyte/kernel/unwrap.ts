// Takes documents out of the lines of records and writes them as rows. An address is a number of
// bytes from the start of the memory, which TypeScript lays out; 64 bytes behind whatever is read or
// written may be read or written as well.
import { beginDocuments, outside, pastDocument } from '../../json/kernel/document';
import { copy, copyDocument, lineBreaks, pastBlanks } from '../../json/kernel/text';
import { utf8Fault } from '../../json/kernel/utf8';
import { setInput } from '../../json/kernel/validate';
import { ID_SIZE, nextId, writeTime } from './stamp';

export { add, initialize } from '../../json/kernel/fields';

// Why `unwrap` stopped; the numbers are those of `Stopped` in `src/destination/row-kernel.ts`.
const AT_END: i32 = 0;
/** No room for the next row. */
const FULL: i32 = 1;
/** The next line has to be read by other means. */
const OTHER: i32 = 2;

export let stopped: i32 = 0;
/** Up to where the input is done with. */
export let consumed: usize = 0;
/** How many rows were written, up to `written`. */
export let rows: u32 = 0;
export let written: usize = 0;
/** The number of the next document. */
export let nextDocument: u32 = 0;

/** What every line begins and ends with: bytes, and a mask that is 0 where they may be others. */
let head: usize = 0;
let headMask: usize = 0;
let headSize: usize = 0;
let tail: usize = 0;
let tailMask: usize = 0;
let tailSize: usize = 0;
/** Where the digits of the time are: in the tail, or in the head. */
let timedByTail: bool = false;
let digitsAt: usize = 0;
let digits: u32 = 0;
/** The digits of the last record, and what is behind them. */
let lastText: v128 = i64x2.splat(0);

export function setLayout(
  headAt: usize,
  headMaskAt: usize,
  headLength: usize,
  tailAt: usize,
  tailMaskAt: usize,
  tailLength: usize,
  isTimedByTail: bool,
  digitsStart: usize,
  digitCount: u32,
): void {
  head = headAt;
  headMask = headMaskAt;
  headSize = headLength;
  tail = tailAt;
  tailMask = tailMaskAt;
  tailSize = tailLength;
  timedByTail = isTimedByTail;
  digitsAt = digitsStart;
  digits = digitCount;
  lastText = i64x2.splat(0);
}

/** What every row begins with, in place of its `{`; its time is that of `lastMs`, negative for none. */
let prefix: usize = 0;
let prefixSize: usize = 0;
let idAt: usize = 0;
let timeAt: usize = 0;
let lastMs: i64 = -1;

export function setPrefix(at: usize, size: usize, idStart: usize, timeStart: usize): void {
  prefix = at;
  prefixSize = size;
  idAt = at + idStart;
  timeAt = at + timeStart;
  lastMs = -1;
}

/**
 * Writes the records from `p` to `end` as rows to `out`, and where each row ends, counted from
 * `origin`, to `ends`, as long as each is a line of the layout around a document that fits `table`.
 * Stops where a row might pass `outEnd` or `endsEnd`. For `document` and `scratch` see `beginDocuments`.
 */
export function unwrap(
  p: usize,
  end: usize,
  table: usize,
  scratch: usize,
  document: u32,
  origin: usize,
  out: usize,
  outEnd: usize,
  ends: usize,
  endsEnd: usize,
): void {
  const first = ends;
  stopped = OTHER;
  setInput(end);
  beginDocuments(table, scratch, 0, 0);
  for (;;) {
    if (p >= end) {
      stopped = AT_END;
      break;
    }
    if (!isLike(p, head, headMask, headSize)) break;
    const start = p + headSize;
    if (load<u8>(start) != 123) break;
    const next = pastDocument(start, document++);
    if (!next || outside || lineBreaks) break;
    if (!isLike(next, tail, tailMask, tailSize)) break;
    if (!takeTime(timedByTail ? next : p)) break;
    if (ends == endsEnd || out + prefixSize + (next - start) + 64 > outEnd) {
      stopped = FULL;
      break;
    }
    const row = writeRow(start, next, out);
    if (!row) break;
    out = row;
    store<u32>(ends, <u32>(out - origin));
    ends += 4;
    p = next + tailSize;
  }
  consumed = p;
  written = out;
  nextDocument = document;
  rows = <u32>((ends - first) >> 2);
}

/** Whether the bytes at `p` are those of a pattern where its mask is not 0. */
function isLike(p: usize, pattern: usize, mask: usize, size: usize): bool {
  for (let i: usize = 0; i < size; i += 16) {
    const bytes = v128.and(v128.load(p + i), v128.load(mask + i));
    if (!i8x16.all_true(i8x16.eq(bytes, v128.load(pattern + i)))) return false;
  }
  return true;
}

/** Before this there are seconds, as `src/destination/emitted-at.ts` has it. */
const LEAST_MS: i64 = 100_000_000_000;
/** The end of the year 9999. */
const MOST_MS: i64 = 253_402_300_799_999;

/** Writes the time in the pattern at `p` into the prefix; false when it is not one of digits and in range. */
function takeTime(p: usize): bool {
  p += digitsAt;
  // Mostly it is that of the record before.
  const text = v128.load(p);
  const others = ~i8x16.bitmask(i8x16.eq(text, lastText)) & ((1 << digits) - 1);
  if (!others && lastMs >= 0) return true;
  if (digits > 1 && load<u8>(p) == 48) return false;
  let ms: i64 = 0;
  for (let i: u32 = 0; i < digits; i++) {
    const digit: u32 = <u32>load<u8>(p + i) - 48;
    if (digit > 9) return false;
    ms = ms * 10 + <i64>digit;
  }
  if (ms < LEAST_MS) ms *= 1000;
  if (ms > MOST_MS) return false;
  if (ms != lastMs) writeTime(timeAt, ms, lastMs);
  lastMs = ms;
  lastText = text;
  return true;
}

/** Writes the object from `p` to `end` as a row; the address after it, or 0 when it is not UTF-8. */
function writeRow(p: usize, end: usize, out: usize): usize {
  copy(out, prefix, prefixSize);
  out += prefixSize;
  nextId(idAt + ID_SIZE);
  // The prefix ends in a comma.
  if (load<u8>(p, 1) != 34 && load<u8>(pastBlanks(p + 1)) == 125) out--;
  const size = end - p - 1;
  if (copyDocument(out, p + 1, size, false) && utf8Fault(p, end)) return 0;
  out += size;
  store<u8>(out, 10);
  return out + 1;
}
