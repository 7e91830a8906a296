// What every row has: the ref and the time of its document.
import { fail, pastString } from '../../../packages/json/kernel/validate';
import { putId } from './reference';
import { NO_REF, NO_TS, OPEN_BRACE, QUOTE, readTo } from './state';
import {
  content,
  DOCUMENT,
  maybeTag,
  NUMBER,
  pastAnyReference,
  REFERENCE,
  tagAt,
  TEXT,
} from './tag';
import { micros, readInteger, readTime } from './time';
import { pastOnly, pastSpace, putNumber, putString } from './token';

/** Where the inside of the row's ref is in the output; 0 when there is none so far. */
export let refStart: usize = 0;
export let refEnd: usize = 0;
/** Microseconds. */
export let rowTs: i64 = 0;
export let hasTs: bool = false;

/** Forgets those of the row before. */
export function beginIdentity(): void {
  refStart = 0;
  refEnd = 0;
  hasTs = false;
}

/** Writes the id of what is referred to at `p`. */
export function putRef(p: usize, out: usize): usize {
  const start = out + 1;
  if (load<u8>(p) == QUOTE) {
    out = putString(p, out);
    if (!out) return 0;
  } else {
    const first = pastSpace(p + 1);
    if (load<u8>(p) != OPEN_BRACE || !maybeTag(first)) return fail(NO_REF, p);
    const tag = tagAt(first);
    const end = tag == REFERENCE || tag == DOCUMENT ? pastAnyReference(content) : 0;
    if (!end) return fail(NO_REF, p);
    out = putId(out);
    readTo(end);
  }
  refStart = start;
  refEnd = out - 1;
  return out;
}

/** Writes the time at `p`, a number or a tag, in microseconds. */
export function putTs(p: usize, out: usize): usize {
  const byte: u32 = load<u8>(p);
  if (byte - 48 < 10 || byte == 45) {
    const end = putNumber(p, byte, out);
    if (!end) return 0;
    if (!readInteger(out, end)) return fail(NO_TS, p);
    rowTs = micros;
    hasTs = true;
    return end;
  }
  const first = pastSpace(p + 1);
  if (byte != OPEN_BRACE || !maybeTag(first)) return fail(NO_TS, p);
  const tag = tagAt(first);
  const from = content;
  if ((tag != TEXT && tag != NUMBER) || load<u8>(from) != QUOTE) return fail(NO_TS, p);
  const stop = pastString(from + 1);
  const end = pastOnly(stop);
  if (!end) return fail(NO_TS, p);
  const isKnown = tag == TEXT ? readTime(from + 1, stop - 1) : readInteger(from + 1, stop - 1);
  if (!isKnown) return fail(NO_TS, p);
  rowTs = micros;
  hasTs = true;
  readTo(end);
  return putInteger(rowTs, out);
}

function putInteger(value: i64, out: usize): usize {
  if (value < 0) store<u8>(out++, 45);
  let rest: u64 = value < 0 ? -(<u64>value) : <u64>value;
  let digits: usize = 1;
  for (let left = rest; left > 9; left /= 10) digits++;
  for (let at = out + digits - 1; at >= out; at--) {
    store<u8>(at, 48 + <u32>(rest % 10));
    rest /= 10;
  }
  return out + digits;
}

/** Writes the id of the reference that was read last. */
export function putOwnId(out: usize): usize {
  const end = putId(out);
  refStart = out + 1;
  refEnd = end - 1;
  return end;
}
