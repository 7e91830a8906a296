import { Op, type Documents } from '@fairlead/sdk';
import { StoreFlag, type StoreBatch } from '../protocol/batches.ts';
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
  #bytes = none;
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
    const { flags } = batch;
    let index = first;
    for (; index < flags.length && this.#length < batchBytes; index++) {
      const op = this.#op(flags[index] ?? 0);
      if (op === undefined) continue;
      if (this.#rows === undefined) this.#addDocument(batch, index);
      else {
        this.#reserve(this.#rows.room(batch, index));
        this.#length = this.#rows.write(batch, index, this.#bytes, this.#length);
      }
      this.#end(op);
    }
    return index;
  }

  /** What was gathered, which the caller owns; nothing is left. */
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

  #addDocument({ documents, packed }: StoreBatch, index: number): void {
    const start = documents.starts[index] ?? 0;
    const end = documents.ends[index] ?? 0;
    if (start === end) throw noDocument(this.#name);
    this.#reserve(end - start + 1);
    const from = this.#length;
    this.#bytes.set(documents.bytes.subarray(start, end), from);
    this.#length += end - start;
    // A message that is no line may have line breaks in its document.
    if (packed) blankLineBreaks(this.#bytes.subarray(from, this.#length));
    this.#bytes[this.#length++] = newline;
  }

  #reserve(sizeBytes: number): void {
    const needed = this.#length + sizeBytes;
    if (needed <= this.#bytes.length) return;
    const size = Math.max(needed, this.#firstBytes, 2 * this.#bytes.length);
    const larger = new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  #end(op: Op): void {
    if (this.#count === this.#ends.length) {
      const ends = new Uint32Array(2 * this.#count);
      ends.set(this.#ends);
      this.#ends = ends;
      const ops = new Uint8Array(2 * this.#count);
      ops.set(this.#ops);
      this.#ops = ops;
    }
    this.#ends[this.#count] = this.#length;
    this.#ops[this.#count++] = op;
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
