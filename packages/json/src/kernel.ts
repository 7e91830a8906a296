import { kernelBase64 } from './kernel.gen.ts';
import { numberHost } from './number-host.ts';
import { wasmCode, WasmKernel, type WasmGlobal } from './wasm-kernel.ts';

/** The compiled `kernel/json.ts` and its memory, in which nothing outlives the call that put it there. */
export type Kernel = WasmKernel<KernelExports>;

/**
 * The kernel of this thread, with at least `size` bytes of memory whose content is unknown.
 * Everyone shares it, as a call needs it only until it returns and each memory takes a large part
 * of the address space. Once a memory that had to grow is no longer needed, it is let go.
 */
export function openKernel(size: number): Kernel {
  if (shared === undefined || (shared.bytes.length > largestKept && isIdle(size))) {
    shared = new WasmKernel(code, size, numberHost);
  }
  shared.reserve(size);
  return shared;
}

/** Free memory begins at this address. */
export const freeAddress = 1024;
/** So many readable bytes must follow an input. */
export const inputPadding = 64;

/** What `beginDocuments` in `kernel/document.ts` wants of scratch memory. */
export const scratchSize = 16_384;

/** `address`, or the next one that is a multiple of 16. */
export function align(address: number): number {
  return Math.ceil(address / 16) * 16;
}

/** Puts `input` at `address`, with the zero bytes after it that the kernel wants. */
export function writeInput({ bytes }: Kernel, address: number, input: Uint8Array): void {
  bytes.set(input, address);
  bytes.fill(0, address + input.length, address + input.length + inputPadding);
}

/** A running number in the form that `increment` in `kernel/text.ts` counts up. */
export function writeCounter(kernel: Kernel, address: number, value: number): void {
  const digits = String(value);
  kernel.bytes.fill(0x30, address + 8, address + 32);
  kernel.bytes.write(digits, address + 32 - digits.length, 'latin1');
  kernel.words[address >> 2] = address + 32 - digits.length;
  kernel.words[(address >> 2) + 1] = digits.length;
}

/** How many bytes {@link writeCounter} needs. */
export const counterSize = 32;

const largestKept = 16 * 1024 * 1024;
const callsUntilIdle = 64;

const code = wasmCode<KernelExports>(kernelBase64);
let shared: Kernel | undefined;
let smallCalls = 0;

function isIdle(size: number): boolean {
  smallCalls = size > largestKept ? 0 : smallCalls + 1;
  return smallCalls >= callsUntilIdle;
}

/** What the kernel exports; addresses are numbers of bytes, and may come back negative. */
interface KernelExports {
  readonly scan: (
    input: number,
    end: number,
    place: number,
    table: number,
    scratch: number,
    out: number,
    outEnd: number,
    ends: number,
    endsEnd: number,
  ) => void;
  readonly setMember: (
    before: number,
    beforeSize: number,
    after: number,
    afterSize: number,
    counter: number,
    name: number,
    nameSize: number,
  ) => void;
  readonly fault: WasmGlobal;
  readonly faultAt: WasmGlobal;
  readonly place: WasmGlobal;
  readonly consumed: WasmGlobal;
  readonly written: WasmGlobal;
  readonly documents: WasmGlobal;
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
  readonly observe: (
    input: number,
    end: number,
    table: number,
    document: number,
    misfits: number,
    scratch: number,
  ) => number;
  readonly observed: WasmGlobal;
  readonly duplicate: WasmGlobal;
  readonly tableFull: WasmGlobal;
  readonly misfitsEnd: WasmGlobal;
  readonly setColumns: (table: number, columns: number, columnsEnd: number) => void;
  readonly locateValues: (input: number, end: number, count: number, places: number) => number;
  readonly longest: WasmGlobal;
  readonly writeValues: (
    kind: number,
    places: number,
    count: number,
    validity: number,
    out: number,
    scratch: number,
  ) => number;
  readonly nulls: WasmGlobal;
  readonly misfit: WasmGlobal;
  readonly writePresence: (
    places: number,
    columnCount: number,
    count: number,
    out: number,
  ) => number;
}
