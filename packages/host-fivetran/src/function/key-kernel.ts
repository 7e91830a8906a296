import { type Lines, wasmCode, WasmKernel, type WasmGlobal } from '@fairlead/json';
import { startOf } from '@fairlead/sdk';
import type { Keys } from './key-index.ts';
import { type KeyPlan, mostPlanBytes, planAt } from './key-plan.ts';
import { kernelBase64 } from './kernel.gen.ts';
import { noBytes, noNumbers } from './memory-pool.ts';

/** What is made of documents beside their keys; the numbers are those of `kernel/keys.ts`. */
export const RowForm = {
  /** Nothing. */
  asItIs: 0,
  /** Rows that begin with the columns that are inside of a member. */
  lifted: 1,
  /** Rows of the columns of the key alone. */
  keyAlone: 2,
} as const;
export type RowForm = (typeof RowForm)[keyof typeof RowForm];

/** Keys of consecutive documents. All memory is good until more are read. */
export interface KeyRun extends Keys {
  /** As many as keys, unless the documents are the rows; of each, the last byte is no part. */
  readonly rows: Lines;
}

/**
 * Reads keys by a kernel in WebAssembly: no object, view or call for each document. It uses
 * about 1 MiB, so one serves a whole thread: nothing outlives the call that put it there.
 */
export class KeyKernel {
  readonly #kernel = new WasmKernel(code, memoryBytes);
  #plan: KeyPlan | undefined;
  /** Which line is the first one, and where that begins. */
  #first = 0;
  #start = 0;

  /**
   * Takes a copy of the lines from one index up to another, to look for what a plan says. Answers
   * false when they are too long, and then no key can be read.
   */
  open(plan: KeyPlan, lines: Lines, from: number, to: number): boolean {
    const { bytes, words, run } = this.#kernel;
    this.#start = startOf(lines, from);
    const stop = startOf(lines, to);
    if (stop - this.#start > mostBytes || to - from > mostLines) return false;
    if (plan !== this.#plan) {
      bytes.set(plan.bytes, planAt);
      run.setPlan(planAt, plan.membersEnd, plan.columnsAt, plan.columnsEnd);
      this.#plan = plan;
    }
    const end = windowAt + stop - this.#start;
    bytes.set(lines.bytes.subarray(this.#start, stop), windowAt);
    bytes.fill(0, end, end + padding);
    words.set(lines.ends.subarray(from, to), endsAt >> 2);
    run.forgetNames(namesAt, namesAt + namesBytes);
    this.#first = from;
    return true;
  }

  /**
   * Reads the keys of lines from index `from` on and before `to`, up to the first one of which
   * something is not plain, and makes rows of them. `last` is the key before, if they may ascend.
   */
  read(from: number, to: number, form: RowForm, last: Uint8Array | undefined): KeyRun {
    const { bytes, words, run } = this.#kernel;
    const known = last !== undefined && last.length <= mostLastBytes ? last : undefined;
    const lastAt = keysAt - (known?.length ?? 0);
    if (known !== undefined) bytes.set(known, lastAt);
    const first = this.#first;
    const done = run.readKeys(
      windowAt - this.#start,
      endsAt,
      from - first,
      to - first,
      from === first ? this.#start : (words[(endsAt >> 2) + from - first - 1] ?? 0),
      lastAt,
      keysAt,
      keyEndsAt,
      form,
      rowsAt,
      rowsAt + rowsBytes,
      rowEndsAt,
    );
    const count = done + first - from;
    if (count === 0) return nothing;
    return {
      count,
      bytes: bytes.subarray(keysAt, run.keysEnd.value),
      ends: words.subarray(keyEndsAt >> 2, (keyEndsAt >> 2) + count),
      ascending: known === undefined ? 0 : run.ascending.value,
      rows: form === RowForm.asItIs ? noRows : this.#rows(count),
    };
  }

  #rows(count: number): Lines {
    const { bytes, words, run } = this.#kernel;
    return {
      bytes: bytes.subarray(rowsAt, run.rowsEnd.value),
      ends: words.subarray(rowEndsAt >> 2, (rowEndsAt >> 2) + count),
    };
  }
}

const noRows: Lines = { bytes: noBytes, ends: noNumbers };

const nothing: KeyRun = {
  count: 0,
  bytes: noBytes,
  ends: noNumbers,
  ascending: 0,
  rows: noRows,
};

/** The index after the lines, from one on, that are best read in one go: after that one if it is long. */
export function windowEnd({ bytes, ends }: Lines, from: number): number {
  const limit = (from === 0 ? 0 : (ends[from - 1] ?? 0)) + windowBytes;
  let low = from + 1;
  let high = Math.min(ends.length, from + mostLines);
  if (high === ends.length && bytes.length <= limit) return high;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((ends[middle - 1] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The kernel of this thread. */
export function keyKernel(): KeyKernel {
  shared ??= new KeyKernel();
  return shared;
}

let shared: KeyKernel | undefined;

/** Small enough for a processor's cache. */
const windowBytes = 256 * 1024;
const mostLines = 16 * 1024;
/** There is room for one document of this size. Memory that was never used is none of the system's. */
const mostBytes = 2 * 1024 * 1024;

/** Behind all that the kernel reads or writes it may look at so many bytes more. */
const padding = 64;
const mostLastBytes = 16 * 1024;
/** A row has at most twice what is in its document, and the names of its columns. */
const rowsBytes = 2 * mostBytes + 2 * mostPlanBytes;

/** The first names of a document that are remembered, each in 16 bytes. */
const namesBytes = 64 * 16;
const namesAt = planAt + mostPlanBytes + padding;
const endsAt = namesAt + namesBytes;
const keyEndsAt = endsAt + 4 * mostLines;
const rowEndsAt = keyEndsAt + 4 * mostLines;
const windowAt = rowEndsAt + 4 * mostLines;
const keysAt = windowAt + mostBytes + padding + mostLastBytes;
/** Keys are parts of their documents. */
const rowsAt = keysAt + mostBytes + padding;
const memoryBytes = rowsAt + rowsBytes + padding;

/** `kernel/keys.ts`. */
interface KernelExports {
  readonly setPlan: (
    members: number,
    membersEnd: number,
    columns: number,
    columnsEnd: number,
  ) => void;
  readonly forgetNames: (from: number, to: number) => void;
  readonly readKeys: (
    bytes: number,
    ends: number,
    index: number,
    count: number,
    start: number,
    last: number,
    keys: number,
    keyEnds: number,
    form: number,
    rows: number,
    rowsLimit: number,
    rowEnds: number,
  ) => number;
  readonly keysEnd: WasmGlobal;
  readonly rowsEnd: WasmGlobal;
  readonly ascending: WasmGlobal;
}

const code = wasmCode<KernelExports>(kernelBase64);
