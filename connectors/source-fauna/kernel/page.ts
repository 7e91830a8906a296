// Answers of Fauna as lines of JSON: a page of FQL v4, a page of FQL v10, or a page of an event feed.
import { utf8Fault } from '../../../packages/json/kernel/utf8';
import {
  BAD_UTF8,
  fail,
  pastString,
  setInput,
  UNEXPECTED,
} from '../../../packages/json/kernel/validate';
import { putRemoval } from './document';
import { refEnd, refStart, rowTs } from './identity';
import { action, actionAt, beginRow, putRow, REMOVED } from './row';
import { pastValue } from './skip';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  isFql,
  NO_EVENT,
  NO_PAGE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  read,
  setDialect,
} from './state';
import { content, maybeTag, tagAt } from './tag';
import { isNamed, nextItem, pastName, pastOnly, pastSpace } from './token';

export { fault, faultAt } from '../../../packages/json/kernel/validate';
export { refEnd, refStart } from './identity';
export { setMemory } from './state';

const RESOURCE: u64 = 0x656372756f736572;
const DATA: u64 = 0x61746164;
const AFTER: u64 = 0x7265746661;
const EVENTS: u64 = 0x73746e657665;
const CURSOR: u64 = 0x726f73727563;
const HAS_NEXT: u64 = 0x7478656e5f736168;
const TYPE: u64 = 0x65707974;
const TXN_TS: u64 = 0x73745f6e7874;
const ERROR: u64 = 0x726f727265;
const SET_TAG: u64 = 0x74657340;

/** How many rows were written, and where they end. */
export let rows: u32 = 0;
export let written: usize = 0;
/** Where the cursor of the next page is in the input; 0 when there is none. */
export let afterStart: usize = 0;
export let afterEnd: usize = 0;
/** Where the error is that an event feed ends with; 0 when there is none. */
export let errorStart: usize = 0;
export let errorEnd: usize = 0;
/** 1 when an event feed has more to tell now. */
export let hasNext: i32 = 0;

// Where the rows are written, and what is known of each: its time, where it ends, where its ref is, and what
// an event tells of it. All places are counted from the first row.
let origin: usize = 0;
let times: usize = 0;
let ends: usize = 0;
let refs: usize = 0;
let actions: usize = 0;

export function setOutput(
  originAt: usize,
  timesAt: usize,
  endsAt: usize,
  refsAt: usize,
  actionsAt: usize,
): void {
  origin = originAt;
  times = timesAt;
  ends = endsAt;
  refs = refsAt;
  actions = actionsAt;
}

/**
 * Writes the rows of the answer from `p` to `end`, of FQL v10 or v4; 0 with the fault noted. A row takes at most
 * three times the bytes of its element.
 */
export function readPage(p: usize, end: usize, fql: bool, urlSafe: bool): i32 {
  begin(end, fql, urlSafe);
  const word = fql ? DATA : RESOURCE;
  const size: usize = fql ? 4 : 8;
  p = pastSpace(p);
  const start = p;
  if (load<u8>(p) != OPEN_BRACE) return failed(NO_PAGE, p);
  let isFound = false;
  p = pastSpace(p + 1);
  while (load<u8>(p) != CLOSE_BRACE) {
    p = pastName(p);
    if (!p) return 0;
    if (!isFound && isNamed(word, size)) {
      isFound = true;
      p = pastPage(p);
    } else p = pastValue(p);
    if (!p) return 0;
    p = nextItem(p, CLOSE_BRACE);
    if (!p) return 0;
  }
  if (!isFound) return failed(NO_PAGE, start);
  return atEnd(p + 1, end);
}

/** The same for an answer of an event feed, whose cursor is `afterStart`. */
export function readFeed(p: usize, end: usize, urlSafe: bool): i32 {
  begin(end, true, urlSafe);
  p = pastSpace(p);
  const start = p;
  if (load<u8>(p) != OPEN_BRACE) return failed(NO_PAGE, p);
  let isFound = false;
  p = pastSpace(p + 1);
  while (load<u8>(p) != CLOSE_BRACE) {
    p = pastName(p);
    if (!p) return 0;
    if (!isFound && isNamed(EVENTS, 6)) {
      isFound = true;
      p = pastEvents(p);
    } else if (isNamed(CURSOR, 6)) p = pastCursor(p);
    else {
      // t
      if (isNamed(HAS_NEXT, 8)) hasNext = i32(load<u8>(p) == 116);
      p = pastValue(p);
    }
    if (!p) return 0;
    p = nextItem(p, CLOSE_BRACE);
    if (!p) return 0;
  }
  if (!isFound) return failed(NO_PAGE, start);
  return atEnd(p + 1, end);
}

function begin(end: usize, fql: bool, urlSafe: bool): void {
  setInput(end);
  setDialect(fql, urlSafe);
  beginRow();
  rows = 0;
  written = origin;
  afterStart = 0;
  afterEnd = 0;
  errorStart = 0;
  errorEnd = 0;
  hasNext = 0;
}

function failed(code: i32, at: usize): i32 {
  fail(code, at);
  return 0;
}

function atEnd(p: usize, end: usize): i32 {
  p = pastSpace(p);
  return p == end ? 1 : failed(UNEXPECTED, p);
}

/** The address after the page at `p`: an object with `data`; in v10 also an array, or a set. */
function pastPage(p: usize): usize {
  if (isFql) {
    if (load<u8>(p) == OPEN_BRACKET) return pastRows(p);
    const first = pastSpace(p + 1);
    if (load<u8>(p) == OPEN_BRACE && maybeTag(first) && tagAt(first)) {
      // Only a set is a page.
      return isNamed(SET_TAG, 4) ? setEnd(content) : fail(NO_PAGE, p);
    }
  }
  return pastPageObject(p);
}

function setEnd(p: usize): usize {
  const end = pastPageObject(p);
  if (!end) return 0;
  const stop = pastOnly(end);
  return stop ? stop : fail(UNEXPECTED, pastSpace(end));
}

function pastPageObject(p: usize): usize {
  if (load<u8>(p) != OPEN_BRACE) return fail(NO_PAGE, p);
  const start = p;
  let isFound = false;
  p = pastSpace(p + 1);
  while (load<u8>(p) != CLOSE_BRACE) {
    p = pastName(p);
    if (!p) return 0;
    if (!isFound && isNamed(DATA, 4)) {
      isFound = true;
      p = pastRows(p);
    } else if (isNamed(AFTER, 5)) p = pastCursor(p);
    else p = pastValue(p);
    if (!p) return 0;
    p = nextItem(p, CLOSE_BRACE);
    if (!p) return 0;
  }
  return isFound ? p + 1 : fail(NO_PAGE, start);
}

/** The address after the cursor at `p`, which is none when it is null. */
function pastCursor(p: usize): usize {
  const end = pastValue(p);
  if (!end) return 0;
  const bad = utf8Fault(p, end);
  if (bad) return fail(BAD_UTF8, bad);
  // n
  if (load<u8>(p) != 110) {
    afterStart = p;
    afterEnd = end;
  }
  return end;
}

function pastRows(p: usize): usize {
  if (load<u8>(p) != OPEN_BRACKET) return fail(NO_PAGE, p);
  p = pastSpace(p + 1);
  while (load<u8>(p) != CLOSE_BRACKET) {
    beginRow();
    if (!endRow(p, putRow(p, written), action)) return 0;
    p = nextItem(read, CLOSE_BRACKET);
    if (!p) return 0;
  }
  return p + 1;
}

/** Ends the row of the input from `p` to `read`, and of the output up to `out`; false when something is wrong. */
function endRow(p: usize, out: usize, what: u32): bool {
  if (!out) return false;
  const bad = utf8Fault(p, read);
  if (bad) {
    fail(BAD_UTF8, bad);
    return false;
  }
  store<u8>(out++, 10);
  store<i64>(times + ((<usize>rows) << 3), rowTs);
  store<u32>(ends + ((<usize>rows) << 2), out - origin);
  store<u32>(refs + ((<usize>rows) << 3), refStart - origin);
  store<u32>(refs + ((<usize>rows) << 3), refEnd - origin, 4);
  store<u8>(actions + rows, <u8>what);
  rows++;
  written = out;
  return true;
}

function pastEvents(p: usize): usize {
  if (load<u8>(p) != OPEN_BRACKET) return fail(NO_PAGE, p);
  p = pastSpace(p + 1);
  while (load<u8>(p) != CLOSE_BRACKET) {
    beginRow();
    p = pastEvent(p);
    if (!p) return 0;
    p = nextItem(p, CLOSE_BRACKET);
    if (!p) return 0;
  }
  return p + 1;
}

function pastEvent(p: usize): usize {
  if (load<u8>(p) != OPEN_BRACE) return fail(NO_EVENT, p);
  const start = p;
  let type: usize = 0;
  let data: usize = 0;
  let ts: usize = 0;
  p = pastSpace(p + 1);
  while (load<u8>(p) != CLOSE_BRACE) {
    p = pastName(p);
    if (!p) return 0;
    const value = p;
    if (isNamed(TYPE, 4)) type = value;
    else if (isNamed(DATA, 4)) data = value;
    else if (isNamed(TXN_TS, 6)) ts = value;
    const isError = isNamed(ERROR, 5);
    p = pastValue(value);
    if (!p) return 0;
    if (isError) {
      errorStart = value;
      errorEnd = p;
    }
    p = nextItem(p, CLOSE_BRACE);
    if (!p) return 0;
  }
  const end = p + 1;
  if (!type || load<u8>(type) != QUOTE) return fail(NO_EVENT, start);
  const what = actionAt(type + 1, pastString(type + 1));
  // A sign of life, or an error.
  if (!what) return errorStart || !data ? end : fail(NO_EVENT, start);
  if (!data || (what == REMOVED && !ts)) return fail(NO_EVENT, start);
  const out = what == REMOVED ? putRemoval(data, ts, written) : putRow(data, written);
  // Of the input, at least the data has been read.
  return endRow(start, out, what) ? end : 0;
}
