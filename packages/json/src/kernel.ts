import { isDecimalLiteral, survivesDouble } from './decimal.ts';
import { kernelBase64 } from './kernel.gen.ts';

/** The compiled `kernel/json.ts` and its memory, in which nothing outlives the call that put it there. */
export class Kernel {
  readonly run: KernelExports;
  /** The memory; another view of it after {@link reserve}. */
  bytes: Buffer;
  /** The same memory, four bytes at a time. */
  words: Uint32Array;
  readonly #memory: Memory;

  constructor(size: number) {
    const initial = pagesOf(size);
    this.#memory = new WebAssembly.Memory({ initial });
    module ??= new WebAssembly.Module(Buffer.from(kernelBase64, 'base64'));
    const imports = {
      env: { memory: this.#memory },
      host: {
        survivesDouble: (start: number, end: number) => this.#survivesDouble(start, end),
        parseDouble: (start: number, end: number) => this.#parseDouble(start, end),
      },
    };
    this.run = new WebAssembly.Instance(module, imports).exports;
    this.bytes = Buffer.from(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer);
  }

  /** Makes the memory at least `size` bytes large and keeps what is in it. */
  reserve(size: number): void {
    const missing = pagesOf(size) - pagesOf(this.bytes.length);
    if (missing <= 0) return;
    this.#memory.grow(missing);
    this.bytes = Buffer.from(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer);
  }

  /** Puts `input` at `address`, with the zero bytes after it that the kernel wants. */
  write(address: number, input: Uint8Array): void {
    this.bytes.set(input, address);
    this.bytes.fill(0, address + input.length, address + input.length + inputPadding);
  }

  #parseDouble(start: number, end: number): number {
    const text = this.bytes.toString('latin1', start >>> 0, end >>> 0);
    return isDecimalLiteral(text) ? Number(text) : Number.NaN;
  }

  #survivesDouble(start: number, end: number): number {
    const text = this.bytes.toString('latin1', start >>> 0, end >>> 0);
    return String(Number(text)) === text || survivesDouble(text) ? 1 : 0;
  }
}

/**
 * The kernel of this thread, with at least `size` bytes of memory whose content is unknown.
 * Everyone shares it, as a call needs it only until it returns and each memory takes a large part
 * of the address space. Once a memory that had to grow is no longer needed, it is let go.
 */
export function openKernel(size: number): Kernel {
  if (shared === undefined || (shared.bytes.length > largestKept && isIdle(size))) {
    shared = new Kernel(size);
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

const pageSize = 65_536;
const largestKept = 16 * 1024 * 1024;
const callsUntilIdle = 64;

let module: object | undefined;
let shared: Kernel | undefined;
let smallCalls = 0;

function isIdle(size: number): boolean {
  smallCalls = size > largestKept ? 0 : smallCalls + 1;
  return smallCalls >= callsUntilIdle;
}

function pagesOf(size: number): number {
  return Math.ceil(size / pageSize);
}

interface Memory {
  readonly buffer: ArrayBuffer;
  readonly grow: (pages: number) => number;
}

interface Cell {
  readonly value: number;
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
  readonly fault: Cell;
  readonly faultAt: Cell;
  readonly place: Cell;
  readonly consumed: Cell;
  readonly written: Cell;
  readonly documents: Cell;
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
  readonly observed: Cell;
  readonly duplicate: Cell;
  readonly tableFull: Cell;
  readonly misfitsEnd: Cell;
  readonly setColumns: (table: number, columns: number, columnsEnd: number) => void;
  readonly locateValues: (input: number, end: number, count: number, places: number) => number;
  readonly longest: Cell;
  readonly writeValues: (
    kind: number,
    places: number,
    count: number,
    validity: number,
    out: number,
    scratch: number,
  ) => number;
  readonly nulls: Cell;
  readonly misfit: Cell;
  readonly writePresence: (
    places: number,
    columnCount: number,
    count: number,
    out: number,
  ) => number;
}

/** What is used of the global, whose types are not among those of Node. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { readonly initial: number }) => Memory;
  readonly Instance: new (
    module: object,
    imports: {
      readonly env: { readonly memory: Memory };
      readonly host: {
        readonly survivesDouble: (start: number, end: number) => number;
        readonly parseDouble: (start: number, end: number) => number;
      };
    },
  ) => { readonly exports: KernelExports };
};
