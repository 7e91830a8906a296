import { ByteWriter, giveBlock, takeBlock } from '@fairlead/json';
import { Op, type Documents } from '@fairlead/sdk';
import { documentFailure } from './document-failure.ts';
import type { DocumentHeader } from './document-header.ts';
import { beginLine, writeExactLine } from './exact-line.ts';
import { sharedKernel, type Kernel, type Lines } from './kernel.ts';
import { formatTime, isTime, type Time } from './time.ts';

/** A batch of 1 MiB, and what one answer more may add. */
export const blockBytes = 1024 * 1024 + 128 * 1024;

/**
 * Writes documents of Firestore as lines of JSON into memory of its own, which becomes {@link Documents}.
 * A line is `{"_meta":{"path":…,"ctime":…,"mtime":…,"snapshot":true},…}` with the fields in the order in
 * which they came; a field of the user's own that is called `_meta` becomes `_meta_`, or has as many `_` more
 * as it takes to be the only one. Of keys that come twice in a map the last one counts.
 *
 * A document that has no faithful JSON is a failure that says which and where; nothing is written then.
 */
export class DocumentWriter {
  readonly #blockSize: number;
  readonly #kernel: Kernel;
  #block: Uint8Array = new Uint8Array();
  /** For one line that is not the kernel's. */
  #scratch = new ByteWriter();
  #length = 0;
  #ends = new Uint32Array(256);
  #ops = new Uint8Array(256);
  #count = 0;
  #isPlain = true;

  /** A writer that takes its memory in blocks of `blockSize` bytes, or larger ones where that is too little. */
  constructor(blockSize = blockBytes, kernel = sharedKernel()) {
    this.#blockSize = blockSize;
    this.#kernel = kernel;
  }

  /** Lines written since the last `take`. */
  get count(): number {
    return this.#count;
  }

  /** Bytes written since the last `take`. */
  get sizeBytes(): number {
    return this.#length;
  }

  /**
   * Appends the line of the document whose `header` was read from `bytes`.
   * @throws {Failure} data, which names the document and the path of the field.
   */
  document(
    bytes: Uint8Array,
    header: DocumentHeader,
    isSnapshot: boolean,
    op: Op = Op.upsert,
  ): void {
    if (header.nameStart === header.nameEnd) {
      throw documentFailure(bytes, header, [], 'has no name');
    }
    if (!header.hasUpdateTime) throw documentFailure(bytes, header, [], 'has no update time');
    if (!isTime(header.createTime) || !isTime(header.updateTime)) {
      throw documentFailure(bytes, header, [], 'was written outside the years 1 to 9999');
    }
    const line = this.#kernel.transcode(bytes, header, isSnapshot);
    if (line === undefined) {
      const out = this.#emptyScratch();
      writeExactLine(bytes, header, isSnapshot, out);
      this.#append(out.view(), op);
    } else this.#append(line, op);
  }

  /** Appends the lines from `from` to `to`, of documents that were not handed out before. */
  lines({ bytes, table }: Lines, from: number, to: number): void {
    const start = lineEnd(table, from - 1);
    const end = lineEnd(table, to - 1);
    const move = this.#length - start;
    this.#reserve(end + move, to - from);
    this.#block.set(bytes.subarray(start, end), this.#length);
    this.#length = end + move;
    let count = this.#count;
    for (let i = from; i < to; i++) this.#ends[count++] = lineEnd(table, i) + move;
    this.#ops.fill(Op.insert, this.#count, count);
    this.#count = count;
    this.#isPlain = false;
  }

  /**
   * Appends the line `{"_meta":{"path":…,"mtime":…,"delete":true}}` of a document that is gone, whose name
   * is from `nameStart` to `nameEnd`.
   * @throws {Failure} data, when the name is no UTF-8 or the time none of the years 1 to 9999.
   */
  tombstone(bytes: Uint8Array, nameStart: number, nameEnd: number, time: Readonly<Time>): void {
    const header = { nameStart, nameEnd };
    if (!isTime(time)) {
      throw documentFailure(bytes, header, [], 'was deleted outside the years 1 to 9999');
    }
    const out = this.#emptyScratch();
    beginLine({ bytes, header, out, path: [] });
    out.ascii(`,"mtime":"${formatTime(time)}","delete":true}}\n`);
    this.#append(out.view(), Op.delete);
  }

  /** What was written. The memory is the receiver's; the writer is empty. */
  take(): Documents {
    // A block that is nearly empty is worth more than a copy. No writer keeps one: there may be hundreds of writers.
    const isLarge = this.#length > this.#block.length >> 2;
    const bytes = isLarge
      ? this.#block.subarray(0, this.#length)
      : this.#block.slice(0, this.#length);
    if (!isLarge) giveBlock(this.#block);
    this.#block = new Uint8Array();
    const documents = {
      bytes,
      ends: this.#ends.slice(0, this.#count),
      ...(this.#isPlain ? {} : { ops: this.#ops.slice(0, this.#count) }),
    };
    this.#length = 0;
    this.#count = 0;
    this.#isPlain = true;
    return documents;
  }

  #emptyScratch(): ByteWriter {
    if (this.#scratch.length > largestScratch) this.#scratch = new ByteWriter();
    this.#scratch.truncate(0);
    return this.#scratch;
  }

  #append(line: Uint8Array, op: Op): void {
    const end = this.#length + line.length;
    this.#reserve(end, 1);
    this.#block.set(line, this.#length);
    this.#length = end;
    this.#ends[this.#count] = end;
    this.#ops[this.#count] = op;
    this.#count++;
    if (op !== Op.upsert) this.#isPlain = false;
  }

  /** Makes room for so many bytes in all, and so many lines more. */
  #reserve(sizeBytes: number, lines: number): void {
    if (sizeBytes > this.#block.length) this.#grow(sizeBytes);
    if (this.#count + lines > this.#ends.length) this.#growLists(this.#count + lines);
  }

  #grow(size: number): void {
    const old = this.#block;
    this.#block = takeBlock(Math.max(this.#blockSize, size, old.length * 2));
    this.#block.set(old.subarray(0, this.#length));
    giveBlock(old);
  }

  #growLists(least: number): void {
    const size = Math.max(least, this.#ends.length * 2);
    const ends = new Uint32Array(size);
    const ops = new Uint8Array(size);
    ends.set(this.#ends);
    ops.set(this.#ops);
    this.#ends = ends;
    this.#ops = ops;
  }
}

/** What is larger is not kept for the next line. */
const largestScratch = 1024 * 1024;

/** Where a line ends; 0 before the first. */
export function lineEnd(table: Uint32Array, index: number): number {
  return index < 0 ? 0 : (table[3 * index + 2] ?? 0);
}
