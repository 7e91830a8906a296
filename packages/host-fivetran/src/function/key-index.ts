/** Remembers which row has a key, by the bytes of the key: no object and no text for each of them. */
export class KeyIndex {
  /** The keys, one after the other, and behind them the one that is being written. */
  #bytes = new Uint8Array(4096);
  /** Where the last key ends. */
  #length = 0;
  /** Where the key ends that is being written. */
  #at = 0;
  readonly #ends: number[] = [];
  readonly #hashes: number[] = [];
  readonly #rows: number[] = [];
  /** By hash: the number of a key and 1, or 0. Their count is a power of two. */
  #slots = new Int32Array(1024);

  /** Writes a part of the next key. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const size = end - start;
    if (this.#at + size > this.#bytes.length) this.#grow(this.#at + size);
    const target = this.#bytes;
    let at = this.#at;
    for (let index = start; index < end; index++) target[at++] = bytes[index] ?? 0;
    this.#at = at;
  }

  /** Ends the key, and says that `row` has it. Answers the row that had it before, or -1. */
  put(row: number): number {
    const start = this.#length;
    const hash = hashOf(this.#bytes, start, this.#at);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const key = (this.#slots[slot] ?? 0) - 1;
      if (key === -1) break;
      if (this.#hashes[key] === hash && this.#isLast(key)) {
        const before = this.#rows[key] ?? -1;
        this.#rows[key] = row;
        this.#at = start;
        return before;
      }
      slot = (slot + 1) & mask;
    }
    this.#length = this.#at;
    this.#ends.push(this.#at);
    this.#hashes.push(hash);
    this.#rows.push(row);
    this.#slots[slot] = this.#ends.length;
    if (this.#ends.length * 2 > this.#slots.length) this.#spread();
    return -1;
  }

  /** Forgets the part of a key that was written, as there is no whole one. */
  drop(): void {
    this.#at = this.#length;
  }

  /** Whether a key is the one that is being written. */
  #isLast(key: number): boolean {
    const from = key === 0 ? 0 : (this.#ends[key - 1] ?? 0);
    const size = (this.#ends[key] ?? 0) - from;
    if (size !== this.#at - this.#length) return false;
    const bytes = this.#bytes;
    for (let index = 0; index < size; index++) {
      if (bytes[from + index] !== bytes[this.#length + index]) return false;
    }
    return true;
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }

  /** Gives the keys twice as many slots. */
  #spread(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let key = 0; key < this.#hashes.length; key++) {
      let slot = (this.#hashes[key] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = key + 1;
    }
    this.#slots = slots;
  }
}

/** FNV-1a, mixed so that its low bits depend on all. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) {
    hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 1;
}
