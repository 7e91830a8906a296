// A table of member names, in memory that TypeScript lays out (`src/field-table.ts`): a header, the
// root, the fields, the slots of a hash table, and the text of the names.
//
// Fields are mostly met in the order of the last document. So each has a link to the field that came
// after it, and a key is first compared with that one, sixteen bytes at a time: the pattern of
// a field is its name in quotes with a colon.

import { closePattern, isLike, isSame, patternAddress, patternLength, setPattern } from './pattern';
import { escaped, stringEnd } from './skip';
import { copy, pastBlanks } from './text';
import { unescape } from './unescape';

// The header, in bytes from the table's address.
const NEXT_FIELD: usize = 0;
const FIELDS_END: usize = 4;
const SLOTS: usize = 8;
const SLOT_MASK: usize = 12;
const NEXT_TEXT: usize = 16;
const TEXT_END: usize = 20;
/** Where a name can be written without its escapes: as large as the longest key. */
const SCRATCH: usize = 24;
/** The root, laid out as a field: the object that is the document. */
export const ROOT: usize = 64;

// A field, in bytes from its address. What comes after 32 belongs to whoever uses the table.
const FIELD_SIZE: usize = 64;
// First of all it is a pattern.
const HASH: usize = 12;
/** The field whose member this is. */
export const OWNER: usize = 16;
/** The field expected after this one. */
export const NEXT: usize = 20;
/** The field expected first in the value of this one. */
export const FIRST: usize = 24;
/** When it was last seen. */
export const STAMP: usize = 28;

/** Makes an empty table at `table`; its root is expected after everything and matches nothing. */
export function initialize(
  table: usize,
  fieldsEnd: usize,
  slots: usize,
  slotMask: u32,
  text: usize,
  textEnd: usize,
  scratch: usize,
): void {
  memory.fill(table, 0, ROOT + FIELD_SIZE);
  memory.fill(slots, 0, (<usize>slotMask + 1) << 2);
  store<u32>(table, <u32>(table + ROOT + FIELD_SIZE), NEXT_FIELD);
  store<u32>(table, <u32>fieldsEnd, FIELDS_END);
  store<u32>(table, <u32>slots, SLOTS);
  store<u32>(table, slotMask, SLOT_MASK);
  store<u32>(table, <u32>text, NEXT_TEXT);
  store<u32>(table, <u32>textEnd, TEXT_END);
  store<u32>(table, <u32>scratch, SCRATCH);
  const root = table + ROOT;
  setPattern(root, root, 0);
  closePattern(root);
  store<u32>(root, <u32>root, NEXT);
  store<u32>(root, <u32>root, FIRST);
}

/** The address after the colon of the key that {@link locate} or {@link soon} has looked for. */
export let afterKey: usize = 0;

/**
 * The field whose key is at `p`, if it is one of the two after the one expected by `link`: members
 * may be missing. Otherwise 0.
 */
export function soon(link: usize, p: usize): usize {
  let field = <usize>load<u32>(<usize>load<u32>(link), NEXT);
  for (let tries = 0; tries < 2; tries++) {
    if (isLike(field, p)) {
      afterKey = p + patternLength(field);
      return field;
    }
    field = load<u32>(field, NEXT);
  }
  return 0;
}

/**
 * The field of `owner` whose key is at `p`, with valid JSON there; 0 when there is none. `link`
 * expects it from now on.
 */
export function locate(table: usize, owner: usize, link: usize, p: usize): usize {
  readKey(table, p);
  const field = find(table, owner, key, keySize, hash(owner, key, keySize));
  if (field) store<u32>(link, <u32>field);
  return field;
}

/** The key that was read last, without its escapes. */
let key: usize = 0;
let keySize: usize = 0;

function readKey(table: usize, p: usize): void {
  key = p + 1;
  const end = stringEnd(key);
  p = pastBlanks(end + 1);
  afterKey = p + 1;
  keySize = end - key;
  if (escaped) {
    const scratch = <usize>load<u32>(table, SCRATCH);
    keySize = unescape(key, end, scratch, keySize) - scratch;
    key = scratch;
  }
}

/** Adds the key that {@link locate} did not find, expected by `link` from now on; 0 when the table is full. */
export function addKey(table: usize, owner: usize, link: usize): usize {
  const field = add(table, owner, key, keySize);
  if (field) store<u32>(link, <u32>field);
  return field;
}

/** The field of `owner` with the name of `size` bytes at `name`, added when it is new; 0 when the table is full. */
export function add(table: usize, owner: usize, name: usize, size: usize): usize {
  const code = hash(owner, name, size);
  const known = find(table, owner, name, size, code);
  if (known) return known;
  const field = <usize>load<u32>(table, NEXT_FIELD);
  const pattern = <usize>load<u32>(table, NEXT_TEXT);
  // Copies and loads touch up to fifteen bytes after the text.
  const next = (pattern + size + 34) & ~15;
  if (field + FIELD_SIZE > load<u32>(table, FIELDS_END) || next > load<u32>(table, TEXT_END)) {
    return 0;
  }
  store<u32>(table, <u32>(field + FIELD_SIZE), NEXT_FIELD);
  store<u32>(table, <u32>next, NEXT_TEXT);
  memory.fill(field, 0, FIELD_SIZE);
  store<u8>(pattern, 34);
  copy(pattern + 1, name, size);
  store<u16>(pattern + 1 + size, 0x3a22);
  setPattern(field, pattern, size + 3);
  if (mustEscape(name, size)) closePattern(field);
  store<u32>(field, code, HASH);
  store<u32>(field, <u32>owner, OWNER);
  store<u32>(field, <u32>(table + ROOT), NEXT);
  store<u32>(field, <u32>(table + ROOT), FIRST);
  store<u32>(freeSlot(table, code), <u32>field);
  return field;
}

/** Whether JSON cannot have the name as it is. */
function mustEscape(name: usize, size: usize): bool {
  for (let i: usize = 0; i < size; i++) {
    const byte = load<u8>(name + i);
    if (byte == 34 || byte == 92 || byte < 32) return true;
  }
  return false;
}

function find(table: usize, owner: usize, name: usize, size: usize, code: u32): usize {
  const slots = <usize>load<u32>(table, SLOTS);
  const mask = load<u32>(table, SLOT_MASK);
  for (let slot = code & mask; ; slot = (slot + 1) & mask) {
    const field = <usize>load<u32>(slots + ((<usize>slot) << 2));
    if (!field) break;
    const same =
      load<u32>(field, HASH) == code &&
      load<u32>(field, OWNER) == <u32>owner &&
      patternLength(field) == size + 3;
    if (same && isSame(name, patternAddress(field) + 1, size)) return field;
  }
  return 0;
}

function freeSlot(table: usize, code: u32): usize {
  const slots = <usize>load<u32>(table, SLOTS);
  const mask = load<u32>(table, SLOT_MASK);
  let slot = code & mask;
  while (load<u32>(slots + ((<usize>slot) << 2))) slot = (slot + 1) & mask;
  return slots + ((<usize>slot) << 2);
}

function hash(owner: usize, name: usize, size: usize): u32 {
  let state = ((<u64>owner) << 32) | <u64>size;
  for (; size >= 8; size -= 8) {
    state = mix(state, load<u64>(name));
    name += 8;
  }
  if (size) state = mix(state, load<u64>(name) & (((<u64>1) << ((<u64>size) << 3)) - 1));
  return <u32>(state ^ (state >> 29));
}

function mix(state: u64, word: u64): u64 {
  state = (state ^ word) * 0x9e3779b97f4a7c15;
  return state ^ (state >> 32);
}
