import type { StoreBatch } from './batches.ts';
import type { CodecName } from './codec.ts';
import { createKernel } from './kernel.ts';
import { encodePlan, type RowPlan } from './row-plan.ts';

/** What is asked of {@link StoreKernel.rows}. */
export interface RowsWanted {
  readonly plan: KernelPlan;
  readonly batch: StoreBatch;
  /** The first store. */
  readonly first: number;
  /** No row begins after so many bytes. */
  readonly limit: number;
  /** What is added to the ends of rows. */
  readonly base: number;
}

/** Rows in the memory of the kernel, good until the next call. */
export interface Rows {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  readonly ops: Uint8Array;
  /** The first store that was not taken: one of an unusual form, or there was no room. */
  readonly next: number;
}

/** How a table's stores become rows. */
export interface KernelPlan {
  readonly bytes: Uint8Array;
  /** What each sum of flags does; 255 for nothing at all. */
  readonly ops: Uint8Array;
}

/** A plan for the kernel; undefined when it has more or longer names than there is room for. */
export function kernelPlan(rows: RowPlan | undefined, ops: Uint8Array): KernelPlan | undefined {
  const bytes = encodePlan(rows, planAt);
  return bytes.length > planBytes ? undefined : { bytes, ops };
}

/**
 * Finds stores in bytes, by a kernel in WebAssembly, and makes rows of them. It knows messages as the
 * runtime writes them, and leaves others alone. It holds less than 1 MiB.
 */
export class StoreKernel {
  readonly #kernel = createKernel(memoryBytes);
  readonly #memory = this.#kernel.bytes;
  readonly #find;
  readonly #packed: boolean;
  readonly #columns = Array.from(
    { length: columnCount },
    (_, column) => new Uint32Array(this.#memory.buffer, itemsAt + column * 4 * mostRows, mostRows),
  );
  readonly #ends = new Uint32Array(this.#memory.buffer, endsAt, mostRows);
  #plan: KernelPlan | undefined;
  #start = windowAt;
  #end = windowAt;

  constructor(codec: CodecName) {
    const { jsonStores, protoStores } = this.#kernel.run;
    this.#find = codec === 'json' ? jsonStores : protoStores;
    this.#packed = codec === 'proto';
  }

  /**
   * Has it look at `begun`, which is not longer than half of a window, and what follows in `chunk` from
   * `at` on, in place of what it had.
   * @returns how many bytes of the chunk there was room for.
   */
  load(begun: Uint8Array, chunk: Uint8Array, at: number): number {
    const taken = Math.min(chunk.length - at, windowBytes - begun.length);
    this.#memory.set(begun, windowAt);
    this.#memory.set(chunk.subarray(at, at + taken), windowAt + begun.length);
    this.#start = windowAt;
    this.#end = windowAt + begun.length + taken;
    return taken;
  }

  /** What is loaded and not taken. */
  get rest(): Uint8Array {
    return this.#memory.subarray(this.#start, this.#end);
  }

  /** Passes over bytes, whose messages somebody else has read. */
  skip(count: number): void {
    this.#start += count;
  }

  /** The stores that come next, of one binding; undefined when there is none, or an unusual one. They are good until the next call. */
  take(): StoreBatch | undefined {
    const { run } = this.#kernel;
    const count = this.#find(itemsAt, this.#start, this.#end);
    if (count === 0) return undefined;
    this.#start = run.consumed.value;
    const slices = (column: number) => ({
      bytes: this.#memory,
      starts: this.#column(column, count),
      ends: this.#column(column + 1, count),
    });
    return {
      is: 'store',
      binding: run.binding.value >>> 0,
      packed: this.#packed,
      keys: slices(0),
      values: slices(2),
      documents: slices(4),
      flags: Uint8Array.from(this.#column(6, count)),
      kernel: this,
    };
  }

  /** Makes rows of stores of the batch that was last taken, as long as there is room. */
  rows({ plan, batch, first, limit, base }: RowsWanted): Rows {
    if (this.#plan !== plan) {
      this.#memory.set(plan.bytes, planAt);
      this.#memory.set(plan.ops, opsAt);
      this.#plan = plan;
    }
    const { run } = this.#kernel;
    const next = run.rows(
      planAt,
      itemsAt,
      opsAt,
      first,
      batch.flags.length,
      this.#packed ? 1 : 0,
      outAt,
      outAt + outBytes,
      limit,
      base,
      endsAt,
      kindsAt,
    );
    const kept = run.kept.value;
    return {
      bytes: this.#memory.subarray(outAt, run.rowsEnd.value),
      ends: this.#ends.subarray(0, kept),
      ops: this.#memory.subarray(kindsAt, kindsAt + kept),
      next,
    };
  }

  #column(column: number, count: number): Uint32Array {
    return this.#columns[column]?.subarray(0, count) ?? new Uint32Array(count);
  }
}

/** The longest beginning of a message that it takes. */
export const mostBegunBytes = 64 * 1024;

const windowBytes = 128 * 1024;
const outBytes = 256 * 1024;
const planBytes = 64 * 1024;
/** As `kernel/stores.ts` has it. */
const mostRows = 4096;
const columnCount = 7;
/** Behind all that the kernel reads or writes it may look at so many bytes more. */
const padding = 64;

const opsAt = 1024;
const planAt = opsAt + 16;
const itemsAt = planAt + planBytes + padding;
const endsAt = itemsAt + columnCount * 4 * mostRows;
const kindsAt = endsAt + 4 * mostRows;
const windowAt = kindsAt + mostRows;
const outAt = windowAt + windowBytes + padding;
const memoryBytes = outAt + outBytes + padding;
