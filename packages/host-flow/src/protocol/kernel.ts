import { kernelBase64 } from './kernel.gen.ts';

/** The compiled `kernel/scan.ts` with a memory of its own. */
export class Kernel {
  readonly run: KernelExports;
  readonly #memory: Memory = new WebAssembly.Memory({ initial: 1 });
  /** The memory; another view of it after {@link reserve}. */
  bytes = new Uint8Array(this.#memory.buffer);

  constructor() {
    module ??= new WebAssembly.Module(Buffer.from(kernelBase64, 'base64'));
    this.run = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports;
  }

  /** Makes the memory at least `size` bytes large. */
  reserve(size: number): void {
    const missing = size - this.bytes.length;
    if (missing <= 0) return;
    this.#memory.grow(Math.ceil(missing / pageBytes));
    this.bytes = new Uint8Array(this.#memory.buffer);
  }
}

/** Bytes after the end of something that the kernel reads or writes along. */
export const kernelPadding = 16;

let module: object | undefined;
const pageBytes = 65_536;

/** What the kernel exports; addresses are numbers of bytes. */
interface KernelExports {
  readonly containerEnd: (start: number, end: number) => number;
  readonly splice: (
    source: number,
    ends: number,
    count: number,
    middle: number,
    middleLength: number,
    target: number,
  ) => number;
}

interface Memory {
  readonly buffer: ArrayBuffer;
  readonly grow: (pages: number) => number;
}

// What is used of it: the types of the language know no WebAssembly.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { readonly initial: number }) => Memory;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: Memory } },
  ) => { readonly exports: KernelExports };
};
