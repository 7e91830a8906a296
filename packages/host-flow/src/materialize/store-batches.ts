import { giveBlock, takeBlock } from '@fairlead/json';
import { Op, type Documents } from '@fairlead/sdk';
import { StoreFlag, type StoreBatch } from '../protocol/batches.ts';
import { type KernelPlan, kernelPlan } from '../protocol/store-kernel.ts';
import type { BoundTable } from './bind-table.ts';
import { noDocument, rowForm, type RowForm } from './row-form.ts';

const none = new Uint8Array();

/** Gathers the stores of one table into documents. */
export class StoreBatches {
  readonly #name: string;
  readonly #rows: RowForm | undefined;
  readonly #isMerge: boolean;
  readonly #isHard: boolean;
  readonly #trustsInserts: boolean;
  readonly #plan: KernelPlan | undefined;
  #bytes: Uint8Array = none;
  #firstBytes = leastBytes;
  #length = 0;
  #ends = new Uint32Array(1024);
  #ops = new Uint8Array(1024);
  #count = 0;

  /** @param trustsInserts whether a key that Flow says is new is in no row of the table. */
  constructor(bound: BoundTable, trustsInserts: boolean) {
    this.#name = bound.name;
    this.#rows = bound.form === 'row' ? rowForm(bound) : undefined;
    this.#isMerge = bound.table.write === 'merge';
    this.#isHard = bound.table.deletes === 'hard';
    this.#trustsInserts = trustsInserts;
    const ops = Uint8Array.of(0, 1, 2, 3).map((flags) => this.#op(flags) ?? 255);
    this.#plan = kernelPlan(this.#rows?.plan, ops);
  }

  /** Whether there is about as much as a destination wants at once. */
  get isFull(): boolean {
    return this.#length >= batchBytes;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /**
   * Takes the stores of a batch from `first` on, until it is full.
   * @returns the index of the first one that was not taken.
   * @throws {Failure} data, for a store that does not have what its table needs.
   */
  add(batch: StoreBatch, first: number): number {
    const count = batch.flags.length;
    let index = first;
    while (index < count && this.#length < batchBytes) {
      const next = this.#addRows(batch, index);
      // What the kernel leaves is odd, or very large.
      if (next === index) this.#addOne(batch, index++);
      else index = next;
    }
    return index;
  }

  /** Adds stores as the kernel knows to. Answers the first one that was not taken. */
  #addRows(batch: StoreBatch, first: number): number {
    if (batch.kernel === undefined || this.#plan === undefined) return first;
    const { bytes, ends, ops, next } = batch.kernel.rows({
      plan: this.#plan,
      batch,
      first,
      limit: batchBytes - this.#length,
      base: this.#length,
    });
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#reserveCount(ends.length);
    this.#ends.set(ends, this.#count);
    this.#ops.set(ops, this.#count);
    this.#count += ends.length;
    return next;
  }

  #addOne(batch: StoreBatch, index: number): void {
    const op = this.#op(batch.flags[index] ?? 0);
    if (op === undefined) return;
    const from = this.#length;
    if (this.#rows === undefined) this.#addDocument(batch, index);
    else {
      this.#reserve(this.#rows.room(batch, index));
      this.#length = this.#rows.write(batch, index, this.#bytes, this.#length);
    }
    // A message that is no line may have line breaks in it.
    if (batch.packed) blankLineBreaks(this.#bytes.subarray(from, this.#length - 1));
    this.#reserveCount(1);
    this.#ends[this.#count] = this.#length;
    this.#ops[this.#count++] = op;
  }

  /** What was gathered, in memory that may be given back with `giveBlock`; nothing is left. */
  take(): Documents {
    const documents = {
      bytes: this.#bytes.subarray(0, this.#length),
      ends: this.#ends.slice(0, this.#count),
      ...(this.#isMerge ? { ops: this.#ops.slice(0, this.#count) } : {}),
    };
    // A batch is about as long as the one before.
    this.#firstBytes = Math.min(this.#bytes.length, 2 * batchBytes);
    this.#bytes = none;
    this.#length = 0;
    this.#count = 0;
    return documents;
  }

  /** What a store does; undefined when it does nothing: the document came and went unseen. */
  #op(flag: number): Op | undefined {
    const exists = (flag & StoreFlag.exists) !== 0;
    if (this.#isHard && (flag & StoreFlag.delete) !== 0) return exists ? Op.delete : undefined;
    return exists || !this.#trustsInserts ? Op.upsert : Op.insert;
  }

  #addDocument({ documents }: StoreBatch, index: number): void {
    const start = documents.starts[index] ?? 0;
    const end = documents.ends[index] ?? 0;
    if (start === end) throw noDocument(this.#name);
    this.#reserve(end - start + 1);
    this.#bytes.set(documents.bytes.subarray(start, end), this.#length);
    this.#length += end - start;
    this.#bytes[this.#length++] = newline;
  }

  #reserve(sizeBytes: number): void {
    const needed = this.#length + sizeBytes;
    if (needed <= this.#bytes.length) return;
    const size = Math.max(needed, this.#firstBytes, 2 * this.#bytes.length);
    const larger = takeBlock(size);
    larger.set(this.#bytes.subarray(0, this.#length));
    giveBlock(this.#bytes);
    this.#bytes = larger;
  }

  #reserveCount(more: number): void {
    const needed = this.#count + more;
    if (needed <= this.#ends.length) return;
    const size = Math.max(needed, 2 * this.#ends.length);
    const ends = new Uint32Array(size);
    ends.set(this.#ends);
    this.#ends = ends;
    const ops = new Uint8Array(size);
    ops.set(this.#ops);
    this.#ops = ops;
  }
}

const batchBytes = 1024 * 1024;
const leastBytes = 64 * 1024;
const newline = 0x0a;

/** In JSON a line break can only be between tokens. */
function blankLineBreaks(bytes: Uint8Array): void {
  const document = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = document.indexOf(newline); at >= 0; at = document.indexOf(newline, at + 1)) {
    document[at] = 0x20;
  }
}
