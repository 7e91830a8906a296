import { containerEnd } from './scan';

// Finds store requests that are laid out as the runtime lays them out. Any other is left to a reader that
// takes every form, or says what is wrong with it. Behind the end of what is read there are 64
// bytes more.

/** The rows of a column of what is found. */
export const most: u32 = 4096;

/** Where the first message is that was not taken. */
export let consumed: u32 = 0;
/** The binding of all that were taken. */
export let binding: u32 = 0;

// What is being read.
let own: u32 = 0;
let flags: u32 = 0;
let keyStart: u32 = 0;
let keyEnd: u32 = 0;
let valuesStart: u32 = 0;
let valuesEnd: u32 = 0;
let docStart: u32 = 0;
let docEnd: u32 = 0;

/**
 * Takes lines of JSON from `start` on, as long as they are stores of one binding with a key that is not
 * packed, and answers how many.
 */
export function jsonStores(items: u32, start: u32, end: u32): u32 {
  let count: u32 = 0;
  consumed = start;
  while (count < most && consumed < end) {
    const next = jsonStore(consumed, end);
    if (next === 0 || (count > 0 && own !== binding)) break;
    add(items, count++);
    consumed = next;
  }
  return count;
}

/** As {@link jsonStores}, of frames of protobuf, with keys that are packed. */
export function protoStores(items: u32, start: u32, end: u32): u32 {
  let count: u32 = 0;
  consumed = start;
  while (count < most && consumed < end) {
    const next = protoStore(consumed, end);
    if (next === 0 || (count > 0 && own !== binding)) break;
    add(items, count++);
    consumed = next;
  }
  return count;
}

function begin(): void {
  own = 0;
  flags = 0;
  keyStart = 0;
  keyEnd = 0;
  valuesStart = 0;
  valuesEnd = 0;
  docStart = 0;
  docEnd = 0;
}

function add(items: u32, row: u32): void {
  binding = own;
  const at = items + (row << 2);
  store<u32>(at, keyStart);
  store<u32>(at, keyEnd, 4 * most);
  store<u32>(at, valuesStart, 8 * most);
  store<u32>(at, valuesEnd, 12 * most);
  store<u32>(at, docStart, 16 * most);
  store<u32>(at, docEnd, 20 * most);
  store<u32>(at, flags, 24 * most);
}

/** Reads the line at `start`. Answers where the next one begins; 0 when it is not taken. */
function jsonStore(start: u32, end: u32): u32 {
  // {"store":{
  if (load<u64>(start) !== 0x2265726f7473227b || load<u16>(start, 8) !== 0x7b3a) return 0;
  begin();
  let at = start + 10;
  for (;;) {
    const name = load<u64>(at);
    if ((name & 0xffff_ffff_ffff) === 0x3a2279656b22) {
      keyStart = at + 6;
      if (load<u8>(keyStart) !== 0x5b) return 0;
      at = keyEnd = containerEnd(keyStart, end);
    } else if (name === 0x227365756c617622 && load<u8>(at, 8) === 0x3a) {
      valuesStart = at + 9;
      if (load<u8>(valuesStart) !== 0x5b) return 0;
      at = valuesEnd = containerEnd(valuesStart, end);
    } else if ((name & 0xffff_ffff_ffff) === 0x3a22636f6422) {
      docStart = at + 6;
      if (load<u8>(docStart) !== 0x7b) return 0;
      at = docEnd = containerEnd(docStart, end);
    } else if (name === 0x2273747369786522 && load<u8>(at, 8) === 0x3a) at = jsonFlag(at + 9, 1);
    else if (name === 0x226574656c656422 && load<u8>(at, 8) === 0x3a) at = jsonFlag(at + 9, 2);
    else if (name === 0x6e69646e696222 + ((<u64>0x67) << 56) && load<u16>(at, 8) === 0x3a22) {
      at = jsonBinding(at + 10);
    } else return 0;
    if (at === 0 || at >= end) return 0;
    const next = load<u8>(at++);
    if (next === 0x2c) continue;
    if (next !== 0x7d || keyEnd === 0 || at + 2 > end || load<u16>(at) !== 0x0a7d) return 0;
    return at + 2;
  }
}

function jsonFlag(at: u32, flag: u32): u32 {
  const word = load<u32>(at);
  if (word === 0x65757274) {
    flags |= flag;
    return at + 4;
  }
  return word === 0x736c6166 && load<u8>(at, 4) === 0x65 ? at + 5 : 0;
}

/** Nine digits at most, which are no overflow. */
function jsonBinding(start: u32): u32 {
  let at = start;
  let value: u32 = 0;
  for (; at - start < 9; at++) {
    const digit: u32 = <u32>load<u8>(at) - 0x30;
    if (digit > 9) break;
    value = value * 10 + digit;
  }
  own = value;
  return at === start ? 0 : at;
}

/** Where the varint that {@link varint} has read ends. */
let varintEnd: u32 = 0;

/** A varint of up to four bytes; all ones for a longer one. */
function varint(at: u32): u32 {
  let value: u32 = 0;
  for (let index: u32 = 0; index < 4; index++) {
    const byte: u32 = load<u8>(at + index);
    value |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) {
      varintEnd = at + index + 1;
      return value;
    }
  }
  return 0xffff_ffff;
}

/** Reads the frame at `start`. Answers where the next one begins; 0 when it is not taken. */
function protoStore(start: u32, end: u32): u32 {
  if (end - start < 8) return 0;
  const size = load<u32>(start);
  if (size > end - start - 4) return 0;
  const stop = start + 4 + size;
  if (load<u8>(start, 4) !== 0x3a) return 0;
  const length = varint(start + 5);
  if (length !== stop - varintEnd) return 0;
  begin();
  let at = varintEnd;
  while (at < stop) {
    const key: u32 = load<u8>(at);
    const value = varint(at + 1);
    if (value === 0xffff_ffff || varintEnd > stop) return 0;
    at = varintEnd;
    if (key === 0x08) {
      own = value;
      continue;
    }
    if (key === 0x38 || key === 0x40) {
      if (value !== 0) flags |= key === 0x38 ? 1 : 2;
      continue;
    }
    if (value === 0 || value > stop - at) return 0;
    if (key === 0x1a) {
      keyStart = at;
      keyEnd = at + value;
    } else if (key === 0x2a) {
      valuesStart = at;
      valuesEnd = at + value;
    } else if (key === 0x32) {
      docStart = at;
      docEnd = at + value;
    } else return 0;
    at += value;
  }
  return keyEnd === 0 ? 0 : stop;
}
