import { wasmCode, WasmKernel, type WasmGlobal } from '@fairlead/json';
import { kernelBase64 } from './kernel.gen.ts';

/** The compiled `kernel/flow.ts` with a memory of its own. */
export type FlowKernel = WasmKernel<KernelExports>;

export function createKernel(sizeBytes: number): FlowKernel {
  return new WasmKernel(code, sizeBytes);
}

/** Bytes after the end of something that the kernel reads or writes along. */
export const kernelPadding = 16;

type FindStores = (items: number, start: number, end: number) => number;

type WriteDocuments = (
  bytes: number,
  ends: number,
  index: number,
  count: number,
  start: number,
  between: number,
  betweenSize: number,
  out: number,
  outEnd: number,
) => number;

/** What the kernel exports; addresses are numbers of bytes. */
interface KernelExports {
  readonly containerEnd: (start: number, end: number) => number;
  readonly lines: WriteDocuments;
  readonly frames: WriteDocuments;
  readonly jsonStores: FindStores;
  readonly protoStores: FindStores;
  /** Where the first message is that was not taken. */
  readonly consumed: WasmGlobal;
  /** The binding of the stores that were found. */
  readonly binding: WasmGlobal;
  /** `kernel/rows.ts` */
  readonly rows: (
    plan: number,
    items: number,
    ops: number,
    first: number,
    count: number,
    packed: number,
    out: number,
    outEnd: number,
    limit: number,
    base: number,
    ends: number,
    kinds: number,
  ) => number;
  readonly rowsEnd: WasmGlobal;
  readonly kept: WasmGlobal;
  /** Where the output of `lines` or `frames` ends. */
  readonly written: WasmGlobal;
}

const code = wasmCode<KernelExports>(kernelBase64);
