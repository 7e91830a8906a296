import { Failure } from '@fairlead/sdk';
import type { RecordLayout } from './record-layout.ts';
import { Stopped, type RowKernel, type Unwrapped } from './row-kernel.ts';
import type { Inbound, LineSplitter } from './split-lines.ts';

/** Who gets what comes in, in order. */
export interface Receiver {
  take(inbound: Inbound): Promise<void>;
  /** Takes records as `Lane.unwrap` does. */
  unwrap(layout: RecordLayout, from: number, to: number): Promise<Unwrapped>;
}

export interface IntakeOptions {
  readonly kernel: RowKernel;
  readonly splitter: LineSplitter;
  readonly receiver: Receiver;
  /** How long a line may be, its `\n` included; 128 MiB unless given. */
  readonly maxLineBytes?: number;
}

/**
 * Brings text that comes in pieces to a receiver. Lines that look like one before them go through the
 * kernel, which stops at the first that it does not take; that one goes through the splitter.
 */
export class Intake {
  readonly #kernel: RowKernel;
  readonly #splitter: LineSplitter;
  readonly #receiver: Receiver;
  readonly #maxLineBytes: number;
  /** Bytes in the kernel's input: the beginning of a line. */
  #begun = 0;
  /** The beginning of a line that is long, in place of those. */
  readonly #long: Buffer[] = [];
  #longBytes = 0;
  #lineCount = 0;
  /** How many records the kernel has taken since it last stopped at one. */
  #runLength = 0;
  /** So many lines go through the splitter where the kernel stops at a record. */
  #pause = 1;

  constructor({ kernel, splitter, receiver, maxLineBytes = 128 * 1024 * 1024 }: IntakeOptions) {
    this.#kernel = kernel;
    this.#splitter = splitter;
    this.#receiver = receiver;
    this.#maxLineBytes = maxLineBytes;
  }

  /**
   * Takes the next piece, which may end anywhere, and what came before it as far as lines are whole.
   * @throws {Failure} data, with its number, for a line that is too long; what the receiver throws.
   */
  async take(piece: Uint8Array): Promise<void> {
    for (let from = 0; from < piece.length;) {
      if (this.#longBytes > 0) from = await this.#lengthen(piece, from);
      else from = await this.#fill(piece, from);
    }
  }

  /** Takes a last line without `\n`. Nothing comes afterwards. */
  async end(): Promise<void> {
    if (this.#begun > 0 || this.#longBytes > 0) await this.take(Buffer.of(newline));
  }

  /** Puts what there is room for into the kernel's input; answers where the rest begins. */
  async #fill(piece: Uint8Array, from: number): Promise<number> {
    const { input } = this.#kernel;
    const next = Math.min(piece.length, from + input.length - this.#begun);
    input.set(piece.subarray(from, next), this.#begun);
    const filled = this.#begun + next - from;
    this.#kernel.filled(filled);
    const whole = input.lastIndexOf(newline, filled - 1) + 1;
    if (whole > 0) await this.#lines(whole);
    this.#begun = filled - whole;
    if (this.#begun > input.length / 2) {
      // What is left would be moved again and again.
      this.#lengthenBy(this.#kernel.input.subarray(whole, filled));
      this.#begun = 0;
    } else if (whole > 0) this.#kernel.input.copyWithin(0, whole, filled);
    return next;
  }

  /** Adds to a long line; answers where the next line begins. */
  async #lengthen(piece: Uint8Array, from: number): Promise<number> {
    const end = piece.indexOf(newline, from) + 1;
    this.#lengthenBy(piece.subarray(from, end === 0 ? piece.length : end));
    if (end === 0) return piece.length;
    const line = Buffer.concat(this.#long);
    this.#long.length = 0;
    this.#longBytes = 0;
    await this.#split(line, Uint32Array.of(line.length));
    return end;
  }

  #lengthenBy(bytes: Uint8Array): void {
    this.#long.push(Buffer.from(bytes));
    this.#longBytes += bytes.length;
    const isTooLong = this.#longBytes > this.#maxLineBytes;
    if (isTooLong) throw tooLong(this.#lineCount + 1, this.#maxLineBytes);
  }

  /** Takes the lines that the kernel's input has up to `end`. */
  async #lines(end: number): Promise<void> {
    for (let at = 0; at < end;) {
      const layout = this.#seen(at, end);
      if (layout === undefined) {
        at = await this.#splitSome(at, end, 1);
        continue;
      }
      const { count, next, stopped } = await this.#receiver.unwrap(layout, at, end);
      at = next;
      this.#lineCount += count;
      this.#runLength += count;
      // A state, say, does not end a run, as what the kernel has made can stay where it is.
      const isEnded = stopped === Stopped.atOther && this.#seen(at, end) !== undefined;
      if (!isEnded) continue;
      const pause = this.#runLength >= longRun ? 1 : Math.min(this.#pause * 2, longestPause);
      this.#pause = pause;
      this.#runLength = 0;
      at = await this.#splitSome(at, end, pause);
    }
  }

  #seen(at: number, end: number): RecordLayout | undefined {
    return this.#splitter.seen(this.#kernel.input, at, end);
  }

  /** Takes lines through the splitter; answers where the next one begins. */
  async #splitSome(from: number, end: number, most: number): Promise<number> {
    const input = this.#kernel.input.subarray(from, end);
    const ends = new Uint32Array(most);
    let count = 0;
    let at = 0;
    while (count < ends.length && at < input.length) {
      at = input.indexOf(newline, at) + 1;
      ends[count++] = at;
    }
    await this.#split(input.subarray(0, at), ends.subarray(0, count));
    return from + at;
  }

  async #split(bytes: Uint8Array, ends: Uint32Array): Promise<void> {
    for (const inbound of this.#splitter.split({ bytes, ends })) {
      await this.#receiver.take(inbound);
    }
    this.#lineCount += ends.length;
  }
}

const newline = 0x0a;
/** For fewer records it costs more than it saves to turn from the kernel to the splitter and back. */
const longRun = 256;
const longestPause = 4096;

function tooLong(line: number, maxLineBytes: number): Failure {
  return new Failure('data', `a line is longer than ${maxLineBytes} bytes`, {
    where: `line ${line}`,
  });
}
