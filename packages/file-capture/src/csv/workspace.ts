import { takeBlock, type Lines } from '@fairlead/json';
import { Control, controlAddress, csvKernel, freeAddress, numberAddress } from './kernel.ts';
import type { CsvTables } from './tables.ts';

/**
 * The memory of the kernel, laid out for one decoder and one call: tables, ends of lines, a
 * window of the input, the output. Valid until another is made.
 */
export class Workspace {
  readonly #kernel;
  readonly #bytes: Uint8Array;
  /** The control block. */
  readonly #words: Uint32Array;
  readonly #input: number;
  readonly #output: number;
  readonly #ends: number;
  readonly #endOfRow: number;

  /** `windowBytes` is the greatest length of the windows it will be given. */
  constructor(tables: CsvTables, windowBytes: number) {
    const shared = csvKernel();
    this.#kernel = shared.kernel;
    this.#ends = aligned(freeAddress + tables.bytes.length);
    this.#input = this.#ends + linesPerCall * 4;
    this.#output = aligned(this.#input + windowBytes + margin);
    const end = this.#output + outputBytes + tables.emptyLineBytes + growth * windowBytes + margin;
    this.#kernel.reserve(end);
    this.#bytes = this.#kernel.bytes;
    this.#words = this.#kernel.words.subarray(controlAddress >> 2, (controlAddress >> 2) + 32);
    if (shared.owner !== tables) {
      this.#bytes.set(tables.bytes, freeAddress);
      for (const [index, value] of tables.control) this.#words[index] = value;
      shared.owner = tables;
    }
    this.#words[Control.ends] = this.#ends;
    this.#words[Control.endsLimit] = this.#ends + linesPerCall * 4;
    this.#words[Control.lines] = this.#output;
    this.#words[Control.out] = this.#output;
    this.#endOfRow = this.#word(Control.end1);
  }

  /**
   * Adds the rows of `window`, the first of which has the number `row`, and says why it stopped.
   * The row of the byte `invalid`, if that is not negative, is bad.
   */
  run(window: Uint8Array, final: boolean, invalid: number, row: number): number {
    const end = this.#input + window.length;
    this.#bytes.set(window, this.#input);
    this.#bytes.fill(this.#endOfRow, end, end + margin);
    const digits = String(row).padStart(16, '0');
    for (let i = 0; i < 16; i++) this.#bytes[numberAddress + i] = digits.charCodeAt(i);
    return this.#kernel.run.run(
      this.#input,
      end,
      final ? 1 : 0,
      this.#word(Control.out),
      this.#output + outputBytes,
      invalid < 0 ? -1 : this.#input + invalid,
    );
  }

  /** How many lines there are. */
  get lineCount(): number {
    return (this.#word(Control.ends) - this.#ends) / 4;
  }

  /** How many bytes of the last window are done with. */
  get taken(): number {
    return this.#word(Control.in) - this.#input;
  }

  /** The row that follows them, if it is bad: what is wrong, where in the window, its end. */
  get bad(): {
    readonly bad: number;
    readonly at: number;
    readonly fields: number;
    readonly end: number;
  } {
    return {
      bad: this.#word(Control.bad),
      at: this.#word(Control.badAt) - this.#input,
      fields: this.#word(Control.fields),
      end: this.#word(Control.badEnd) - this.#input,
    };
  }

  /** How large the memory has become. */
  get memoryBytes(): number {
    return this.#bytes.length;
  }

  /** A copy of the lines, whose bytes may be given back with `giveBlock`. */
  take(): Lines {
    if (this.lineCount === 0) return noLines;
    const bytes = takeBlock(this.#word(Control.out) - this.#output);
    bytes.set(this.#bytes.subarray(this.#output, this.#output + bytes.length));
    const ends = this.#kernel.words.slice(this.#ends >> 2, (this.#ends >> 2) + this.lineCount);
    return { bytes, ends };
  }

  #word(index: number): number {
    return this.#words[index] ?? 0;
  }
}

/** No documents. */
export const noLines: Lines = { bytes: new Uint8Array(0), ends: new Uint32Array(0) };

/** How much output ends a call. */
const outputBytes = 1024 * 1024;
const linesPerCall = 65_536;
/** A byte can become six: `\u0000`. */
const growth = 6;
/** What the kernel reads and writes past the end of what it was given. */
const margin = 64;

function aligned(address: number): number {
  return Math.ceil(address / 64) * 64;
}
