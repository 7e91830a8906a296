import { addKey, afterKey, FIRST, locate, NEXT, ROOT, soon, STAMP } from './fields';
import { forgetKeys } from './keys';
import { classifyNumber, integerDigits, numberBit, scale } from './number-class';
import { beginsLike, endsLike, patternLength } from './pattern';
import { stringEnd } from './skip';
import { longStringClass, stringClass } from './string-class';
import { clearLineBreaks, nonDigits, pastBlanks } from './text';
import { decodeEscape, decoded, decodedSize } from './unescape';
import {
  escaped,
  expectKeys,
  fail,
  pastAnyNumber,
  pastContainer,
  pastKey,
  pastLiteral,
  pastString,
  RESERVED_NAME,
  stringStops,
  UNEXPECTED,
} from './validate';
import { ARRAY, BOOLEAN, DOUBLE, NULL, OBJECT, SAFE_INTEGER, STRING } from './value-class';

// What this keeps of a field, in bytes from its address; as `src/field-words.ts` has it.
const CLASSES: usize = 32;
const DIGITS: usize = 36;
const SCALE: usize = 40;
/** Not 0 when it was absent from a document before one that has it. */
const GAPS: usize = 44;
const ACCEPTED: usize = 48;
const MOST_DIGITS: usize = 52;
const MOST_SCALE: usize = 56;

// Scratch memory: open brackets, a text of up to 37 bytes, and keys inside of members.
const TEXT: usize = 1024;
const KEYS: usize = 1088;
const SCRATCH_SIZE: usize = 16384;

/** Not 0 when the last document is outside of what is accepted. */
export let outside: i32 = 0;
/** The first document that has a field twice, or -1. */
export let duplicate: i32 = -1;
/** Not 0 when the table had no room for a field, and so holds a part of what there is. */
export let tableFull: i32 = 0;

let table: usize = 0;
let scratch: usize = 0;
let reserved: usize = 0;
let reservedSize: usize = 0;

/**
 * Sets where the following documents are noted, with {@link SCRATCH_SIZE} bytes of scratch memory. No
 * member of theirs may have the name of `nameSize` bytes at `name`, unless that is 0.
 */
export function beginDocuments(
  tableAt: usize,
  scratchAt: usize,
  name: usize,
  nameSize: usize,
): void {
  table = tableAt;
  scratch = scratchAt;
  reserved = name;
  reservedSize = nameSize;
  duplicate = -1;
  tableFull = 0;
  forgetKeys(scratch + KEYS, scratch + SCRATCH_SIZE);
}

/**
 * The address after the JSON object at `p`, which is document number `document`, or 0 with the fault
 * noted; only whether it is UTF-8 is not looked at. Adds its members to the table.
 *
 * What is usual, a value of up to fifteen bytes, is handled in place: a call would cost more.
 */
export function pastDocument(p: usize, document: u32): usize {
  clearLineBreaks();
  expectKeys();
  const stamp = document + 1;
  let misfit: i32 = 0;
  let link = table + ROOT + FIRST;
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
      field = otherField(link, p);
      if (!field) return 0;
      p = afterKey;
    }
    link = field + NEXT;
    byte = load<u8>(p);
    if (byte <= 32) {
      p = pastBlanks(p);
      byte = load<u8>(p);
    }

    let bit: i32;
    if (byte == 34) {
      const start = p + 1;
      p = start + ctz(0x10000 | stringStops(start));
      if (load<u8>(p) == 34) {
        bit = p - start == 10 ? stringClass(start, 10) : STRING;
        p++;
      } else {
        p = pastString(p);
        if (!p) return 0;
        bit = longStringClass(start, p - 1, escaped, scratch + TEXT);
      }
    } else if (byte - 48 < 10 || byte == 45) {
      const start = p + usize(byte == 45);
      const others = nonDigits(start);
      let digits = <u32>ctz(others);
      let fraction: u32 = 0;
      let end = start + digits;
      let isUnusual = u32(!digits);
      bit = SAFE_INTEGER;
      byte = load<u8>(end);
      if (byte == 46) {
        bit = DOUBLE;
        fraction = ctz(others >> (digits + 1));
        isUnusual |= u32(!fraction);
        end += fraction + 1;
        byte = load<u8>(end);
      }
      const zero = u32(load<u8>(start) == 48);
      // No number begins with two digits of which the first is 0; and -0 is no integer.
      isUnusual |= zero & (u32(digits > 1) | (u32(start != p) & u32(digits + fraction == 1)));
      if (isUnusual | u32(digits + fraction > 14) | u32((byte | 32) == 101)) {
        end = pastAnyNumber(p);
        if (!end) return 0;
        classifyNumber(p);
        bit = numberBit;
        digits = integerDigits;
        fraction = scale;
      } else digits -= zero;
      p = end;
      if (digits > load<u32>(field, DIGITS)) store<u32>(field, digits, DIGITS);
      if (fraction > load<u32>(field, SCALE)) store<u32>(field, fraction, SCALE);
      misfit |= i32(digits > load<u32>(field, MOST_DIGITS));
      misfit |= i32(fraction > load<u32>(field, MOST_SCALE));
    } else if (byte == 123 || byte == 91) {
      bit = byte == 123 ? OBJECT : ARRAY;
      p = pastContainer(p, scratch);
      if (!p) return 0;
    } else {
      bit = byte == 110 ? NULL : BOOLEAN;
      p = pastLiteral(p, byte);
      if (!p) return 0;
    }
    store<u32>(field, load<u32>(field, CLASSES) | bit, CLASSES);
    misfit |= bit & ~load<u32>(field, ACCEPTED);
    // In a field that all documents have, the stamps follow each other.
    if (load<u32>(field, STAMP) != document) misfit |= noteGap(field, document);
    store<u32>(field, stamp, STAMP);

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
      if (byte != 34) return fail(UNEXPECTED, p);
    } else if (byte != 125) return fail(UNEXPECTED, p);
  }
  outside = misfit;
  return p + 1;
}

/** The field whose key is at `p`, which is not the one that `link` expects; 0 when that is no key. */
function otherField(link: usize, p: usize): usize {
  let field = soon(link, p);
  if (field) return field;
  const end = pastKey(p);
  if (!end) return 0;
  if (reserved && isName(p + 1, reserved, reservedSize)) return fail(RESERVED_NAME, p);
  const root = table + ROOT;
  field = locate(table, root, link, p);
  if (!field) field = addKey(table, root, link);
  if (field) return field;
  // What is not kept is as if it were of the document itself.
  tableFull = 1;
  return root;
}

/** Notes that the field was not in the document before this one; 1 when it is in this one already. */
function noteGap(field: usize, document: u32): i32 {
  if (load<u32>(field, STAMP) != document + 1) {
    store<u32>(field, 1, GAPS);
    return 0;
  }
  if (duplicate < 0) duplicate = document;
  return 1;
}

/** Whether the string whose first byte is at `p` is the name, however it is escaped. */
function isName(p: usize, name: usize, size: usize): bool {
  const end = stringEnd(p);
  let i: usize = 0;
  while (i < size && p < end && load<u8>(p) == load<u8>(name + i)) {
    if (load<u8>(p) == 92) break;
    p++;
    i++;
  }
  if (p == end) return i == size;
  if (load<u8>(p) != 92) return false;
  const nameEnd = name + size;
  name += i;
  while (p < end) {
    let bytes: u32 = load<u8>(p);
    let count: u32 = 1;
    if (bytes == 92) {
      p = decodeEscape(p);
      bytes = decoded;
      count = decodedSize;
    } else p++;
    for (; count > 0; count--) {
      if (name == nameEnd || load<u8>(name++) != u8(bytes)) return false;
      bytes >>= 8;
    }
  }
  return name == nameEnd;
}
