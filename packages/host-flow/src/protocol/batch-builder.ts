import { ByteWriter } from '@fairlead/json';
import type { Batch, BatchName, Slices } from './batches.ts';

/** One message of a batch as it was found. Reused: what matters is copied out of it. */
export interface BatchItem {
  binding: number;
  packed: boolean;
  /** Ranges in the bytes that are read; of keys and values that are packed, in the builder's `side` if it has one. */
  keyStart: number;
  keyEnd: number;
  valuesStart: number;
  valuesEnd: number;
  docStart: number;
  docEnd: number;
  flags: number;
}

/** A {@link BatchItem} to be filled in. */
export function emptyItem(): BatchItem {
  return {
    binding: 0,
    packed: false,
    keyStart: 0,
    keyEnd: 0,
    valuesStart: 0,
    valuesEnd: 0,
    docStart: 0,
    docEnd: 0,
    flags: 0,
  };
}

/** Makes nothing of an item. */
export function clearItem(item: BatchItem): void {
  item.binding = 0;
  item.packed = false;
  item.keyStart = 0;
  item.keyEnd = 0;
  item.valuesStart = 0;
  item.valuesEnd = 0;
  item.docStart = 0;
  item.docEnd = 0;
  item.flags = 0;
}

/**
 * Gathers messages of one kind that belong into one {@link Batch}. Batches are views of the bytes
 * that are read, but for documents of responses, which are copied to be lines.
 */
export class BatchBuilder {
  readonly #bytes: Uint8Array;
  readonly #side: ByteWriter | undefined;
  #is: BatchName | undefined;
  #binding = 0;
  #packed = false;
  #count = 0;
  /** Of each item: key start and end, values start and end, document start and end, flags. */
  #numbers = new Uint32Array(7 * 256);

  /**
   * @param bytes what ranges of items point into.
   * @param side what ranges of keys and values point into, when not `bytes`, where they are packed.
   */
  constructor(bytes: Uint8Array, side?: ByteWriter) {
    this.#bytes = bytes;
    this.#side = side;
  }

  /** Adds a message, and answers the batch before it when the message begins another one. */
  add(is: BatchName, item: BatchItem): Batch | undefined {
    const same = this.#is === is && this.#binding === item.binding && this.#packed === item.packed;
    const done = same ? undefined : this.take();
    this.#is = is;
    this.#binding = item.binding;
    this.#packed = item.packed;
    const at = this.#count * 7;
    if (at === this.#numbers.length) {
      const more = new Uint32Array(at * 2);
      more.set(this.#numbers);
      this.#numbers = more;
    }
    const numbers = this.#numbers;
    numbers[at] = item.keyStart;
    numbers[at + 1] = item.keyEnd;
    numbers[at + 2] = item.valuesStart;
    numbers[at + 3] = item.valuesEnd;
    numbers[at + 4] = item.docStart;
    numbers[at + 5] = item.docEnd;
    numbers[at + 6] = item.flags;
    this.#count++;
    return done;
  }

  /** What was gathered, if anything; nothing is afterwards. */
  take(): Batch | undefined {
    const is = this.#is;
    if (is === undefined || this.#count === 0) return undefined;
    const batch = this.#make(is);
    this.#count = 0;
    this.#is = undefined;
    return batch;
  }

  #make(is: BatchName): Batch {
    const binding = this.#binding;
    const packed = this.#packed;
    switch (is) {
      case 'load':
        return { is, binding, packed, keys: this.#slices(0, packed) };
      case 'store':
        return {
          is,
          binding,
          packed,
          keys: this.#slices(0, packed),
          values: this.#slices(2, packed),
          documents: this.#slices(4, false),
          flags: Uint8Array.from(this.#column(6)),
        };
      case 'captured':
      case 'loaded':
        return { is, binding, documents: this.#lines() };
    }
  }

  #slices(first: number, packed: boolean): Slices {
    const bytes = packed ? (this.#side?.view() ?? this.#bytes) : this.#bytes;
    return { bytes, starts: this.#column(first), ends: this.#column(first + 1) };
  }

  #lines() {
    const starts = this.#column(4);
    const ends = this.#column(5);
    const out = new ByteWriter(this.#bytes.length);
    const lineEnds = new Uint32Array(this.#count);
    for (let index = 0; index < this.#count; index++) {
      const document = this.#bytes.subarray(starts[index], ends[index]);
      const begin = out.length;
      out.bytes(document);
      if (document.includes(newline)) {
        const copied = out.view().subarray(begin);
        copied.forEach((byte, at) => {
          if (byte === newline) copied[at] = space;
        });
      }
      out.byte(newline);
      lineEnds[index] = out.length;
    }
    return { bytes: out.take(), ends: lineEnds };
  }

  #column(column: number): Uint32Array {
    const values = new Uint32Array(this.#count);
    for (let index = 0, at = column; index < values.length; index++, at += 7) {
      values[index] = this.#numbers[at] ?? 0;
    }
    return values;
  }
}

const newline = 0x0a;
const space = 0x20;
