import { closePattern, isLike, patternLength, setPattern } from '../../json/kernel/pattern';

// The names that the last document began with, in their order, each a pattern with its quotes and colon: what comes in
// the same order needs no look at its characters. They are as good as the documents are in memory.

const ENTRY_SIZE: usize = 16;
/** The member of this name that is looked for, or 0. */
const MEMBER: usize = 12;

let first: usize = 0;
let limit: usize = 0;

/** Forgets all names; those noted from now on are kept from `at` to `end`. */
export function forgetNames(at: usize, end: usize): void {
  first = at;
  // One may be missing, so two are tried.
  limit = end - 2 * ENTRY_SIZE;
  close(first);
}

/** What is expected first. */
export function firstName(): usize {
  return first;
}

/** The entry like the name at `p`: the expected one, or the one after it; 0 when it is neither. */
export function nameLike(expected: usize, p: usize): usize {
  if (isLike(expected, p)) return expected;
  expected += ENTRY_SIZE;
  return isLike(expected, p) ? expected : 0;
}

export function memberOf(entry: usize): usize {
  return load<u32>(entry, MEMBER);
}

/** The address after the colon of the name at `p` that an entry is like. */
export function pastName(entry: usize, p: usize): usize {
  return p + patternLength(entry);
}

export function nextName(entry: usize): usize {
  return entry + ENTRY_SIZE;
}

/** Expects the name from `start` to after its colon at `end` in the place of all from `expected` on; what comes then. */
export function noteName(expected: usize, start: usize, end: usize, member: usize): usize {
  // Between a name and its colon there may be white space.
  if (expected >= limit || load<u8>(end - 2) != 34) return expected;
  setPattern(expected, start, end - start);
  store<u32>(expected, <u32>member, MEMBER);
  close(expected + ENTRY_SIZE);
  return expected + ENTRY_SIZE;
}

/** Expects nothing from an entry on. */
function close(entry: usize): void {
  for (let i: usize = 0; i < 2; i++) {
    setPattern(entry + i * ENTRY_SIZE, 0, 0);
    closePattern(entry + i * ENTRY_SIZE);
  }
}
