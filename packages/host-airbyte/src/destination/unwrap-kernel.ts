import { numberHost, wasmCode, WasmKernel, type WasmGlobal } from '@fairlead/json';
import { kernelBase64 } from './kernel.gen.ts';

/** The compiled `kernel/unwrap.ts` with memory of its own. */
export type UnwrapKernel = WasmKernel<UnwrapExports>;

export function createUnwrapKernel(sizeBytes: number): UnwrapKernel {
  return new WasmKernel(code, sizeBytes, numberHost);
}

/** What the kernel exports; addresses are numbers of bytes. */
interface UnwrapExports {
  readonly initialize: (
    table: number,
    fieldsEnd: number,
    slots: number,
    slotMask: number,
    text: number,
    textEnd: number,
    scratch: number,
  ) => void;
  readonly add: (table: number, owner: number, name: number, size: number) => number;
  readonly setLayout: (
    head: number,
    headMask: number,
    headSize: number,
    tail: number,
    tailMask: number,
    tailSize: number,
    isTimedByTail: boolean,
    digitsAt: number,
    digits: number,
  ) => void;
  readonly setPrefix: (at: number, size: number, idAt: number, timeAt: number) => void;
  readonly unwrap: (
    from: number,
    to: number,
    table: number,
    scratch: number,
    document: number,
    origin: number,
    out: number,
    outEnd: number,
    ends: number,
    endsEnd: number,
  ) => void;
  readonly stopped: WasmGlobal;
  readonly consumed: WasmGlobal;
  readonly rows: WasmGlobal;
  readonly written: WasmGlobal;
  readonly nextDocument: WasmGlobal;
}

const code = wasmCode<UnwrapExports>(kernelBase64);
