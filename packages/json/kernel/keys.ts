import { closePattern, isLike, setPattern } from './pattern';

// What the keys of the last documents looked like, in their order, each a pattern.

export const KEY_SIZE: usize = 16;
/** After members that are missing, the key is one of the next ones. */
const MORE_TRIES: usize = 2 * KEY_SIZE;

let keys: usize = 0;
let keysEnd: usize = 0;
let keysLimit: usize = 0;
let learning: bool = false;
let misses: usize = 0;

/** Forgets all keys; those noted from now on are kept from `at` to `limit`. */
export function forgetKeys(at: usize, limit: usize): void {
  keys = at;
  keysEnd = at;
  keysLimit = limit - MORE_TRIES - KEY_SIZE;
  misses = 1;
}

/** The key expected first in the next document. When the last one had many others, this one is learned. */
export function firstKey(): usize {
  learning = misses * KEY_SIZE * 4 > keysEnd - keys;
  misses = 0;
  if (learning) {
    keysEnd = keys;
    closeKeys();
  }
  return keys;
}

/** The key like that at `p` which is expected soon after `expected`; 0 when there is none. */
export function laterKey(expected: usize, p: usize): usize {
  const last = expected + MORE_TRIES;
  while (expected < last) {
    expected += KEY_SIZE;
    if (isLike(expected, p)) return expected;
  }
  return 0;
}

/** Notes the key from `start` to after its colon at `end`; returns what is expected after it. */
export function noteKey(expected: usize, start: usize, end: usize): usize {
  if (!learning) {
    misses++;
    return expected;
  }
  // With white space before its colon, a key would hide a line break.
  if (keysEnd == keysLimit || load<u8>(end - 2) != 34) return expected;
  setPattern(keysEnd, start, end - start);
  keysEnd += KEY_SIZE;
  closeKeys();
  return keysEnd;
}

/** Puts keys after the last that nothing is like, as many as may be tried. */
function closeKeys(): void {
  for (let key = keysEnd; key <= keysEnd + MORE_TRIES; key += KEY_SIZE) {
    setPattern(key, 0, 0);
    closePattern(key);
  }
}
