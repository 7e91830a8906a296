import { kernelBase64 } from './kernel.gen.ts';

/** Numbers in place of texts, one byte each. */
export interface Indices {
  readonly bytes: Uint8Array;
  /** Whether all of them are the same. */
  readonly constant: boolean;
}

/** The different texts of a column, up to 256 of 16 KiB in all, in the order in which they came. */
export class Dictionary {
  #count = 0;
  #slots = noSlots;
  #starts = new Uint32Array();
  #texts = new Uint8Array();

  /** How many texts there are. */
  get count(): number {
    return this.#count;
  }

  /** The texts in plain encoding. */
  get texts(): Uint8Array {
    return this.#texts;
  }

  /**
   * The numbers of texts in plain encoding, until the next call of any dictionary; those that are new
   * are added. Undefined, and nothing is added, when they are too many, or too long.
   */
  indicesOf(values: Uint8Array): Indices | undefined {
    if (values.length > mostValueBytes) return undefined;
    kernel ??= createKernel();
    kernel.bytes.set(this.#slots, slotsAt);
    kernel.words.set(this.#starts, startsAt >> 2);
    kernel.bytes.set(this.#texts, textsAt);
    kernel.bytes.set(values, valuesAt);
    const isAll = kernel.run.findTexts(
      valuesAt,
      valuesAt + values.length,
      slotsAt,
      startsAt,
      this.#count,
      textsAt + this.#texts.length,
      textsAt + mostTextBytes,
      outAt,
    );
    if (isAll === 0) return undefined;
    const { entryCount, textsEnd, varied, outEnd } = kernel.run;
    if (entryCount.value > this.#count) {
      this.#count = entryCount.value;
      this.#slots = kernel.bytes.slice(slotsAt, slotsAt + slotsSize);
      this.#starts = kernel.words.slice(startsAt >> 2, (startsAt >> 2) + this.#count);
      this.#texts = kernel.bytes.slice(textsAt, textsEnd.value);
    }
    const bytes = kernel.bytes.subarray(outAt, outEnd.value);
    return { bytes, constant: varied.value === 0 };
  }

  clear(): void {
    this.#count = 0;
    this.#slots = noSlots;
    this.#starts = new Uint32Array();
    this.#texts = new Uint8Array();
  }
}

const slotsSize = 1024;
const noSlots = new Uint8Array(slotsSize);
const mostTextBytes = 16 * 1024;
const mostValueBytes = 1024 * 1024;
const padding = 64;

// The memory: a hash table, where the texts begin, the texts, those to be found, their numbers.
const slotsAt = 1024;
const startsAt = slotsAt + slotsSize;
const textsAt = startsAt + 4 * 256;
const valuesAt = textsAt + mostTextBytes + padding;
const outAt = valuesAt + mostValueBytes + padding;
/** A text takes four bytes at least, its number one. */
const memorySize = outAt + mostValueBytes / 4 + padding;

/** The compiled `kernel/dictionary.ts` and its memory, which all dictionaries use in turn. */
interface Kernel {
  readonly run: KernelExports;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

let kernel: Kernel | undefined;

function createKernel(): Kernel {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(memorySize / 65_536) });
  const module = new WebAssembly.Module(Buffer.from(kernelBase64, 'base64'));
  return {
    run: new WebAssembly.Instance(module, { env: { memory } }).exports,
    bytes: new Uint8Array(memory.buffer),
    words: new Uint32Array(memory.buffer),
  };
}

interface Cell {
  readonly value: number;
}

interface KernelExports {
  readonly findTexts: (
    values: number,
    end: number,
    slots: number,
    starts: number,
    count: number,
    newTexts: number,
    limit: number,
    out: number,
  ) => number;
  readonly entryCount: Cell;
  readonly textsEnd: Cell;
  readonly varied: Cell;
  readonly outEnd: Cell;
}

/** What is used of the global, whose types are not among those of Node. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: object } },
  ) => { readonly exports: KernelExports };
};
