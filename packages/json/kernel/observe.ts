import { addKey, afterKey, FIRST, locate, matches, NEXT, patternLength, ROOT, STAMP } from './fields';
import { classifyNumber, integerDigits, numberBit, scale } from './number-class';
import { containerEnd, escaped, stringEnd } from './skip';
import { stringClass } from './string-class';
import { pastBlanks } from './text';
import { unescape } from './unescape';

// What this keeps of a field, in bytes from its address; as `src/observe.ts` has it.
const CLASSES: usize = 32;
const DIGITS: usize = 36;
const SCALE: usize = 40;
const COUNT: usize = 44;
const ACCEPTED: usize = 48;
const MOST_DIGITS: usize = 52;
const MOST_SCALE: usize = 56;

// The bits of `ValueClass` in `src/shape.ts`.
const NULL: i32 = 1 << 0;
const BOOLEAN: i32 = 1 << 1;
const STRING: i32 = 1 << 8;
const OBJECT: i32 = 1 << 12;
const ARRAY: i32 = 1 << 13;

/** How many documents {@link observe} has read. */
export let observed: u32 = 0;
/** The first document that has a field twice, or -1. */
export let duplicate: i32 = -1;
/** Up to where the numbers of the misfits are written. */
export let misfitsEnd: usize = 0;

export const DONE: i32 = 0;
/** Nothing is known then: the table holds a part of it. */
export const TABLE_FULL: i32 = 1;
export const MALFORMED: i32 = 2;

/**
 * Adds the documents from `p` to `end`, of which the first has the number `document`, to `table`,
 * and writes the numbers of those outside of what is accepted to `misfits`. `text` is scratch
 * memory of 64 bytes.
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
      if (matches(field, p)) p += patternLength(field);
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
        p = stringEnd(start);
        const size = p - start;
        bit = STRING;
        if (escaped) bit = escapedClass(start, p, text);
        else if (size == 10 || size - 20 < 17) bit = stringClass(start, size);
        p++;
      } else if (byte - 48 < 10 || byte == 45) {
        p = classifyNumber(p);
        bit = numberBit;
        if (integerDigits > load<u32>(field, DIGITS)) store<u32>(field, integerDigits, DIGITS);
        if (scale > load<u32>(field, SCALE)) store<u32>(field, scale, SCALE);
        outside |= i32(integerDigits > load<u32>(field, MOST_DIGITS));
        outside |= i32(scale > load<u32>(field, MOST_SCALE));
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
      if (load<u32>(field, STAMP) == stamp) {
        outside = 1;
        if (duplicate < 0) duplicate = document;
      } else {
        store<u32>(field, stamp, STAMP);
        store<u32>(field, load<u32>(field, COUNT) + 1, COUNT);
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

/** The class of a string with escapes: by what it says, not by how it is written. */
function escapedClass(start: usize, end: usize, text: usize): i32 {
  return stringClass(text, unescape(start, end, text, 37) - text);
}
