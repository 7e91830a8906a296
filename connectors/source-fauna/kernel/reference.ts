// References to documents and other things, of which a row keeps the id, the collection and the type.
import { unescape } from '../../../packages/json/kernel/unescape';
import { escaped, pastString } from '../../../packages/json/kernel/validate';
import { CLOSE_BRACE, COMMA, OPEN_BRACE, parts, QUOTE, scratch, texts } from './state';
import { pastValue } from './skip';
import { isNamed, name, nameSize, pastName, pastOnly, pastSpace, putBytes, putText } from './token';

const ID: u64 = 0x6469;
const NAME: u64 = 0x656d616e;
const COLL: u64 = 0x6c6c6f63;
const COLLECTI: u64 = 0x697463656c6c6f63;
const ON: u16 = 0x6e6f;
const REF_TAG: u64 = 0x66657240;
const MOD_TAG: u64 = 0x646f6d40;
const OBJECT_TAG: u64 = 0x7463656a626f40;

// The texts that are needed, by number.
const COLLECTIONS: usize = 0;
const OF_ID: usize = 40;
const OF_COLLECTION: usize = 41;
const OF_TYPE: usize = 42;
const DOCUMENT: usize = 43;
const UNKNOWN: usize = 44;
const COLLECTION: usize = 45;
/** What is between an id and that of the collection, and what follows the quote before the outermost id. */
const PARENT: usize = 46;
const OUTERMOST: usize = 47;
/** From here on, names of v4 and what their things are called, in turns; and the same of v10. */
const KINDS: usize = 0;
const KIND_COUNT: usize = 9;
const MODULES: usize = 20;
const MODULE_COUNT: usize = 8;
/** Of the modules, those whose things have an id like documents. */
const FIRST_WITH_ID: usize = 5;

/** How many ids the last reference has within each other; 4 stands for all that are more. */
let levels: u32 = 0;
/** Whether the last reference of v10 is to a thing with a name. */
let isOfName: bool = false;

/** The address after the content of a reference at `p`; 0 when it is none. */
export function pastReference(p: usize): usize {
  levels = 0;
  return pastLevel(p, 0);
}

/**
 * The same when it is the reference to a document that Fauna writes: `{"id":"101","collection":{"@ref":{"id":"foo",
 * "collection":{"@ref":{"id":"collections"}}}}}` without white space.
 */
export function pastUsualReference(p: usize): usize {
  // "id":"
  if ((load<u64>(p + 1) & 0xffff_ffff_ffff) != 0x223a22646922) return 0;
  p = pastPart(p + 6, 0);
  if (!p || !isText(p, PARENT)) return 0;
  p = pastPart(p + 28, 1);
  if (!p || !isText(p, PARENT) || !isText(p + 29, OUTERMOST)) return 0;
  const part = parts + 32;
  store<u32>(part, p + 29);
  store<u32>(part, p + 40, 4);
  store<u32>(part, 0, 8);
  levels = 3;
  return p + 46;
}

/** Whether the bytes at `p` are the text with that number, which has more than sixteen bytes. */
function isText(p: usize, text: usize): bool {
  const at = texts + (text << 5);
  const size: usize = load<u8>(at);
  const head = v128.xor(v128.load(p), v128.load(at, 1));
  const tail = v128.xor(v128.load(p + size - 16), v128.load(at + size - 15));
  return !v128.any_true(v128.or(head, tail));
}

function pastLevel(p: usize, level: u32): usize {
  if (load<u8>(p) != OPEN_BRACE) return 0;
  let hasId = false;
  levels = level + 1;
  do {
    p = pastName(pastSpace(p + 1));
    if (!p) return 0;
    if (isNamed(ID, 2)) {
      p = pastPart(p, level);
      hasId = true;
    } else if (level < 3 && isCollection()) p = pastParent(p, level + 1);
    else p = pastValue(p);
    if (!p) return 0;
    p = pastSpace(p);
  } while (load<u8>(p) == COMMA);
  return hasId && load<u8>(p) == CLOSE_BRACE ? p + 1 : 0;
}

function isCollection(): bool {
  return nameSize == 10 && load<u64>(name) == COLLECTI && load<u16>(name, 8) == ON;
}

function pastParent(p: usize, level: u32): usize {
  if (load<u8>(p) != OPEN_BRACE) return 0;
  p = pastName(pastSpace(p + 1));
  if (!p || !isNamed(REF_TAG, 4)) return 0;
  return pastOnly(pastLevel(p, level));
}

/** Takes the string at `p` as a part of the reference: where its inside begins, where it ends, and whether it has escapes. */
function pastPart(p: usize, index: u32): usize {
  if (load<u8>(p) != QUOTE) return 0;
  const end = pastString(p + 1);
  const part = parts + ((<usize>index) << 4);
  store<u32>(part, p + 1);
  store<u32>(part, end - 1, 4);
  store<u32>(part, <u32>escaped, 8);
  return end;
}

/**
 * The address after the content of a reference of FQL v10, or of a document, at `p`; 0 when it is none. It has
 * an id or a name, and a module.
 */
export function pastModuleReference(p: usize): usize {
  if (load<u8>(p) != OPEN_BRACE) return 0;
  let found: u32 = 0;
  p = pastName(pastSpace(p + 1));
  if (!p) return 0;
  if (isNamed(OBJECT_TAG, 7)) return pastOnly(pastModuleReference(p));
  isOfName = false;
  while (true) {
    if (isNamed(ID, 2)) {
      p = pastPart(p, 0);
      isOfName = false;
      found |= 1;
    } else if (isNamed(NAME, 4) && !(found & 1)) {
      // A document may have a field of this name, but has an id before.
      if (load<u8>(p) == QUOTE) {
        isOfName = true;
        found |= 1;
        p = pastPart(p, 0);
      } else p = pastValue(p);
    } else if (isNamed(COLL, 4)) {
      p = pastModule(p);
      found |= 2;
    } else p = pastValue(p);
    if (!p) return 0;
    p = pastSpace(p);
    if (load<u8>(p) != COMMA) break;
    p = pastName(pastSpace(p + 1));
    if (!p) return 0;
  }
  return found == 3 && load<u8>(p) == CLOSE_BRACE ? p + 1 : 0;
}

function pastModule(p: usize): usize {
  if (load<u8>(p) != OPEN_BRACE) return 0;
  p = pastName(pastSpace(p + 1));
  return p && isNamed(MOD_TAG, 4) ? pastOnly(pastPart(p, 1)) : 0;
}

/** Writes what the last {@link pastReference} has read. */
export function putReference(out: usize): usize {
  out = putPart(OF_ID, 0, out);
  if (levels == 2) return putType(1, KINDS, KIND_COUNT, out);
  if (levels == 3 && isPart(2, COLLECTIONS)) {
    return putText(DOCUMENT, putPart(OF_COLLECTION, 1, out));
  }
  return putText(UNKNOWN, out);
}

/** Writes what the last {@link pastModuleReference} has read. */
export function putModuleReference(out: usize): usize {
  out = putPart(OF_ID, 0, out);
  if (isOfName) return putType(1, MODULES, FIRST_WITH_ID, out);
  const from = MODULES + (FIRST_WITH_ID << 1);
  for (let i: usize = 0; i < MODULE_COUNT - FIRST_WITH_ID; i++) {
    if (isPart(1, from + (i << 1))) return putType(1, from, MODULE_COUNT - FIRST_WITH_ID, out);
  }
  return putText(DOCUMENT, putPart(OF_COLLECTION, 1, out));
}

/** Writes a reference to the collection whose name is the string from `p` to `end`. */
export function putCollection(p: usize, end: usize, out: usize): usize {
  return putText(COLLECTION, putBytes(p, end, putText(OF_ID, out)));
}

/** Writes the id of the reference that was read last, as a string. */
export function putId(out: usize): usize {
  return putBytes(load<u32>(parts) - 1, load<u32>(parts, 4) + 1, out);
}

function putPart(text: usize, index: usize, out: usize): usize {
  const part = parts + (index << 4);
  return putBytes(load<u32>(part) - 1, load<u32>(part, 4) + 1, putText(text, out));
}

/** Writes the type of a thing of which a part says what it is, by one of the pairs of texts. */
function putType(index: usize, pairs: usize, count: usize, out: usize): usize {
  out = putText(OF_TYPE, out);
  store<u8>(out++, <u8>QUOTE);
  let end: usize = 0;
  for (let i: usize = 0; i < count && !end; i++) {
    if (isPart(index, pairs + (i << 1))) end = putText(pairs + (i << 1) + 1, out);
  }
  if (!end) {
    const part = parts + (index << 4);
    end = putBytes(load<u32>(part), load<u32>(part, 4), out);
  }
  // "}
  store<u16>(end, 0x7d22);
  return end + 2;
}

/** Whether a part of the reference is the text with that number. */
function isPart(index: usize, text: usize): bool {
  const part = parts + (index << 4);
  let p: usize = load<u32>(part);
  let size: usize = <usize>load<u32>(part, 4) - p;
  if (load<u32>(part, 8)) {
    size = unescape(p, p + size, scratch, 32) - scratch;
    p = scratch;
  }
  const at = texts + (text << 5);
  if (size != load<u8>(at)) return false;
  for (let i: usize = 0; i < size; i++) {
    if (load<u8>(p + i) != load<u8>(at + 1 + i)) return false;
  }
  return true;
}
