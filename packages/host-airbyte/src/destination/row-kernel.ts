import type { Documents } from '@fairlead/sdk';
import type { Pattern, RecordLayout } from './record-layout.ts';
import type { RecordTable } from './record-table.ts';
import { writeRawId } from './raw-id.ts';
import type { StampPrefix } from './stamp.ts';
import { createUnwrapKernel, type UnwrapKernel } from './unwrap-kernel.ts';

/** Who gets rows: the records of one stream. */
export interface RowTaker {
  readonly prefix: StampPrefix;
  readonly table: RecordTable;
  /** Takes a copy of rows that have to make room for those of another. */
  absorb(rows: Documents): void;
}

/** Why the kernel stopped; the numbers are those of `kernel/unwrap.ts`. */
export const Stopped = {
  atEnd: 0,
  /** There is no room for the next row: the rows have to be taken. */
  full: 1,
  /** The next line has to be read by other means. */
  atOther: 2,
} as const;

export interface Unwrapped {
  /** How many records became rows. */
  readonly count: number;
  /** Where the rest of the input begins. */
  readonly next: number;
  readonly stopped: number;
}

/**
 * Makes rows of the lines of records by a kernel in WebAssembly: no object, view or call for each
 * record. The rows stay in its memory until they are taken or those of another taker come.
 */
export class RowKernel {
  readonly #kernel = createUnwrapKernel(tableAt);
  readonly #now: () => number;
  #input = inputOf(this.#kernel);
  #layout: RecordLayout | undefined;
  /** Whose table is laid. */
  #table: RecordTable | undefined;
  /** Whose rows there are. */
  #taker: RowTaker | undefined;
  #rows = 0;
  #end = outAt;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Where lines are put to be unwrapped; another view of the same bytes after {@link unwrap}. */
  get input(): Buffer {
    return this.#input;
  }

  /** Says how much of {@link input} is filled. */
  filled(length: number): void {
    this.#kernel.bytes.fill(0, inputAt + length, inputAt + length + padding);
  }

  /**
   * Makes rows of the lines of the input from `from` up to `to`, as long as they have this layout and
   * their data fits the table of their taker as it is.
   */
  unwrap(taker: RowTaker, layout: RecordLayout, from: number, to: number): Unwrapped {
    if (longest(layout) > mostPattern) return { count: 0, next: from, stopped: Stopped.atOther };
    this.#lay(taker.table);
    this.#expect(layout);
    this.#begin(taker);
    const { run } = this.#kernel;
    run.unwrap(
      inputAt + from,
      inputAt + to,
      tableAt,
      scratchAt,
      taker.table.document,
      outAt,
      this.#end,
      outEnd,
      endsAt + 4 * this.#rows,
      endsAt + 4 * mostRows,
    );
    const count = run.rows.value;
    taker.table.document = run.nextDocument.value >>> 0;
    this.#rows += count;
    this.#end = run.written.value;
    return { count, next: run.consumed.value - inputAt, stopped: run.stopped.value };
  }

  /** How many bytes of rows of this taker there are. */
  sizeOf(taker: RowTaker): number {
    return taker === this.#taker ? this.#end - outAt : 0;
  }

  /** The rows of this taker; undefined when there are none. Their memory is good until the next call. */
  take(taker: RowTaker): Documents | undefined {
    if (taker !== this.#taker || this.#rows === 0) return undefined;
    const bytes = this.#kernel.bytes.subarray(outAt, this.#end);
    const ends = this.#kernel.words.slice(endsAt >> 2, (endsAt >> 2) + this.#rows);
    this.#taker = undefined;
    this.#rows = 0;
    this.#end = outAt;
    return { bytes, ends };
  }

  /** Makes the next rows those of this taker. */
  #begin(taker: RowTaker): void {
    if (taker === this.#taker) return;
    const before = this.#taker;
    const rows = before && this.take(before);
    if (rows !== undefined) before?.absorb(rows);
    const { bytes, idAt, timeAt } = taker.prefix;
    this.#kernel.bytes.set(bytes, prefixAt);
    writeRawId(this.#kernel.bytes, prefixAt + idAt, this.#now());
    this.#kernel.run.setPrefix(prefixAt, bytes.length, idAt, timeAt);
    this.#taker = taker;
  }

  #lay(table: RecordTable): void {
    if (table === this.#table && table.isCurrent) return;
    const kernel = this.#kernel;
    if (table !== this.#table) this.#table?.keep(kernel, tableAt);
    kernel.reserve(tableAt + table.sizeBytes);
    table.lay(kernel, tableAt, longKeyAt);
    this.#input = inputOf(kernel);
    this.#table = table;
  }

  #expect(layout: RecordLayout): void {
    if (layout === this.#layout) return;
    const { head, tail, timed } = layout;
    this.#writePattern(head, headAt, headMaskAt);
    this.#writePattern(tail, tailAt, tailMaskAt);
    const { digitsAt, digits } = timed === 'head' ? head : tail;
    this.#kernel.run.setLayout(
      headAt,
      headMaskAt,
      head.bytes.length,
      tailAt,
      tailMaskAt,
      tail.bytes.length,
      timed === 'tail',
      digitsAt,
      digits,
    );
    this.#layout = layout;
  }

  #writePattern({ bytes, digitsAt, digits }: Pattern, at: number, maskAt: number): void {
    const memory = this.#kernel.bytes;
    memory.fill(0, at, at + bytes.length + padding).set(bytes, at);
    memory.fill(0, at + digitsAt, at + digitsAt + digits);
    memory.fill(0, maskAt, maskAt + bytes.length + padding);
    memory.fill(0xff, maskAt, maskAt + bytes.length);
    memory.fill(0, maskAt + digitsAt, maskAt + digitsAt + digits);
  }
}

/** How much of a sync is unwrapped in one go: with the rows of it, small enough for a processor's cache. */
const inputBytes = 256 * 1024;
const outBytes = 1024 * 1024;
const mostRows = 65_536;
const mostPattern = 8 * 1024;
/** Behind all that the kernel reads or writes it may look at so many bytes more. */
const padding = 64;

const scratchAt = 1024;
const patternSize = mostPattern + padding;
const headAt = scratchAt + 16_384;
const headMaskAt = headAt + patternSize;
const tailAt = headMaskAt + patternSize;
const tailMaskAt = tailAt + patternSize;
const prefixAt = tailMaskAt + patternSize;
const endsAt = prefixAt + 1024;
const inputAt = endsAt + 4 * mostRows;
const outAt = inputAt + inputBytes + padding;
const outEnd = outAt + outBytes;
/** Where a name can be written without its escapes. */
const longKeyAt = outEnd + padding;
const tableAt = longKeyAt + inputBytes + padding;

function longest({ head, tail }: RecordLayout): number {
  return Math.max(head.bytes.length, tail.bytes.length);
}

/** Where lines are put. */
function inputOf({ bytes }: UnwrapKernel): Buffer {
  return bytes.subarray(inputAt, inputAt + inputBytes);
}
