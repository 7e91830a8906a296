import type { Lines } from '@fairlead/json';
import type { FlowOutput } from '../io.ts';
import { createKernel } from './kernel.ts';

/** What is written around documents. */
export interface Around {
  /** `lines`: what is `between` two of them. `frames`: what the kernel of that name makes of it. */
  readonly form: 'lines' | 'frames';
  /** What is before the first document, and is the end of `between`. */
  readonly first: Uint8Array;
  readonly between: Uint8Array;
}

/**
 * Writes documents to an output, each as a message, by a kernel in WebAssembly: no object, view or
 * call for each document. It holds less than 1 MiB, so one serves a whole process.
 */
export class DocumentPieces {
  readonly #output: FlowOutput;
  readonly #kernel = createKernel(memoryBytes);
  readonly #ends: Uint32Array;
  /** The writes of the two areas that the kernel writes to in turn. */
  readonly #written: [Promise<void> | undefined, Promise<void> | undefined] = [
    undefined,
    undefined,
  ];
  #area: 0 | 1 = 0;
  /** Where the next document goes. */
  #at = outsAt;

  constructor(output: FlowOutput) {
    this.#output = output;
    this.#ends = new Uint32Array(this.#kernel.bytes.buffer, endsAt, mostDocuments);
  }

  /**
   * Writes the documents from `from` on, and answers the first that is not written: their number, or
   * one that is larger than 128 KiB. What was written is in line at the output by then.
   * @throws {Failure} transient, when the output failed.
   */
  async write({ bytes, ends }: Lines, from: number, around: Around): Promise<number> {
    const { form, first, between } = around;
    const memory = this.#kernel.bytes;
    const run = this.#kernel.run[form];
    memory.set(between, betweenAt);
    await this.#begin(first);
    let next = from;
    while (next < ends.length) {
      const start = next === 0 ? 0 : (ends[next - 1] ?? 0);
      const count = countWithin(ends, next, start);
      if (count === 0) break;
      this.#ends.set(ends.subarray(next, next + count));
      memory.set(bytes.subarray(start, ends[next + count - 1]), windowAt);
      for (let done = 0; ;) {
        done = run(
          windowAt - start,
          endsAt,
          done,
          count,
          done === 0 ? start : (ends[next + done - 1] ?? 0),
          betweenAt,
          between.length,
          this.#at,
          outsAt + (this.#area + 1) * outBytes - mostAround,
        );
        this.#at = this.#kernel.run.written.value;
        if (done === count) break;
        this.#send(first);
        await this.#begin(first);
      }
      next += count;
    }
    this.#send(first);
    return next;
  }

  /** Waits until there is an area to write to. */
  async #begin(first: Uint8Array): Promise<void> {
    await this.#written[this.#area];
    const outAt = outsAt + this.#area * outBytes;
    this.#kernel.bytes.set(first, outAt);
    this.#at = outAt + first.length;
  }

  /** Hands an area to the output, without what is before a document that does not follow, and turns to the other. */
  #send(first: Uint8Array): void {
    const outAt = outsAt + this.#area * outBytes;
    const end = this.#at - first.length;
    if (end === outAt) return;
    const written = this.#output.write(this.#kernel.bytes.subarray(outAt, end));
    // The next write fails as well, and says so.
    written?.catch(() => {});
    this.#written[this.#area] = written;
    this.#area = this.#area === 0 ? 1 : 0;
  }
}

/** How many documents from `first` on fit into a window: one that is large, or several. */
function countWithin(ends: Uint32Array, first: number, start: number): number {
  const last = Math.min(ends.length, first + mostDocuments);
  let at = first;
  while (at < last && (ends[at] ?? 0) - start <= windowBytes) at++;
  if (at === first && (ends[at] ?? 0) - start <= largestBytes) at++;
  return at - first;
}

/** Fits into the processor's nearest cache. */
const windowBytes = 32 * 1024;
const largestBytes = 128 * 1024;
/** More than the output gathers, so that it writes a full area from where it is. */
const outBytes = 320 * 1024;
const mostDocuments = 16 * 1024;
/** More than there is between documents, and before the first, and what is written beyond the end. */
const mostAround = 256;

const betweenAt = 1024;
const endsAt = betweenAt + mostAround;
const windowAt = endsAt + 4 * mostDocuments;
const outsAt = windowAt + largestBytes + mostAround;
const memoryBytes = outsAt + 2 * outBytes;
