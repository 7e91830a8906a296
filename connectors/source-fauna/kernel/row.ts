// The elements of a page, each as one row: of v4 an object that a projection has made, of v10 that or a document.
import { fail, pastString, stringStops } from '../../../packages/json/kernel/validate';
import { putDocument } from './document';
import { beginIdentity, hasTs, putRef, putTs, refStart } from './identity';
import {
  CLOSE_BRACE,
  COLON,
  COMMA,
  NO_REF,
  NO_ROW,
  NO_TS,
  OPEN_BRACE,
  QUOTE,
  read,
  readTo,
} from './state';
import { content, DOCUMENT, isWrapper, maybeTag, OBJECT, tagAt } from './tag';
import { isNamed, nameEnd, nextItem, pastName, pastSpace, putBytes } from './token';
import { putValue } from './value';

const REF: u64 = 0x666572;
const TS: u64 = 0x7374;
const ACTION: u64 = 0x6e6f69746361;

/** What a row of an event tells of a document, as `src/wire/page.ts` has it. */
export let action: u32 = 0;

export const ADDED: u32 = 1;
export const UPDATED: u32 = 2;
export const REMOVED: u32 = 3;

/** Forgets the row before. */
export function beginRow(): void {
  beginIdentity();
  action = 0;
}

/** Writes the row at `p` without a line break, and reads on after it; 0 with the fault noted. */
export function putRow(p: usize, out: usize): usize {
  if (load<u8>(p) != OPEN_BRACE) return fail(NO_ROW, p);
  let at = pastSpace(p + 1);
  let isWrapped = false;
  if (maybeTag(at)) {
    const tag = tagAt(at);
    if (tag == DOCUMENT) return putDocument(content, out);
    if (tag == OBJECT && isWrapper(content)) {
      isWrapped = true;
      at = pastSpace(content + 1);
    }
  }
  let separator = OPEN_BRACE;
  while (load<u8>(at) != CLOSE_BRACE) {
    store<u8>(out, separator);
    separator = COMMA;
    out = putMember(at, out + 1);
    if (!out) return 0;
    at = nextItem(read, CLOSE_BRACE);
    if (!at) return 0;
  }
  if (!refStart) return fail(NO_REF, p);
  if (!hasTs) return fail(NO_TS, p);
  store<u8>(out, CLOSE_BRACE);
  readTo(isWrapped ? pastSpace(at + 1) + 1 : at + 1);
  return out + 1;
}

function putMember(p: usize, out: usize): usize {
  const size = ctz(0x10000 | stringStops(p + 1));
  // A short name without escapes, and no space behind it.
  if (size < 14 && load<u8>(p) == QUOTE && load<u16>(p + size, 1) == 0x3a22) {
    v128.store(out, v128.load(p));
    const from = p + size + 3;
    out += size + 3;
    const value = load<u8>(from) > 32 ? from : pastSpace(from);
    const word = load<u64>(p, 1);
    if (size == 3 && (word & 0xff_ffff) == REF) return putRef(value, out);
    if (size == 2 && (word & 0xffff) == TS) return putTs(value, out);
    if (size == 6 && (word & 0xffff_ffff_ffff) == ACTION) noteAction(value);
    return putValue(value, out);
  }
  const value = pastName(p);
  if (!value) return 0;
  out = putBytes(p, nameEnd, out);
  store<u8>(out++, COLON);
  if (isNamed(REF, 3)) return putRef(value, out);
  if (isNamed(TS, 2)) return putTs(value, out);
  if (isNamed(ACTION, 6)) noteAction(value);
  return putValue(value, out);
}

function noteAction(p: usize): void {
  if (load<u8>(p) == QUOTE) action = actionAt(p + 1, pastString(p + 1));
}

/** The action whose text begins at `p` and is followed by a quote before `end`. */
export function actionAt(p: usize, end: usize): u32 {
  const size = end - 1 - p;
  const word = load<u64>(p);
  if (size == 3) return (word & 0xffffff) == 0x646461 ? ADDED : 0; // add
  if (size != 6) return 0;
  const text = word & 0xffff_ffff_ffff;
  if (text == 0x657461657263) return ADDED; // create
  if (text == 0x657461647075) return UPDATED; // update
  if (text == 0x65766f6d6572) return REMOVED; // remove
  return text == 0x6574656c6564 ? REMOVED : 0; // delete
}
