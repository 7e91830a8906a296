import {
  giveMemory,
  grownBytes,
  grownNumbers,
  noBytes,
  noNumbers,
  takeMemory,
} from './memory-pool.ts';

/** Keys of rows one after the other, as {@link KeyIndex} writes them. */
export interface Keys {
  readonly count: number;
  readonly bytes: Uint8Array;
  /** Where each key ends in `bytes`. */
  readonly ends: Uint32Array;
  /** How many, from the first one on, are known to ascend, beginning after {@link KeyIndex.last}. */
  readonly ascending: number;
}

/**
 * Remembers which row has a key, by the bytes of the key: no object and no text for each of them. As long as keys come in
 * an ascending order, each is a new one, and they are only written down; from the first on that does not, they are hashed.
 */
export class KeyIndex {
  /** The keys, one after the other, and behind them the one that is being written. */
  #bytes = noBytes;
  /** Where the last key ends. */
  #length = 0;
  /** Where the key ends that is being written. */
  #at = 0;
  #count = 0;
  #ends = noNumbers;
  #rows = noNumbers;
  #hashes = noNumbers;
  /** By hash: the number of a key and 1, or 0. Their count is a power of two; there are none while keys ascend. */
  #slots = noNumbers;

  /** The last key as long as keys ascend, nothing before the first one; undefined once they are hashed. */
  get last(): Uint8Array | undefined {
    if (this.#slots.length > 0) return undefined;
    return this.#bytes.subarray(this.#startOf(this.#count - 1), this.#length);
  }

  /** Writes a part of the next key. Each value of it is followed by an end of line, which no value has inside. */
  add(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = grownBytes(this.#bytes, this.#at + end - start);
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
    this.#hashes = grownNumbers(this.#hashes, this.#count + 1);
    this.#hashes[this.#count] = hash;
    this.#append(row);
    this.#slots[slot] = this.#count;
    if (this.#count * 2 > this.#slots.length) this.#spread(this.#slots.length * 2);
    return -1;
  }

  /**
   * Puts whole keys of the rows `row`, `row + step` and so on. Says of each that was known which row
   * had it before.
   */
  putAll(keys: Keys, row: number, step: number, replaced: (before: number) => void): void {
    const { count, bytes, ends } = keys;
    const ascending = this.#slots.length === 0 ? keys.ascending : 0;
    if (ascending > 0) this.#appendAll(keys, ascending, row, step);
    for (let key = ascending; key < count; key++) {
      this.add(bytes, key === 0 ? 0 : (ends[key - 1] ?? 0), ends[key] ?? 0);
      const before = this.put(row + key * step);
      if (before !== -1) replaced(before);
    }
  }

  /** Forgets the part of a key that was written, as there is no whole one. */
  drop(): void {
    this.#at = this.#length;
  }

  /** Gives the memory back for other keys. Nothing can be done with these ones afterwards. */
  release(): void {
    for (const numbers of [this.#ends, this.#rows, this.#hashes, this.#slots]) giveMemory(numbers);
    giveMemory(this.#bytes);
    this.#bytes = noBytes;
    this.#ends = noNumbers;
    this.#rows = noNumbers;
    this.#hashes = noNumbers;
    this.#slots = noNumbers;
  }

  #append(row: number): void {
    this.#reserve(1);
    this.#ends[this.#count] = this.#at;
    this.#rows[this.#count] = row;
    this.#count++;
    this.#length = this.#at;
  }

  /** Appends the first of some keys. */
  #appendAll({ bytes, ends }: Keys, count: number, row: number, step: number): void {
    const size = ends[count - 1] ?? 0;
    this.#bytes = grownBytes(this.#bytes, this.#length + size);
    this.#bytes.set(bytes.subarray(0, size), this.#length);
    this.#reserve(count);
    for (let key = 0; key < count; key++) {
      this.#ends[this.#count + key] = this.#length + (ends[key] ?? 0);
      this.#rows[this.#count + key] = row + key * step;
    }
    this.#count += count;
    this.#length += size;
    this.#at = this.#length;
  }

  #reserve(keys: number): void {
    this.#ends = grownNumbers(this.#ends, this.#count + keys);
    this.#rows = grownNumbers(this.#rows, this.#count + keys);
  }

  #startOf(key: number): number {
    return key <= 0 ? 0 : (this.#ends[key - 1] ?? 0);
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

  /** Hashes the keys that there are, each of which is another one. */
  #hashAll(): void {
    this.#hashes = grownNumbers(this.#hashes, this.#count);
    for (let key = 0; key < this.#count; key++) {
      this.#hashes[key] = hashOf(this.#bytes, this.#startOf(key), this.#ends[key] ?? 0);
    }
    let slots = 1024;
    while (slots < this.#count * 2) slots *= 2;
    this.#spread(slots);
  }

  /** Gives the keys so many slots. */
  #spread(count: number): void {
    const slots = new Uint32Array(takeMemory(count * 4), 0, count).fill(0);
    const mask = count - 1;
    for (let key = 0; key < this.#count; key++) {
      let slot = (this.#hashes[key] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = key + 1;
    }
    giveMemory(this.#slots);
    this.#slots = slots;
  }
}

const quote = 0x22;
const separatorByte = 0x0a;

/** FNV-1a, mixed so that its low bits depend on all. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) {
    hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 1;
}
