import { wasmCode, WasmKernel, type WasmGlobal } from '@fairlead/json';
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
    kernel ??= new WasmKernel(code, memorySize);
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
      this.#slots = new Uint8Array(kernel.bytes.subarray(slotsAt, slotsAt + slotsSize));
      this.#starts = kernel.words.slice(startsAt >> 2, (startsAt >> 2) + this.#count);
      this.#texts = new Uint8Array(kernel.bytes.subarray(textsAt, textsEnd.value));
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
  readonly entryCount: WasmGlobal;
  readonly textsEnd: WasmGlobal;
  readonly varied: WasmGlobal;
  readonly outEnd: WasmGlobal;
}

const code = wasmCode<KernelExports>(kernelBase64);
/** The compiled `kernel/dictionary.ts` and its memory, which all dictionaries use in turn. */
let kernel: WasmKernel<KernelExports> | undefined;
