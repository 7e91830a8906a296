import { survivesDouble } from '@fairlead/json';
import { kernelBase64 } from './kernel.gen.ts';

/** The compiled `kernel/unwrap.ts` with memory of its own. */
export class UnwrapKernel {
  readonly run: UnwrapExports;
  /** The memory; another view of it after {@link reserve}. */
  bytes: Buffer;
  /** The same memory, four bytes at a time. */
  words: Uint32Array;
  readonly #memory: Memory;

  constructor(sizeBytes: number) {
    this.#memory = new WebAssembly.Memory({ initial: pagesOf(sizeBytes) });
    this.bytes = Buffer.from(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer);
    module ??= new WebAssembly.Module(Buffer.from(kernelBase64, 'base64'));
    this.run = new WebAssembly.Instance(module, {
      env: { memory: this.#memory },
      host: { survivesDouble: (start, end) => this.#survivesDouble(start, end) },
    }).exports;
  }

  /** Makes the memory at least so large and keeps what is in it. */
  reserve(sizeBytes: number): void {
    const missing = pagesOf(sizeBytes) - pagesOf(this.bytes.length);
    if (missing <= 0) return;
    this.#memory.grow(missing);
    this.bytes = Buffer.from(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer);
  }

  #survivesDouble(start: number, end: number): number {
    const text = this.bytes.toString('latin1', start >>> 0, end >>> 0);
    return String(Number(text)) === text || survivesDouble(text) ? 1 : 0;
  }
}

function pagesOf(sizeBytes: number): number {
  return Math.ceil(sizeBytes / 65_536);
}

let module: object | undefined;

interface Cell {
  readonly value: number;
}

interface Memory {
  readonly buffer: ArrayBuffer;
  readonly grow: (pages: number) => number;
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
  readonly stopped: Cell;
  readonly consumed: Cell;
  readonly rows: Cell;
  readonly written: Cell;
  readonly nextDocument: Cell;
}

/** What is used of the global, whose types are not among those of Node. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { readonly initial: number }) => Memory;
  readonly Instance: new (
    module: object,
    imports: {
      readonly env: { readonly memory: Memory };
      readonly host: { readonly survivesDouble: (start: number, end: number) => number };
    },
  ) => { readonly exports: UnwrapExports };
};
