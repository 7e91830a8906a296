import { isLike, patternLength } from '../../json/kernel/pattern';
import { pastBlanks } from '../../json/kernel/text';
import { firstName, memberOf, nameLike, nextName, noteName, pastName } from './expected';
import { escaped, pastPlain, pastText, pastValue } from './values';

// Finds the columns of a key in a document. What is looked for is laid out by `src/function/key-plan.ts`.

// A member that is looked for, in bytes from its address. First of all it is the pattern of its name in quotes.
const MEMBER_SIZE: usize = 32;
/** The first one that is looked for inside of it, or 0 when it is a column itself. */
const INSIDE: usize = 12;
const INSIDE_END: usize = 16;
/** Where its value was found. */
const START: usize = 20;
const END: usize = 24;
/** In which document it was met. */
const STAMP: usize = 28;

// A column, in bytes from its address. First of all it is the pattern of its own name in quotes.
export const COLUMN_SIZE: usize = 32;
/** What its member in another object begins with, and how long that is. */
export const HEAD: usize = 12;
export const HEAD_SIZE: usize = 16;
/** The member that it is. */
const MEMBER: usize = 20;
/** Not 0 when that is inside of another one. */
export const IS_LIFTED: usize = 24;

let members: usize = 0;
let membersEnd: usize = 0;
/** In the order of the key. */
export let columns: usize = 0;
export let columnsEnd: usize = 0;
let columnCount: i32 = 0;
/** Which document this is, from 1 on. */
let document: u32 = 0;
/** Columns that are still to be found. */
let missing: i32 = 0;

/** Sets what is looked for from now on. */
export function setPlan(
  membersAt: usize,
  membersEndAt: usize,
  columnsAt: usize,
  columnsEndAt: usize,
): void {
  members = membersAt;
  membersEnd = membersEndAt;
  columns = columnsAt;
  columnsEnd = columnsEndAt;
  columnCount = <i32>((columnsEnd - columns) / COLUMN_SIZE);
  document = 0;
}

export function startOf(column: usize): usize {
  return load<u32>(<usize>load<u32>(column, MEMBER), START);
}

export function endOf(column: usize): usize {
  return load<u32>(<usize>load<u32>(column, MEMBER), END);
}

/**
 * Finds the columns in the document from `p` to `end`. False when one is not there or not plain, when
 * a name is written with escapes, or, if columns `areLifted` out of members, when one would meet a
 * member with its name.
 */
export function findColumns(p: usize, end: usize, areLifted: bool): bool {
  document++;
  missing = columnCount;
  return readObject(p, end, members, membersEnd, true, areLifted) != 0;
}

/** The address after what has to be looked at of the object at `p`; 0 when that is not plain. */
function readObject(
  p: usize,
  end: usize,
  list: usize,
  listEnd: usize,
  isDocument: bool,
  areLifted: bool,
): usize {
  if (load<u8>(p) != 123) return 0;
  let isWhole = !isDocument;
  let expected = firstName();
  for (;;) {
    p = pastSpace(p + 1);
    // An object without members has no column either.
    if (load<u8>(p) != 34) return 0;
    let member: usize = 0;
    const entry = isDocument ? nameLike(expected, p) : 0;
    if (entry) {
      member = memberOf(entry);
      p = pastName(entry, p);
      expected = nextName(entry);
    } else {
      const name = p;
      const taken = isDocument && isTaken(name);
      if (taken && areLifted) return 0;
      member = list;
      while (member < listEnd && !isLike(member, p)) member += MEMBER_SIZE;
      if (member < listEnd) p += patternLength(member);
      else {
        member = 0;
        p = pastText(p, end);
        if (!p || escaped) return 0;
      }
      p = pastSpace(p);
      if (load<u8>(p) != 58) return 0;
      p++;
      // What is known is not looked at again, so it is nothing that another form minds.
      if (isDocument && !taken) expected = noteName(expected, name, p, member);
    }
    p = pastSpace(p);

    // Of members with the same name the first one counts.
    if (!member || load<u32>(member, STAMP) == document) p = pastValue(p, end);
    else {
      store<u32>(member, document, STAMP);
      const inside = <usize>load<u32>(member, INSIDE);
      if (inside) p = readObject(p, end, inside, load<u32>(member, INSIDE_END), false, areLifted);
      else {
        store<u32>(member, <u32>p, START);
        p = pastPlain(p, end);
        store<u32>(member, <u32>p, END);
        missing--;
      }
    }
    if (!p) return 0;
    if (load<u8>(p) <= 32) p = pastBlanks(p);
    if (p >= end) return 0;

    if (!missing && !isWhole) {
      if (!areLifted || !mayBeTaken(p, end)) return p;
      isWhole = true;
    }
    const byte: u32 = load<u8>(p);
    if (byte == 125) return isDocument && missing ? 0 : p + 1;
    if (byte != 44) break;
  }
  return 0;
}

function pastSpace(p: usize): usize {
  return load<u8>(p) <= 32 ? pastBlanks(p) : p;
}

/** Whether the name at `p` is that of a column that is lifted. */
function isTaken(p: usize): bool {
  for (let column = columns; column < columnsEnd; column += COLUMN_SIZE) {
    if (load<u32>(column, IS_LIFTED) && isLike(column, p)) return true;
  }
  return false;
}

/** Whether there is something from `p` to `end` that may be the name of a column that is lifted. */
function mayBeTaken(p: usize, end: usize): bool {
  for (let column = columns; column < columnsEnd; column += COLUMN_SIZE) {
    if (load<u32>(column, IS_LIFTED) && hasTrace(p, end, column)) return true;
  }
  return false;
}

/** Whether there is a name from `p` to `end`, or a backslash, with which it may be written otherwise. */
function hasTrace(p: usize, end: usize, name: usize): bool {
  const letter = i8x16.splat(load<u8>(<usize>load<u32>(name), 1));
  for (; p < end; p += 16) {
    const bytes = v128.load(p);
    const begins = v128.and(i8x16.eq(bytes, i8x16.splat(34)), i8x16.eq(v128.load(p, 1), letter));
    const escapes = i8x16.eq(bytes, i8x16.splat(92));
    for (let stops = i8x16.bitmask(v128.or(begins, escapes)); stops; stops &= stops - 1) {
      const at = p + ctz(stops);
      if (at >= end) return false;
      if (load<u8>(at) == 92 || isLike(name, at)) return true;
    }
  }
  return false;
}
