import { addKey, afterKey, FIRST, locate, NEXT, ROOT, STAMP } from './fields';
import { classifyNumber, integerDigits, numberBit, scale } from './number-class';
import { beginsLike, endsLike, patternLength } from './pattern';
import { containerEnd, escaped, stringEnd, stringStops } from './skip';
import { stringClass } from './string-class';
import { nonDigits, pastBlanks } from './text';
import { unescape } from './unescape';
import { ARRAY, BOOLEAN, DOUBLE, NULL, OBJECT, SAFE_INTEGER, STRING } from './value-class';

// What this keeps of a field, in bytes from its address; as `src/field-watch.ts` has it.
const CLASSES: usize = 32;
const DIGITS: usize = 36;
const SCALE: usize = 40;
/** Not 0 when it was absent from a document before one that has it. */
const GAPS: usize = 44;
const ACCEPTED: usize = 48;
const MOST_DIGITS: usize = 52;
const MOST_SCALE: usize = 56;

/** How many documents {@link observe} has read. */
export let observed: u32 = 0;
/** The first document that has a field twice, or -1. */
export let duplicate: i32 = -1;
/** Up to where the numbers of the misfits are written. */
export let misfitsEnd: usize = 0;

// What `observe` returns.
const DONE: i32 = 0;
/** Nothing is known then: the table holds a part of it. */
const TABLE_FULL: i32 = 1;
const MALFORMED: i32 = 2;

/**
 * Adds the documents from `p` to `end`, of which the first has the number `document`, to `table`,
 * and writes the numbers of those outside of what is accepted to `misfits`. `text` is scratch
 * memory of 64 bytes.
 *
 * What is usual, a value of up to fifteen bytes, is handled in place: a call would cost more.
 */
export function observe(
  p: usize,
  end: usize,
  table: usize,
  document: u32,
  misfits: usize,
  text: usize,
): i32 {
  const root = table + ROOT;
  duplicate = -1;
  for (p = pastBlanks(p); p < end; document++) {
    if (load<u8>(p) != 123) return MALFORMED;
    const stamp = document + 1;
    let outside: i32 = 0;
    let link = root + FIRST;
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
        if (byte != 34) return MALFORMED;
        field = locate(table, root, link, p);
        if (!field) field = addKey(table, root, link);
        if (!field) return TABLE_FULL;
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
        if (load<u8>(p) != 34) {
          p = stringEnd(p);
          bit = longStringClass(start, p, text);
        } else bit = p - start == 10 ? stringClass(start, 10) : STRING;
        p++;
      } else if (byte - 48 < 10 || byte == 45) {
        const start = p + usize(byte == 45);
        const others = nonDigits(start);
        let digits = <u32>ctz(others);
        let fraction: u32 = 0;
        let end = start + digits;
        bit = SAFE_INTEGER;
        byte = load<u8>(end);
        if (byte == 46) {
          bit = DOUBLE;
          fraction = ctz(others >> (digits + 1));
          end += fraction + 1;
          byte = load<u8>(end);
        }
        const zero = u32(load<u8>(start) == 48);
        const isNegativeZero = zero & (digits + fraction == 1) & (start != p);
        if (digits + fraction > 14 || (byte | 32) == 101 || isNegativeZero) {
          end = classifyNumber(p);
          bit = numberBit;
          digits = integerDigits;
          fraction = scale;
        } else digits -= zero;
        p = end;
        if (digits > load<u32>(field, DIGITS)) store<u32>(field, digits, DIGITS);
        if (fraction > load<u32>(field, SCALE)) store<u32>(field, fraction, SCALE);
        outside |= i32(digits > load<u32>(field, MOST_DIGITS));
        outside |= i32(fraction > load<u32>(field, MOST_SCALE));
      } else if (byte == 110) {
        bit = NULL;
        p += 4;
      } else if (byte == 123 || byte == 91) {
        bit = byte == 123 ? OBJECT : ARRAY;
        p = containerEnd(p);
      } else {
        bit = BOOLEAN;
        p += byte == 116 ? 4 : 5;
      }
      store<u32>(field, load<u32>(field, CLASSES) | bit, CLASSES);
      outside |= bit & ~load<u32>(field, ACCEPTED);
      // In a field that all documents have, the stamps follow each other.
      if (load<u32>(field, STAMP) != document) outside |= noteGap(field, document);
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
        if (byte != 34) return MALFORMED;
      } else if (byte != 125) return MALFORMED;
    }
    if (outside) {
      store<u32>(misfits, document);
      misfits += 4;
    }
    p = pastBlanks(p + 1);
  }
  observed = document;
  misfitsEnd = misfits;
  return DONE;
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

/** The class of a string from `start` to `end`, which is long or has escapes. */
function longStringClass(start: usize, end: usize, text: usize): i32 {
  if (escaped) return escapedClass(start, end, text);
  const size = end - start;
  return size - 20 < 17 ? stringClass(start, size) : STRING;
}

/** The class of a string with escapes: by what it says, not by how it is written. */
function escapedClass(start: usize, end: usize, text: usize): i32 {
  return stringClass(text, unescape(start, end, text, 37) - text);
}
