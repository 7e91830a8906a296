import { wasmCode, WasmKernel } from '@fairlead/json';
import { kernelBase64 } from './kernel.gen.ts';

/** The compiled `kernel/csv.ts` and its memory. */
export interface CsvKernel {
  readonly kernel: WasmKernel<KernelExports>;
  /** Whose tables are in the memory. */
  owner: object | undefined;
}

/**
 * The kernel of this thread, made when it is first asked for. A decoder needs it only while it
 * decodes a chunk, so all share one; each memory would take a part of the address space.
 */
export function csvKernel(): CsvKernel {
  shared ??= { kernel: new WasmKernel(code, freeAddress), owner: undefined };
  return shared;
}

/** Lets the memory of the kernel go: after a row of many megabytes it is that large. */
export function dropCsvKernel(): void {
  shared = undefined;
}

/** Words of the control block, as indices; `kernel/csv.ts` says what they mean. */
export const Control = {
  delimiter: 0,
  quote: 1,
  escape: 2,
  end1: 3,
  end2: 4,
  comment: 5,
  columns: 6,
  columnsEnd: 7,
  nulls: 8,
  nullsEnd: 9,
  open: 10,
  openLength: 11,
  numbered: 12,
  close: 13,
  closeLength: 14,
  extra: 15,
  extraLength: 16,
  ends: 17,
  endsLimit: 18,
  lines: 19,
  in: 20,
  out: 21,
  bad: 22,
  badAt: 23,
  fields: 24,
  badEnd: 25,
} as const;

export const controlAddress = 64;
export const numberAddress = controlAddress + 128;
/** Free memory begins here. */
export const freeAddress = 1024;

/** Why a run ended. */
export const RunStatus = { needsInput: 0, needsOutput: 1, badRow: 2, passedPoison: 3 } as const;

/** What is wrong with a row. */
export const Bad = { tooManyFields: 1, textAfterQuote: 2, openQuote: 3, poisoned: 4 } as const;

/** Numbers of the types of columns. */
export const columnTypes = { string: 0, integer: 1, number: 2, boolean: 3 } as const;

interface KernelExports {
  /** See `run` in `kernel/csv.ts`. Addresses in, a {@link RunStatus} out. */
  readonly run: (
    from: number,
    end: number,
    final: number,
    to: number,
    limit: number,
    poison: number,
  ) => number;
}

const code = wasmCode<KernelExports>(kernelBase64);
let shared: CsvKernel | undefined;
