import { beginDocuments, pastDocument } from './document';
import { copy, copyDocument, increment, lineBreaks, pastBlanks } from './text';
import { utf8Fault } from './utf8';
import { BAD_UTF8, fail, NOT_AN_OBJECT, setInput, UNEXPECTED } from './validate';

/** What may come next in the inside of an array. The numbers are those of `Place` in `src/scan-window.ts`. */
const AT_START: i32 = 0;
const AFTER_ELEMENT: i32 = 1;
const AFTER_COMMA: i32 = 2;
const AFTER_END: i32 = 3;
/** Not in an array: one object follows another. */
const BETWEEN_VALUES: i32 = 4;

/** One of the above: an argument of {@link scan}, and then where it stopped. */
export let place: i32 = 0;
/** Up to where the input is done with. */
export let consumed: usize = 0;
/** Up to where the output is written. */
export let written: usize = 0;
/** How many documents are written. */
export let documents: u32 = 0;

/** A member put first into each document: `{"name":…` up to a number, the number, what follows it. */
let before: usize = 0;
let beforeSize: usize = 0;
let after: usize = 0;
let afterSize: usize = 0;
let counter: usize = 0;
let name: usize = 0;
let nameSize: usize = 0;

/** Sets the member of the next call of {@link scan}; all zero for none. See `increment` on the counter. */
export function setMember(
  beforeAt: usize,
  beforeLength: usize,
  afterAt: usize,
  afterLength: usize,
  counterAt: usize,
  nameAt: usize,
  nameLength: usize,
): void {
  before = beforeAt;
  beforeSize = beforeLength;
  after = afterAt;
  afterSize = afterLength;
  counter = counterAt;
  name = nameAt;
  nameSize = nameLength;
}

/**
 * Reads objects from `p` and writes each as a line to `out`, and where the line ends, counted from
 * `out`, to `ends`. Stops at what is wrong (see `fault`), at the end of the input, or where the next
 * line might pass `outEnd` or `endsEnd`. Notes in `table` what they hold, and maybe what a document
 * holds that is not whole. For `scratch` see `beginDocuments`.
 */
export function scan(
  p: usize,
  end: usize,
  start: i32,
  table: usize,
  scratch: usize,
  out: usize,
  outEnd: usize,
  ends: usize,
  endsEnd: usize,
): void {
  const first = ends;
  const origin = out;
  const overhead = beforeSize + afterSize + 128;
  place = start;
  setInput(end);
  beginDocuments(table, scratch, name, nameSize);
  for (;;) {
    p = pastBlanks(p);
    if (place < AFTER_COMMA) {
      const byte = load<u8>(p);
      if (byte == 93) {
        place = AFTER_END;
        p++;
        break;
      }
      if (place == AFTER_ELEMENT) {
        if (byte != 44) {
          if (p < end) fail(UNEXPECTED, p);
          break;
        }
        place = AFTER_COMMA;
        p = pastBlanks(p + 1);
      }
    }
    if (p >= end || ends == endsEnd) break;
    if (load<u8>(p) != 123) {
      fail(NOT_AN_OBJECT, p);
      break;
    }
    const next = pastDocument(p, <u32>((ends - first) >> 2));
    if (!next || out + (next - p) + overhead > outEnd) break;
    const line = out;
    out = write(p, next, line);
    if (!out) {
      out = line;
      break;
    }
    store<u32>(ends, <u32>(out - origin));
    ends += 4;
    p = next;
    if (place != BETWEEN_VALUES) place = AFTER_ELEMENT;
  }
  consumed = p;
  written = out;
  documents = <u32>((ends - first) >> 2);
}

/** Writes the object from `p` to `end` as a line; the address after it, or 0 when it is not UTF-8. */
function write(p: usize, end: usize, out: usize): usize {
  if (before) {
    copy(out, before, beforeSize);
    out += beforeSize;
    const digits = load<u32>(counter, 4);
    copy(out, load<u32>(counter), digits);
    out += digits;
    copy(out, after, afterSize);
    out += afterSize;
    if (load<u8>(pastBlanks(++p)) != 125) store<u8>(out++, 44);
  }
  const size = end - p;
  if (copyDocument(out, p, size, lineBreaks != 0)) {
    const bad = utf8Fault(p, end);
    if (bad) return fail(BAD_UTF8, bad);
  }
  out += size;
  if (before) increment(counter);
  store<u8>(out, 10);
  return out + 1;
}
