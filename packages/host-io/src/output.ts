import { Failure, isFailure } from '@fairlead/sdk';
import { type Writer, writerTo } from './descriptor-writer.ts';

/**
 * Bytes on their way to a descriptor, in order, through two buffers: one is filled while the other
 * is written. What was written gets there soon without a flush.
 */
export interface Output {
  /**
   * Takes `bytes`. When a promise comes back the buffers are full: wait for it before the next
   * write, and leave `bytes` as they are until then. What is written meanwhile waits in line.
   * @throws {Failure} transient, in the promise: this or an earlier write failed. See {@link isOutputClosed}.
   */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /**
   * Resolves when everything taken so far is with the system.
   * @throws {Failure} transient, as `write`.
   */
  flush(): Promise<void>;
  /**
   * Flushes, and closes the descriptor unless it is one of the standard three. Nothing can be
   * written afterwards.
   * @throws {Failure} transient, as `write`.
   */
  close(): Promise<void>;
}

export interface OutputOptions {
  /** The size of each of the two buffers; 256 KiB unless given. */
  readonly bufferBytes?: number;
}

/** Output to a descriptor: a pipe, a socket, a terminal or a file at its current position. */
export function openOutput(fd: number, { bufferBytes = 256 * 1024 }: OutputOptions = {}): Output {
  return new DescriptorOutput(fd, bufferBytes);
}

/** Whether a write failed because nobody reads any more: the work is done as far as they care. */
export function isOutputClosed(error: unknown): boolean {
  if (!isFailure(error) || !(error.cause instanceof Error) || !('code' in error.cause))
    return false;
  return closedCodes.has(String(error.cause.code));
}

const closedCodes: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET']);

class DescriptorOutput implements Output {
  readonly #writer: Writer;
  #filling: Buffer;
  #spare: Buffer;
  /** Bytes in `#filling`. */
  #length = 0;
  /** The write that is under way. It never rejects: `#failure` says how it ended. */
  #writing: Promise<void> | undefined;
  /** The last of the writes that wait for room, in line. */
  #waiting: Promise<void> | undefined;
  #scheduled = false;
  #closed = false;
  #failure: Failure | undefined;

  constructor(fd: number, bufferBytes: number) {
    this.#writer = writerTo(fd);
    this.#filling = Buffer.allocUnsafeSlow(bufferBytes);
    this.#spare = Buffer.allocUnsafeSlow(bufferBytes);
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#closed) throw new Error('the output is closed');
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#waiting !== undefined || this.#isLarge(bytes)) return this.#wait(bytes, 0);
    const taken = this.#take(bytes, 0);
    return taken === bytes.length ? undefined : this.#wait(bytes, taken);
  }

  async flush(): Promise<void> {
    if (this.#waiting !== undefined) await this.#waiting;
    await this.#drain();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.flush();
    } finally {
      await this.#writer.close();
    }
  }

  /** Waits until the buffers are empty. */
  async #drain(): Promise<void> {
    while (this.#length > 0 || this.#writing !== undefined) {
      if (this.#writing === undefined) this.#send();
      await this.#writing;
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Copies what there is room for, and answers where the rest begins. */
  #take(bytes: Uint8Array, from: number): number {
    let at = from;
    for (;;) {
      const count = Math.min(bytes.length - at, this.#filling.length - this.#length);
      const whole = count === bytes.length;
      this.#filling.set(whole ? bytes : bytes.subarray(at, at + count), this.#length);
      this.#length += count;
      at += count;
      if (at === bytes.length) break;
      if (this.#writing !== undefined) return at;
      this.#send();
    }
    this.#schedule();
    return at;
  }

  #wait(bytes: Uint8Array, from: number): Promise<void> {
    const before = this.#waiting;
    const turn = async () => {
      await before;
      if (this.#isLarge(bytes)) await this.#writeThrough(bytes);
      else await this.#takeAll(bytes, from);
      if (this.#waiting === mine) this.#waiting = undefined;
    };
    const mine = turn();
    this.#waiting = mine;
    // Whoever looks away learns of the failure at the next write.
    mine.catch(() => {});
    return mine;
  }

  /** Whether bytes are written from where they are, as that is cheaper than a copy. */
  #isLarge(bytes: Uint8Array): boolean {
    return bytes.length >= this.#filling.length;
  }

  async #writeThrough(bytes: Uint8Array): Promise<void> {
    await this.#drain();
    this.#writing = this.#writeAll(bytes, bytes.length);
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #takeAll(bytes: Uint8Array, from: number): Promise<void> {
    let at = from;
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      at = this.#take(bytes, at);
      if (at === bytes.length) break;
      await this.#writing;
    }
  }

  /** Sends what has gathered at the end of this turn of the event loop, unless a write is under way. */
  #schedule(): void {
    if (this.#scheduled || this.#writing !== undefined || this.#length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#writing === undefined && this.#length > 0) this.#send();
    });
  }

  /** Begins to write the buffer that was filled. */
  #send(): void {
    const full = this.#filling;
    const length = this.#length;
    this.#filling = this.#spare;
    this.#spare = full;
    this.#length = 0;
    this.#writing = this.#writeAll(full, length);
  }

  async #writeAll(buffer: Uint8Array, length: number): Promise<void> {
    try {
      if (this.#failure === undefined) await this.#writer.writeAll(buffer, length);
    } catch (error) {
      this.#failure = writeFailure(error);
    }
    this.#writing = undefined;
    if (this.#length > 0) this.#send();
  }
}

function writeFailure(error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code !== undefined && closedCodes.has(code)) {
    return new Failure('transient', 'the reader of the output has gone away', { cause: error });
  }
  const reason = code === undefined ? '' : ` (${code})`;
  return new Failure('transient', `the output cannot be written${reason}`, { cause: error });
}
