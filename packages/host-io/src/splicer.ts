import { wasmCode, WasmKernel, type Lines, type WasmGlobal } from '@fairlead/json';
import type { Output } from './output.ts';
import { kernelBase64 } from './splice-kernel.gen.ts';

/** What is written around a document. */
export interface Envelope {
  readonly prefix: Uint8Array;
  readonly suffix: Uint8Array;
  /**
   * Whether the prefix ends in a decimal number, which has room, and is one more for each document
   * after the first.
   */
  readonly counts?: boolean;
  /**
   * A byte for the place of the `{` of each document, whose members so become those of an object that
   * the prefix begins: `,`, with one member there at least.
   */
  readonly inside?: number;
}

/**
 * Writes documents to an output, each in an envelope, by a kernel in WebAssembly: no object, view or
 * call for each document. It holds 1 MiB, so one serves a whole process.
 */
export class Splicer {
  readonly #output: Output;
  readonly #memory: Uint8Array;
  readonly #ends: Uint32Array;
  readonly #run: KernelExports;
  /** The writes of the two areas that the kernel writes to in turn. */
  readonly #written: [Promise<void> | undefined, Promise<void> | undefined] = [
    undefined,
    undefined,
  ];
  #area: 0 | 1 = 0;

  constructor(output: Output) {
    this.#output = output;
    const { run, bytes, words } = new WasmKernel(code, memoryBytes);
    this.#run = run;
    this.#memory = bytes;
    this.#ends = words.subarray(endsAt >> 2, (endsAt >> 2) + mostDocuments);
  }

  /**
   * Writes the documents from `from` up to `to`, and answers the first that is not written: `to`, or
   * one that the caller has to write by other means, as it is larger than 128 KiB or, with
   * `inside`, does not begin with `{"`. The last pieces are in line at the output by then.
   * @throws {Failure} transient, when the output failed.
   */
  async write(lines: Lines, from: number, to: number, envelope: Envelope): Promise<number> {
    const { prefix, suffix, counts = false, inside = 0 } = envelope;
    const { bytes, ends } = lines;
    if (prefix.length + suffix.length > mostEnvelope) return from;
    const suffixAt = prefixAt + prefix.length + padding;
    this.#memory.set(prefix, prefixAt);
    this.#memory.set(suffix, suffixAt);
    const digitsEnd = counts ? prefixAt + prefix.length : 0;
    for (let first = from; first < to;) {
      const start = first === 0 ? 0 : (ends[first - 1] ?? 0);
      const count = countWithin(ends, first, to, start + windowBytes);
      if (count === 0) return first;
      this.#ends.set(ends.subarray(first, first + count));
      this.#memory.set(bytes.subarray(start, ends[first + count - 1]), windowAt);
      let done = 0;
      while (done < count) {
        await this.#written[this.#area];
        const outAt = outsAt + this.#area * outBytes;
        const next = this.#run.splice(
          windowAt - start,
          endsAt,
          done,
          count,
          done === 0 ? start : (ends[first + done - 1] ?? 0),
          prefixAt,
          prefix.length,
          digitsEnd,
          inside,
          suffixAt,
          suffix.length,
          outAt,
          outAt + outBytes - padding,
        );
        if (next === done) return first + done;
        done = next;
        this.#send(this.#memory.subarray(outAt, this.#run.written.value));
      }
      first += count;
    }
    return to;
  }

  /** Hands an area to the output, and turns to the other. */
  #send(piece: Uint8Array): void {
    const written = this.#output.write(piece);
    // The next write fails as well, and says so.
    written?.catch(() => {});
    this.#written[this.#area] = written;
    this.#area = this.#area === 0 ? 1 : 0;
  }
}

/** How many documents from `first` on, and before `to`, end at `limit` or before. */
function countWithin(ends: Uint32Array, first: number, to: number, limit: number): number {
  const last = Math.min(to, first + mostDocuments);
  let at = first;
  while (at < last && (ends[at] ?? 0) <= limit) at++;
  return at - first;
}

/** Behind all that the kernel reads or writes it may look at so many bytes more. */
const padding = 64;
const mostEnvelope = 60 * 1024;
const mostDocuments = 16 * 1024;
/** With the output, small enough to stay in the processor's cache. */
const windowBytes = 128 * 1024;
const outBytes = 256 * 1024;

const prefixAt = 1024;
const endsAt = prefixAt + 64 * 1024;
const windowAt = endsAt + 4 * mostDocuments;
const outsAt = windowAt + windowBytes + padding;
const memoryBytes = outsAt + 2 * outBytes;

/** `kernel/splice.ts`. */
interface KernelExports {
  readonly splice: (
    bytes: number,
    ends: number,
    index: number,
    count: number,
    start: number,
    prefix: number,
    prefixSize: number,
    digitsEnd: number,
    inside: number,
    suffix: number,
    suffixSize: number,
    out: number,
    outEnd: number,
  ) => number;
  readonly written: WasmGlobal;
}

const code = wasmCode<KernelExports>(kernelBase64);
