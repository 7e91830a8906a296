// Reads the keys of documents, and writes the rows that are not the documents as they are. An address is a number of
// bytes from the start of the memory, which TypeScript lays out; 64 bytes behind whatever is read or written may be
// read or written as well.
import { copy, pastBlanks } from '../../json/kernel/text';
import {
  COLUMN_SIZE,
  columns,
  columnsEnd,
  endOf,
  findColumns,
  HEAD,
  HEAD_SIZE,
  IS_LIFTED,
  startOf,
} from './find';

export { forgetNames } from './expected';
export { setPlan } from './find';

// What rows are; the numbers are those of `RowForm` in `src/function/key-kernel.ts`.
/** The documents as they are, which nobody has to write. */
const AS_IT_IS: i32 = 0;
/** The documents, and before their members the columns that are inside of one. */
const LIFTED: i32 = 1;
/** The columns of the key alone. */
const KEY_ALONE: i32 = 2;

/** Where the keys end. */
export let keysEnd: usize = 0;
/** Where the rows end. */
export let rowsEnd: usize = 0;
/** How many keys, from the first one on, come after the one before. */
export let ascending: i32 = 0;

/**
 * Writes the keys of documents from `index` up to `count`, and their rows in a form, as long as
 * there is room for these before `rowsLimit` and all columns are plain: a text without escapes, or
 * an integer in digits. Answers the first document that was not read.
 *
 * Document `i` ends with its line break at `bytes + ends[i]`; `start` is where `index` begins. Keys
 * are their values as they are, each followed by a line break, which none has inside. From `last`
 * to `keys` there is the key before the first one, or nothing. Where a key or a row ends is counted
 * from where the first one begins.
 */
export function readKeys(
  bytes: usize,
  ends: usize,
  index: i32,
  count: i32,
  start: usize,
  last: usize,
  keys: usize,
  keyEnds: usize,
  form: i32,
  rows: usize,
  rowsLimit: usize,
  rowEnds: usize,
): i32 {
  let from = bytes + start;
  let before = last;
  let key = keys;
  let row = rows;
  let ascends = true;
  ascending = 0;
  let i = index;
  for (; i < count; i++) {
    // Without the line break.
    const end = bytes + load<u32>(ends + ((<usize>i) << 2)) - 1;
    const open = load<u8>(from) == 123 ? from : pastBlanks(from);
    if (!findColumns(open, end, form == LIFTED)) break;
    if (form != AS_IT_IS) {
      if (row + 2 * (end - open) + headsSize() > rowsLimit) break;
      row = writeRow(open, end, form == LIFTED, row);
      store<u32>(rowEnds, <u32>(row - rows));
      rowEnds += 4;
    }
    const next = writeKey(key);
    if (ascends) {
      ascends = before == key || comesAfter(before, key);
      ascending += i32(ascends);
    }
    before = key;
    key = next;
    store<u32>(keyEnds, <u32>(key - keys));
    keyEnds += 4;
    from = end + 1;
  }
  keysEnd = key;
  rowsEnd = row;
  return i;
}

function writeKey(to: usize): usize {
  for (let column = columns; column < columnsEnd; column += COLUMN_SIZE) {
    const start = startOf(column);
    const size = endOf(column) - start;
    copy(to, start, size);
    to += size;
    store<u8>(to++, 10);
  }
  return to;
}

/**
 * Whether the key at `now` comes after the one before it, which begins at `before`, in the order that
 * `src/function/key-index.ts` has.
 */
function comesAfter(before: usize, now: usize): bool {
  const size = now - before;
  let same: usize = 0;
  for (;;) {
    const equal = i8x16.eq(v128.load(before + same), v128.load(now + same));
    const others = ~i8x16.bitmask(equal) & 0xffff;
    same += others ? <usize>ctz(others) : 16;
    if (same >= size) return false;
    if (others) break;
  }
  let part = same;
  while (part > 0 && load<u8>(before + part - 1) != 10) part--;
  const isText = load<u8>(before + part) == 34 || load<u8>(now + part) == 34;
  if (!isText) {
    const sizeBefore = partEnd(before + same) - before;
    const sizeNow = partEnd(now + same) - now;
    if (sizeBefore != sizeNow) return sizeBefore < sizeNow;
  }
  return load<u8>(before + same) < load<u8>(now + same);
}

function partEnd(p: usize): usize {
  while (load<u8>(p) != 10) p++;
  return p;
}

/** How much rows have beside what is in a document, at most. */
function headsSize(): usize {
  let size: usize = 64;
  for (let column = columns; column < columnsEnd; column += COLUMN_SIZE) {
    size += <usize>load<u32>(column, HEAD_SIZE) + 1;
  }
  return size;
}

/** Writes the row of the document from `open` to `end`, and a byte behind it. */
function writeRow(open: usize, end: usize, isLifted: bool, out: usize): usize {
  let to = out;
  for (let column = columns; column < columnsEnd; column += COLUMN_SIZE) {
    if (isLifted && !load<u32>(column, IS_LIFTED)) continue;
    store<u8>(to++, 44);
    const headSize = <usize>load<u32>(column, HEAD_SIZE);
    copy(to, <usize>load<u32>(column, HEAD), headSize);
    to += headSize;
    const start = startOf(column);
    const size = endOf(column) - start;
    copy(to, start, size);
    to += size;
  }
  // What begins a row is its brace, in place of the comma before its first member.
  store<u8>(out, 123);
  if (isLifted) {
    store<u8>(to++, 44);
    const size = end - open - 1;
    copy(to, open + 1, size);
    to += size;
  } else store<u8>(to++, 125);
  store<u8>(to, 10);
  return to + 1;
}
