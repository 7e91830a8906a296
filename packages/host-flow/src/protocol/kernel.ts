import { kernelBase64 } from './kernel.gen.ts';

/** The compiled `kernel/flow.ts` with a memory of its own. */
export class Kernel {
  readonly run: KernelExports;
  readonly #memory: Memory;
  /** The memory; another view of it after {@link reserve}. */
  bytes: Uint8Array<ArrayBuffer>;

  /** @param size how large the memory is at least. */
  constructor(size: number) {
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(size / pageBytes) });
    this.bytes = new Uint8Array(this.#memory.buffer);
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
  readonly consumed: { readonly value: number };
  /** The binding of the stores that were found. */
  readonly binding: { readonly value: number };
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
  readonly rowsEnd: { readonly value: number };
  readonly kept: { readonly value: number };
  /** Where the output of `lines` or `frames` ends. */
  readonly written: { readonly value: number };
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
