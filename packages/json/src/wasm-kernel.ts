/**
 * Code in WebAssembly with a memory of its own, which it imports as `env.memory` and which only grows.
 * `Exports` is what the code exports.
 */
export class WasmKernel<Exports> {
  readonly run: Exports;
  /** The memory; another view of it after {@link reserve}. */
  bytes: Buffer<ArrayBuffer>;
  /** The same memory, four bytes at a time. */
  words: Uint32Array<ArrayBuffer>;
  readonly #memory: Memory;

  /**
   * @param sizeBytes how large the memory is at least.
   * @param host what the code imports from `host`, made of the kernel; it is not called before it is run.
   */
  constructor(
    code: WasmCode<Exports>,
    sizeBytes: number,
    host: (kernel: WasmMemory) => HostFunctions = () => ({}),
  ) {
    this.#memory = new WebAssembly.Memory({ initial: pagesOf(sizeBytes) });
    this.bytes = Buffer.from(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer);
    this.run = code({ env: { memory: this.#memory }, host: host(this) });
  }

  /** Makes the memory at least so large and keeps what is in it. */
  reserve(sizeBytes: number): void {
    if (sizeBytes <= this.bytes.length) return;
    this.#memory.grow(pagesOf(sizeBytes - this.bytes.length));
    this.bytes = Buffer.from(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer);
  }
}

/** What a host function sees of its kernel. */
export type WasmMemory = Pick<WasmKernel<unknown>, 'bytes'>;

/** A number that a kernel exports. */
export interface WasmGlobal {
  readonly value: number;
}

/** Code that is compiled once, when it is first instantiated. */
export type WasmCode<Exports> = (imports: Imports) => Exports;

/** The code of a `kernel.gen.ts`. `Exports` is what its source exports; nothing checks that. */
export function wasmCode<Exports>(base64: string): WasmCode<Exports> {
  let module: object | undefined;
  return (imports) => {
    module ??= new WebAssembly.Module(Buffer.from(base64, 'base64'));
    // Compiled code says nothing of types: they are written by hand, beside the use of each kernel.
    return new WebAssembly.Instance(module, imports).exports as Exports;
  };
}

function pagesOf(sizeBytes: number): number {
  return Math.ceil(sizeBytes / 65_536);
}

interface Imports {
  readonly env: { readonly memory: Memory };
  readonly host: HostFunctions;
}

type HostFunctions = Readonly<Record<string, (...args: number[]) => number>>;

interface Memory {
  readonly buffer: ArrayBuffer;
  readonly grow: (pages: number) => number;
}

/** What is used of the global, whose types are not among those of Node. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { readonly initial: number }) => Memory;
  readonly Instance: new (module: object, imports: Imports) => { readonly exports: unknown };
};
