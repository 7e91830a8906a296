// Which keys the maps of a document have. A slot is four words: the number of the map, which no other map
// has had, where the key begins, where it ends, and its hash.

let table: usize = 0;
/** Slots with maps below this one are free. */
let oldest: u32 = 1;
let next: u32 = 1;
let used: u32 = 0;

const SLOTS: u32 = 1024;

/** The table is at `address`, and all of it is zero. */
export function setKeyTable(address: usize): void {
  table = address;
}

/** Forgets the keys of the document before. */
export function clearKeys(): void {
  if (next > 0x7fff_ffff) {
    memory.fill(table, 0, SLOTS << 4);
    next = 1;
  }
  oldest = next;
  used = 0;
}

/** The number of another map. */
export function openMap(): u32 {
  return next++;
}

/** Takes the key from `start` to `end`; false when the map has it, or when there are too many. */
export function addKey(map: u32, start: usize, end: usize): bool {
  const size = end - start;
  const first = load<u64>(start);
  const bits =
    size >= 8
      ? first ^ rotl<u64>(load<u64>(end - 8), 23)
      : first & (((<u64>1) << ((<u64>size) << 3)) - 1);
  const mixed = (bits ^ ((<u64>map) << 40) ^ <u64>size) * 0x9e3779b97f4a7c15;
  const hash = <u32>(mixed >> 32);
  let slot = hash;
  while (true) {
    const at = table + ((<usize>(slot & (SLOTS - 1))) << 4);
    const owner = load<u32>(at);
    if (owner < oldest) {
      store<u32>(at, map);
      store<u32>(at, start, 4);
      store<u32>(at, end, 8);
      store<u32>(at, hash, 12);
      return ++used < SLOTS >> 1;
    }
    if (owner === map && load<u32>(at, 12) === hash) {
      const other: usize = load<u32>(at, 4);
      if (<usize>load<u32>(at, 8) - other === size && isSame(start, other, size)) return false;
    }
    slot++;
  }
}

function isSame(a: usize, b: usize, size: usize): bool {
  for (let i: usize = 0; i < size; i++) if (load<u8>(a + i) !== load<u8>(b + i)) return false;
  return true;
}
