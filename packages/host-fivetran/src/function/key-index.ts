/**
 * Remembers which row has a key, by the bytes of the key: no object and no text for each of them. As long as keys come in
 * an ascending order, each is a new one, and they are only written down; from the first on that does not, they are hashed.
 */
export class KeyIndex {
  /** The keys, one after the other, and behind them the one that is being written. */
  #bytes = new Uint8Array(4096);
  /** Where the last key ends. */
  #length = 0;
  /** Where the key ends that is being written. */
  #at = 0;
  #count = 0;
  #ends = new Int32Array(256);
  #rows = new Int32Array(256);
  #hashes = new Int32Array(0);
  /** By hash: the number of a key and 1, or 0. Their count is a power of two; there are none while keys ascend. */
  #slots = new Int32Array(0);

  /** Writes a part of the next key. Each value of it is followed by an end of line, which no value has inside. */
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
    if (this.#slots.length === 0) {
      if (this.#ascends()) {
        this.#append(row);
        return -1;
      }
      this.#hashAll();
    }
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
    if (this.#count === this.#hashes.length) this.#hashes = doubled(this.#hashes);
    this.#hashes[this.#count] = hash;
    this.#append(row);
    this.#slots[slot] = this.#count;
    if (this.#count * 2 > this.#slots.length) this.#spread(this.#slots.length * 2);
    return -1;
  }

  /** Forgets the part of a key that was written, as there is no whole one. */
  drop(): void {
    this.#at = this.#length;
  }

  #append(row: number): void {
    if (this.#count === this.#ends.length) {
      this.#ends = doubled(this.#ends);
      this.#rows = doubled(this.#rows);
    }
    this.#ends[this.#count] = this.#at;
    this.#rows[this.#count] = row;
    this.#count++;
    this.#length = this.#at;
  }

  #startOf(key: number): number {
    return key === 0 ? 0 : (this.#ends[key - 1] ?? 0);
  }

  /**
   * Whether the key that is being written comes after all others: parts count from the first on, of which texts are in the
   * order of their bytes, and others in that of their lengths, then of their bytes, as integers are.
   */
  #ascends(): boolean {
    if (this.#count === 0) return true;
    const bytes = this.#bytes;
    let before = this.#startOf(this.#count - 1);
    let now = this.#length;
    // Parts that are the same are passed over with all that begins as they do.
    let partBefore = before;
    let partNow = now;
    while (before < this.#length && bytes[before] === bytes[now]) {
      const isEnd = bytes[now] === separatorByte;
      before++;
      now++;
      if (isEnd) {
        partBefore = before;
        partNow = now;
      }
    }
    // The same key once more.
    if (before === this.#length) return false;
    const isText = bytes[partBefore] === quote;
    if (isText || bytes[partNow] === quote) return (bytes[before] ?? 0) < (bytes[now] ?? 0);
    const sizeBefore = bytes.indexOf(separatorByte, before) - partBefore;
    const sizeNow = bytes.indexOf(separatorByte, now) - partNow;
    if (sizeBefore !== sizeNow) return sizeBefore < sizeNow;
    return (bytes[before] ?? 0) < (bytes[now] ?? 0);
  }

  /** Whether a key is the one that is being written. */
  #isLast(key: number): boolean {
    const from = this.#startOf(key);
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

  /** Hashes the keys that there are, each of which is another one. */
  #hashAll(): void {
    this.#hashes = new Int32Array(this.#ends.length);
    for (let key = 0; key < this.#count; key++) {
      this.#hashes[key] = hashOf(this.#bytes, this.#startOf(key), this.#ends[key] ?? 0);
    }
    let slots = 1024;
    while (slots < this.#count * 2) slots *= 2;
    this.#spread(slots);
  }

  /** Gives the keys so many slots. */
  #spread(count: number): void {
    const slots = new Int32Array(count);
    const mask = count - 1;
    for (let key = 0; key < this.#count; key++) {
      let slot = (this.#hashes[key] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = key + 1;
    }
    this.#slots = slots;
  }
}

const quote = 0x22;
const separatorByte = 0x0a;

function doubled(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const more = new Int32Array(Math.max(256, numbers.length * 2));
  more.set(numbers);
  return more;
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
