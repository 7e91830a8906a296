// Finds texts that come again. An address is a number of bytes from the start of the memory, and 16
// bytes behind whatever is read may be read as well.

/** How many different texts there are. */
export let entryCount: u32 = 0;
/** Where the texts end. */
export let textsEnd: usize = 0;
/** Where the numbers end. */
export let outEnd: usize = 0;
/** Not 0 when the last texts were not all the same. */
export let varied: u32 = 0;

const MOST_ENTRIES: u32 = 256;
const SLOT_MASK: u32 = 511;

/**
 * Writes the number of each text from `p` to `end` to `out`, a byte each. Texts that are new get the
 * next number, and are appended at `newTexts`; false when that would be more than 256, or pass `limit`.
 *
 * A text is its length in four bytes, and its bytes. `slots` is a hash table of 512 times two bytes:
 * the number of a text plus 1. Text `i` begins at the address that is at `starts`, four bytes each.
 */
export function findTexts(
  p: usize,
  end: usize,
  slots: usize,
  starts: usize,
  count: u32,
  newTexts: usize,
  limit: usize,
  out: usize,
): bool {
  entryCount = count;
  textsEnd = newTexts;
  varied = 0;
  let last: usize = p;
  let index: u32 = 0;
  let first: u32 = 0;
  let isFirst = true;
  while (p < end) {
    const size = <usize>load<u32>(p);
    if (isFirst || !isSame(p, last, size + 4)) {
      const slot = slotOf(p, size, slots, starts);
      index = load<u16>(slot);
      if (!index) {
        if (entryCount == MOST_ENTRIES || textsEnd + size + 4 > limit) return false;
        store<u32>(starts + ((<usize>entryCount) << 2), <u32>textsEnd);
        memory.copy(textsEnd, p, size + 4);
        textsEnd += size + 4;
        index = ++entryCount;
        store<u16>(slot, index);
      }
      last = load<u32>(starts + ((<usize>--index) << 2));
      if (isFirst) first = index;
      isFirst = false;
      varied |= index ^ first;
    }
    store<u8>(out++, index);
    p += size + 4;
  }
  outEnd = out;
  return true;
}

/** The slot of the text at `p`, or the one where it belongs. */
function slotOf(p: usize, size: usize, slots: usize, starts: usize): usize {
  let slot = hash(p + 4, size) & SLOT_MASK;
  let at = slots + ((<usize>slot) << 1);
  let entry = <usize>load<u16>(at);
  // There are twice as many slots as texts.
  while (entry && !isSame(p, load<u32>(starts + ((entry - 1) << 2)), size + 4)) {
    slot = (slot + 1) & SLOT_MASK;
    at = slots + ((<usize>slot) << 1);
    entry = <usize>load<u16>(at);
  }
  return at;
}

/** Of the length and up to sixteen bytes: texts that are alike only there are compared. */
function hash(text: usize, size: usize): u32 {
  const isShort = size < 8;
  const mask = isShort ? ((<u64>1) << ((<u64>size) << 3)) - 1 : ~(<u64>0);
  const begin = load<u64>(text) & mask;
  const rest = isShort ? 0 : load<u64>(text + size - 8);
  let state = (begin ^ <u64>size) * 0x9e3779b97f4a7c15;
  state = (state ^ (state >> 32) ^ rest) * 0xbf58476d1ce4e5b9;
  return <u32>(state >> 40);
}

/** Whether `size` bytes at two addresses are the same. */
function isSame(a: usize, b: usize, size: usize): bool {
  for (; size > 16; size -= 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(a), v128.load(b)))) return false;
    a += 16;
    b += 16;
  }
  const mask = (1 << (<u32>size)) - 1;
  return (i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b))) & mask) == mask;
}
