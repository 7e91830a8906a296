// What the keys of the last documents looked like, in their order. A key that looks like the one
// expected needs no look at its characters, and where it ends is known without one.

/** One key: the address of its opening quote, how many bytes it has up to its colon, the mask. */
export const KEY_SIZE: usize = 16;
const LENGTH: usize = 4;
/** The bits of its first sixteen bytes that count. */
const MASK: usize = 8;

/** No bit of sixteen bytes: what is masked with it never matches. */
const NEVER: u32 = 0x10000;
/** After a member that is missing, the key is one of the next ones. */
export const LAST_TRY: usize = 2 * KEY_SIZE;

let keys: usize = 0;
let keysEnd: usize = 0;
let keysLimit: usize = 0;
let learning: bool = false;
let misses: usize = 0;

/** Forgets all keys; those noted from now on are kept from `at` to `limit`. */
export function forgetKeys(at: usize, limit: usize): void {
  keys = at;
  keysLimit = limit - LAST_TRY - KEY_SIZE;
  misses = 1;
  keysEnd = at;
}

/** The key expected first in the next document. When the last one had many others, this one is learned. */
export function firstKey(): usize {
  learning = misses * KEY_SIZE * 4 > keysEnd - keys;
  misses = 0;
  if (learning) {
    keysEnd = keys;
    endKeys();
  }
  return keys;
}

/** Whether the key at `p` looks like the known one. */
export function isKey(known: usize, p: usize): bool {
  const key = <usize>load<u32>(known);
  const mask = load<u32>(known, MASK);
  if ((i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(key))) & mask) != mask) return false;
  const length = load<u32>(known, LENGTH);
  return length <= 16 || isSame(p + 16, key + 16, length - 16);
}

/** How many bytes a known key has, with its colon. */
export function keyLength(known: usize): usize {
  return load<u32>(known, LENGTH);
}

/** Notes the key from `start` to after its colon at `end`; returns what is expected after it. */
export function noteKey(known: usize, start: usize, end: usize): usize {
  if (!learning) {
    misses++;
    return known;
  }
  // With white space before its colon, a key would hide a line break.
  if (keysEnd == keysLimit || load<u8>(end - 2) != 34) return known;
  const length = end - start;
  store<u32>(keysEnd, <u32>start);
  store<u32>(keysEnd, <u32>length, LENGTH);
  store<u32>(keysEnd, length < 16 ? (1 << <u32>length) - 1 : 0xffff, MASK);
  keysEnd += KEY_SIZE;
  endKeys();
  return keysEnd;
}

/** Puts keys after the last that match nothing, as many as may be tried. */
function endKeys(): void {
  for (let key = keysEnd; key <= keysEnd + LAST_TRY; key += KEY_SIZE) {
    store<u32>(key, 0);
    store<u32>(key, NEVER, MASK);
  }
}

function isSame(a: usize, b: usize, size: usize): bool {
  for (; size > 16; size -= 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(a), v128.load(b)))) return false;
    a += 16;
    b += 16;
  }
  const mask = (1 << <u32>size) - 1;
  return (i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b))) & mask) == mask;
}
