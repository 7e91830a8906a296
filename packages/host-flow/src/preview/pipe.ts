import { addAbortListener } from 'node:events';
import { Failure } from '@fairlead/sdk';

/** Bytes from a writer to a reader within a process, one piece on its way at a time. */
export class Pipe {
  #waiting: Buffer | undefined;
  #ended = false;
  #closed = false;
  /** The last of the writes, in line. It never rejects. */
  #last: Promise<void> = Promise.resolve();
  #wake: (() => void)[] = [];

  /**
   * Takes a copy of `bytes` once there is room for it, after what was written before.
   * @throws {Failure} transient, when the reader has closed its end.
   */
  async write(bytes: Uint8Array): Promise<void> {
    const copy = Buffer.from(bytes);
    const before = this.#last;
    const mine = this.#put(before, copy);
    this.#last = mine.catch(() => {});
    return await mine;
  }

  async #put(before: Promise<void>, copy: Buffer): Promise<void> {
    await before;
    await this.#room();
    if (this.#ended || copy.length === 0) return;
    this.#waiting = copy;
    this.#notify();
  }

  /** Resolves when the reader has everything. */
  async drained(): Promise<void> {
    await this.#last;
    await this.#room();
  }

  async #room(): Promise<void> {
    while (this.#waiting !== undefined && !this.#closed && !this.#ended) await this.#change();
    if (this.#closed) {
      const cause = Object.assign(new Error('broken pipe'), { code: 'EPIPE' });
      throw new Failure('transient', 'the reader of the output has gone away', { cause });
    }
  }

  /** Says that no more is written. */
  end(): void {
    this.#ended = true;
    this.#notify();
  }

  /** Says that no more is read. */
  close(): void {
    this.#closed = true;
    this.#notify();
  }

  /** What is written, to the end. An abort throws the signal's reason. */
  async *read(signal?: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    using _stop = signal && addAbortListener(signal, () => this.#notify());
    for (;;) {
      signal?.throwIfAborted();
      const bytes = this.#waiting;
      if (bytes !== undefined) {
        this.#waiting = undefined;
        this.#notify();
        yield bytes;
      } else if (this.#ended || this.#closed) return;
      else await this.#change();
    }
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
