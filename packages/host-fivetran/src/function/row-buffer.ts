import type { Lines } from '@fairlead/json';
import { startOf } from '@fairlead/sdk';
import {
  giveMemory,
  grownBytes,
  grownNumbers,
  noBytes,
  noNumbers,
  takeMemory,
} from './memory-pool.ts';

/**
 * Rows of an array of JSON, in order, as bytes. Rows can be taken out again, and everything that was
 * done since a mark can be undone.
 */
export class RowBuffer {
  /** Each row, and a comma. All are of one size, but the first one is smaller as long as it is the only one. */
  #blocks: Uint8Array<ArrayBuffer>[] = [];
  #sizeBytes = 0;
  #count = 0;
  #ends = noNumbers;
  /** By row: 1 for those that were taken out by themselves. */
  #gone = noBytes;
  /** Those of them that were there at the mark. */
  #goneSinceMark: number[] = [];
  /** Rows before it are out. */
  #first = 0;
  #liveCount = 0;
  #liveBytes = 0;
  #mark = { count: 0, first: 0, liveCount: 0, liveBytes: 0 };
  /** The rows that are in, when they were put together anew. */
  #packed: RowBuffer | undefined;

  /** Rows that were ever added, which is the number of the next one. */
  get count(): number {
    return this.#count;
  }

  /** Rows that are in. */
  get liveCount(): number {
    return this.#liveCount;
  }

  /** Bytes of the rows that are in, with a comma each. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** Adds the objects of lines from one index up to another as they are. */
  addAll(lines: Lines, from: number, to: number): void {
    const { bytes, ends } = lines;
    const start = startOf(lines, from);
    const stop = startOf(lines, to);
    const shift = this.#sizeBytes - start;
    this.#append(bytes.subarray(start, stop));
    this.#reserve(to - from);
    const blocks = this.#blocks;
    const ownEnds = this.#ends;
    let row = this.#count;
    for (let index = from; index < to; index++) {
      const end = (ends[index] ?? 0) + shift;
      ownEnds[row++] = end;
      const block = blocks[(end - 1) >>> blockBits];
      if (block !== undefined) block[(end - 1) & blockMask] = comma;
    }
    this.#count = row;
    this.#liveCount += to - from;
    this.#liveBytes += stop - start;
  }

  /** Adds one row, which is a JSON object without an end of line. */
  add(row: Uint8Array): void {
    this.#append(row);
    this.#append(commaBytes);
    this.#reserve(1);
    this.#ends[this.#count++] = this.#sizeBytes;
    this.#liveCount++;
    this.#liveBytes += row.length + 1;
  }

  /** Takes a row out, unless it is out already. */
  remove(row: number): void {
    if (row < this.#first || this.#gone[row] === 1) return;
    this.#gone[row] = 1;
    if (row < this.#mark.count) this.#goneSinceMark.push(row);
    this.#liveCount--;
    this.#liveBytes -= this.#endOf(row) - this.#startOf(row);
  }

  /** Takes all rows out. */
  removeAll(): void {
    this.#first = this.#count;
    this.#liveCount = 0;
    this.#liveBytes = 0;
  }

  /** Rows that are in stay in, whatever is undone later. */
  mark(): void {
    this.#mark = {
      count: this.#count,
      first: this.#first,
      liveCount: this.#liveCount,
      liveBytes: this.#liveBytes,
    };
    this.#goneSinceMark = [];
  }

  /** Makes the rows what they were at the last mark. */
  undo(): void {
    const { count, first, liveCount, liveBytes } = this.#mark;
    this.#count = count;
    this.#sizeBytes = this.#startOf(count);
    this.#first = first;
    this.#liveCount = liveCount;
    this.#liveBytes = liveBytes;
    for (const row of this.#goneSinceMark) this.#gone[row] = 0;
    this.#goneSinceMark = [];
  }

  /** The rows that are in, with commas between them, in pieces; good until rows change or are encoded again. */
  encode(): readonly Uint8Array[] {
    const pieces = [...this.#livePieces()];
    const last = pieces.pop();
    if (last === undefined) return [];
    // No comma is after the last row, and it may be a piece alone.
    return last.length === 1 ? pieces : [...pieces, last.subarray(0, -1)];
  }

  /** Gives the memory back for other rows. Nothing can be done with these ones afterwards. */
  release(): void {
    for (const memory of [this.#ends, this.#gone, ...this.#blocks]) giveMemory(memory);
    this.#packed?.release();
    this.#packed = undefined;
    this.#ends = noNumbers;
    this.#gone = noBytes;
    this.#blocks = [];
  }

  #livePieces(): Iterable<Uint8Array> {
    const runs = this.#liveRuns();
    if (runs.length < 2 || this.#liveBytes / runs.length >= shortRunBytes) {
      return runs.flatMap(([from, to]) => [...this.#pieces(from, to)]);
    }
    // Many short pieces would take longer to hand out than one copy.
    this.#packed?.release();
    const packed = new RowBuffer();
    for (const [from, to] of runs) {
      for (const piece of this.#pieces(from, to)) packed.#append(piece);
    }
    this.#packed = packed;
    return packed.#pieces(0, packed.#sizeBytes);
  }

  /** Where rows that are in begin and end, those one after the other together. */
  #liveRuns(): readonly (readonly [number, number])[] {
    const runs: [number, number][] = [];
    for (let row = this.#first; row < this.#count; row++) {
      if (this.#gone[row] === 1) continue;
      const from = row;
      while (row < this.#count && this.#gone[row] !== 1) row++;
      runs.push([this.#startOf(from), this.#startOf(row)]);
    }
    return runs;
  }

  *#pieces(from: number, to: number): Generator<Uint8Array> {
    for (let at = from; at < to;) {
      const end = Math.min(to, ((at >>> blockBits) + 1) * blockBytes);
      const block = this.#blocks[at >>> blockBits];
      if (block !== undefined) yield block.subarray(at & blockMask, end - at + (at & blockMask));
      at = end;
    }
  }

  #append(bytes: Uint8Array): void {
    if (this.#sizeBytes + bytes.length > mostBytes) throw new Error('there are too many rows');
    for (let done = 0; done < bytes.length;) {
      const left = bytes.length - done;
      const block = this.#lastBlock(left);
      const at = this.#sizeBytes & blockMask;
      const size = Math.min(left, block.length - at);
      block.set(size === bytes.length ? bytes : bytes.subarray(done, done + size), at);
      done += size;
      this.#sizeBytes += size;
    }
  }

  /** The block that has room for the next byte. */
  #lastBlock(wanted: number): Uint8Array {
    const index = this.#sizeBytes >>> blockBits;
    const at = this.#sizeBytes & blockMask;
    const last = this.#blocks[index];
    if (last !== undefined && at < last.length) return last;
    const isSmall = index === 0 && at + wanted <= firstBytes;
    const block = new Uint8Array(takeMemory(isSmall ? firstBytes : blockBytes));
    if (last !== undefined) {
      block.set(last);
      giveMemory(last);
    }
    this.#blocks[index] = block;
    return block;
  }

  /** Makes room for the ends of rows. */
  #reserve(rows: number): void {
    const count = this.#count + rows;
    this.#ends = grownNumbers(this.#ends, count);
    this.#gone = grownBytes(this.#gone, count);
    this.#gone.fill(0, this.#count, count);
  }

  #startOf(row: number): number {
    return row === 0 ? 0 : this.#endOf(row - 1);
  }

  #endOf(row: number): number {
    return this.#ends[row] ?? 0;
  }
}

const comma = 0x2c;
const commaBytes = Uint8Array.of(comma);

const blockBits = 20;
const blockBytes = 2 ** blockBits;
const blockMask = blockBytes - 1;
/** Most tables have few rows in an answer. */
const firstBytes = 16 * 1024;
/** Ends have 32 bits. */
const mostBytes = 2 ** 32 - 1;
const shortRunBytes = 16 * 1024;
