import { addKey, afterKey, FIRST, locate, NEXT, OWNER, ROOT, soon, STAMP } from './fields';
import { beginsLike, endsLike, patternLength } from './pattern';
import { containerEnd, scalarEnd, stringEnd, stringStops } from './skip';
import { pastBlanks } from './text';

// Finds the values of columns in documents. They are noted column by column, so that all values of
// one column can then be written in one go (`values.ts`).

// What this keeps of a field, in bytes from its address; as `src/column-plan.ts` has it.
/** A number given to its value when that was met, larger than those before; its members have it as STAMP. */
const OCCURRENCE: usize = 32;
const START: usize = 36;
const END: usize = 40;
/** Not 0 when a column is inside of it. */
const HAS_MEMBERS: usize = 44;

let table: usize = 0;
/** For each column, the address of its field. */
let columns: usize = 0;
let columnsEnd: usize = 0;
let occurrence: u32 = 0;

/** The length of the longest document that {@link locateValues} has read. */
export let longest: usize = 0;

/** Sets the columns of the following calls of {@link locateValues}. */
export function setColumns(tableAt: usize, columnsAt: usize, columnsEndAt: usize): void {
  table = tableAt;
  columns = columnsAt;
  columnsEnd = columnsEndAt;
  occurrence = 0;
}

/**
 * Notes where the values are in the `count` documents from `p` to `end`: at `places` for the first
 * column the place of its value in each document, then for the second one, and so on. A place is two words:
 * where the value begins and where it ends, both 0 when it is not there. False when the input is
 * malformed.
 */
export function locateValues(p: usize, end: usize, count: u32, places: usize): bool {
  longest = 0;
  const root = table + ROOT;
  const columnSize = (<usize>count) << 3;
  const placesEnd = places + columnSize;
  p = pastBlanks(p);
  for (; p < end && places < placesEnd; places += 8) {
    const next = readObject(p, root);
    if (!next) return false;
    store<u32>(root, <u32>p, START);
    store<u32>(root, <u32>next, END);
    let place = places;
    for (let column = columns; column < columnsEnd; column += 4) {
      const field = <usize>load<u32>(column);
      const owner = <usize>load<u32>(field, OWNER);
      const isOfOwner = load<u32>(field, STAMP) == load<u32>(owner, OCCURRENCE);
      const found = (owner == root && isOfOwner) || isThere(field);
      // START and END are next to each other, and read as one.
      store<u64>(place, found ? load<u64>(field, START) : 0);
      place += columnSize;
    }
    longest = max(longest, next - p);
    p = pastBlanks(next);
  }
  return p >= end && places == placesEnd;
}

/** Notes where the members of the object at `p` are; the address after it, or 0 when it is malformed. */
function readObject(p: usize, owner: usize): usize {
  const stamp = ++occurrence;
  store<u32>(owner, stamp, OCCURRENCE);
  if (load<u8>(p) != 123) return 0;
  let link = owner + FIRST;
  let byte: u32 = load<u8>(++p);
  if (byte != 34) {
    p = pastBlanks(p);
    byte = load<u8>(p);
  }
  while (byte != 125) {
    let field = <usize>load<u32>(link);
    const length = patternLength(field);
    if (beginsLike(field, p) && (length <= 16 || endsLike(field, p))) p += length;
    else {
      if (byte != 34) return 0;
      field = soon(link, p);
      if (!field) field = locate(table, owner, link, p);
      // A field that is no column is expected next time, too, while the table has room for it.
      if (!field) field = addKey(table, owner, link);
      p = afterKey;
    }
    byte = load<u8>(p);
    if (byte <= 32) {
      p = pastBlanks(p);
      byte = load<u8>(p);
    }

    const start = p;
    const inside = field ? load<u32>(field, HAS_MEMBERS) : 0;
    if (byte == 34) {
      p += 1 + ctz(0x10000 | stringStops(p + 1));
      if (load<u8>(p) != 34) p = stringEnd(p);
      p++;
    } else if (byte == 123 && inside) {
      p = readObject(p, field);
      if (!p) return 0;
    } else if (byte == 123 || byte == 91) p = containerEnd(p);
    else p = scalarEnd(p);
    if (field) {
      link = field + NEXT;
      store<u32>(field, <u32>start, START);
      store<u32>(field, <u32>p, END);
      store<u32>(field, stamp, STAMP);
      if (inside && byte != 123) store<u32>(field, ++occurrence, OCCURRENCE);
    }

    byte = load<u8>(p);
    if (byte <= 32) {
      p = pastBlanks(p);
      byte = load<u8>(p);
    }
    if (byte == 44) {
      byte = load<u8>(++p);
      if (byte <= 32) {
        p = pastBlanks(p);
        byte = load<u8>(p);
      }
      if (byte != 34) return 0;
    } else if (byte != 125) return 0;
  }
  return p + 1;
}

/** Whether the last value of `field` is a part of the document. */
function isThere(field: usize): bool {
  const root = table + ROOT;
  while (field != root) {
    const owner = <usize>load<u32>(field, OWNER);
    if (load<u32>(field, STAMP) != load<u32>(owner, OCCURRENCE)) return false;
    field = owner;
  }
  return true;
}
