import type { Lines } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import { readChunks } from './read-chunks.ts';

export interface ReadLinesOptions {
  /** How long a line may be, its `\n` included; 128 MiB unless given. */
  readonly maxLineBytes?: number;
  readonly signal?: AbortSignal;
}

/**
 * The lines of a descriptor in batches that belong to the caller, each as soon as it is there. Every
 * line ends in `\n`; a last one that has none gets it. Otherwise lines are as they were, also
 * empty ones. An abort throws the signal's reason.
 * @throws {Failure} data, with its number, for a line that is too long, after the lines before it;
 * transient, when the system cannot read.
 */
export function readLines(
  fd: number,
  { maxLineBytes = 128 * 1024 * 1024, signal }: ReadLinesOptions = {},
): AsyncGenerator<Lines, void, undefined> {
  return linesOf(readChunks(fd, signal), maxLineBytes);
}

/** The lines in bytes that come in pieces, as {@link readLines} gives them. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  maxLineBytes: number,
): AsyncGenerator<Lines, void, undefined> {
  const begun = new BegunLine();
  let count = 0;
  for await (const chunk of chunks) {
    // A line that has begun before is a batch of its own, so that only its bytes are copied.
    const first = begun.length === 0 ? 0 : chunk.indexOf(newline) + 1;
    if (first > 0) {
      const bytes = begun.complete(chunk.subarray(0, first));
      if (bytes.length > maxLineBytes) throw tooLong(count + 1, maxLineBytes);
      yield { bytes, ends: Uint32Array.of(bytes.length) };
      count++;
    }
    const last = chunk.lastIndexOf(newline) + 1;
    if (last > first) {
      const bytes = chunk.subarray(first, last);
      const ends = endsOf(bytes);
      const fitting = countFitting(ends, maxLineBytes);
      const end = ends[fitting - 1];
      if (end !== undefined)
        yield { bytes: bytes.subarray(0, end), ends: ends.subarray(0, fitting) };
      count += fitting;
      if (fitting < ends.length) throw tooLong(count + 1, maxLineBytes);
    }
    begun.add(chunk.subarray(last));
    if (begun.length > maxLineBytes) throw tooLong(count + 1, maxLineBytes);
  }
  if (begun.length === 0) return;
  if (begun.length === maxLineBytes) throw tooLong(count + 1, maxLineBytes);
  const bytes = begun.complete(Buffer.of(newline));
  yield { bytes, ends: Uint32Array.of(bytes.length) };
}

const newline = 0x0a;

function tooLong(line: number, maxLineBytes: number): Failure {
  return new Failure('data', `a line is longer than ${maxLineBytes} bytes`, {
    where: `line ${line}`,
  });
}

/** Where the lines of `bytes` end, of which the last byte is one. */
function endsOf(bytes: Buffer): Uint32Array {
  let ends = new Uint32Array(Math.max(16, bytes.length >>> 8));
  let count = 0;
  for (let at = 0; at < bytes.length;) {
    at = bytes.indexOf(newline, at) + 1;
    if (count === ends.length) {
      const more = new Uint32Array(count * 2);
      more.set(ends);
      ends = more;
    }
    ends[count++] = at;
  }
  return ends.subarray(0, count);
}

/** How many lines there are before the first that is too long. */
function countFitting(ends: Uint32Array, maxLineBytes: number): number {
  let start = 0;
  for (const [index, end] of ends.entries()) {
    if (end - start > maxLineBytes) return index;
    start = end;
  }
  return ends.length;
}

/** The beginning of a line whose end has not come. */
class BegunLine {
  #bytes = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(bytes: Buffer): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = needed;
  }

  /** The line, of which `rest` is what was missing. Nothing is begun afterwards. */
  complete(rest: Buffer): Buffer {
    const bytes = Buffer.allocUnsafeSlow(this.#length + rest.length);
    bytes.set(this.#bytes.subarray(0, this.#length));
    bytes.set(rest, this.#length);
    this.#length = 0;
    // One long line shall not keep its memory for ever.
    if (this.#bytes.length > keptBytes) this.#bytes = Buffer.alloc(0);
    return bytes;
  }
}

const keptBytes = 4 * 1024 * 1024;
