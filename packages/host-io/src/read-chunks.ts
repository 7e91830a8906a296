import { addAbortListener } from 'node:events';
import { close, fstat, read } from 'node:fs';
import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { promisify } from 'node:util';
import { Failure } from '@fairlead/sdk';
import { retryable } from './retryable.ts';

/**
 * What a descriptor has to say, to its end, as buffers of up to 1 MiB that belong to the caller. At
 * most 2 MiB are read ahead. The descriptor is closed afterwards, unless it is one of the standard
 * three. An abort throws the signal's reason at once, also while nothing comes.
 * @throws {Failure} transient, when the system cannot read.
 */
export async function* readChunks(
  fd: number,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  signal?.throwIfAborted();
  const status = await stat(fd);
  // A read that waits in the system could be neither aborted nor left behind when the process ends.
  const mayWait = status.isFIFO() || status.isSocket();
  yield* mayWait ? fromSocket(fd, signal) : fromFile(fd, signal);
}

const chunkBytes = 1024 * 1024;
/** A buffer with less room than that is handed on as it is. */
const leastRoomBytes = 64 * 1024;
const stat = promisify(fstat);
const closeDescriptor = promisify(close);

async function* fromFile(
  fd: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    for (;;) {
      signal?.throwIfAborted();
      const buffer = Buffer.allocUnsafeSlow(chunkBytes);
      const length = await readInto(fd, buffer);
      if (length === 0) return;
      yield buffer.subarray(0, length);
    }
  } finally {
    if (fd > 2) await closeDescriptor(fd);
  }
}

async function readInto(fd: number, buffer: Buffer): Promise<number> {
  try {
    return await retryable(() => readSome(fd, buffer));
  } catch (error) {
    throw readFailure(error);
  }
}

function readSome(fd: number, buffer: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, null, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}

async function* fromSocket(
  fd: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const gathering = new Gathering();
  const options: SocketConstructorOpts & ConnectOpts = {
    fd,
    readable: true,
    writable: false,
    onread: {
      buffer: () => gathering.room(),
      callback: (length) => gathering.add(length),
    },
  };
  const socket = new Socket(options);
  socket.on('end', () => gathering.end());
  socket.on('close', () => gathering.end());
  socket.on('error', (error) => gathering.end(readFailure(error)));
  using _stop = signal && addAbortListener(signal, () => gathering.end());
  try {
    for (;;) {
      signal?.throwIfAborted();
      const chunk = gathering.take();
      if (chunk !== undefined) yield chunk;
      else if (gathering.ended) break;
      else {
        socket.resume();
        await gathering.change();
      }
    }
    if (gathering.failure !== undefined) throw gathering.failure;
  } finally {
    socket.destroy();
  }
}

/** What a socket has read and nobody has taken: one full buffer, and one that is being filled. */
class Gathering {
  #full: Buffer | undefined;
  #filling = Buffer.allocUnsafeSlow(chunkBytes);
  #start = 0;
  #end = 0;
  #wake = () => {};
  ended = false;
  failure: Failure | undefined;

  /** Where the next bytes go. */
  room(): Buffer {
    return this.#filling.subarray(this.#end);
  }

  /** So many bytes have come. Answers whether more may. */
  add(length: number): boolean {
    this.#end += length;
    if (this.#filling.length - this.#end < leastRoomBytes) {
      this.#full = this.#filling.subarray(this.#start, this.#end);
      this.#filling = Buffer.allocUnsafeSlow(chunkBytes);
      this.#start = 0;
      this.#end = 0;
    }
    this.#wake();
    return this.#full === undefined;
  }

  /** What has come since it was last asked for; undefined when nothing has. */
  take(): Buffer | undefined {
    const full = this.#full;
    this.#full = undefined;
    if (full !== undefined) return full.length === 0 ? undefined : full;
    if (this.#start === this.#end) return undefined;
    const chunk = this.#filling.subarray(this.#start, this.#end);
    this.#start = this.#end;
    return chunk;
  }

  /** No more comes. What is said first counts. */
  end(failure?: Failure): void {
    if (!this.ended) this.failure = failure;
    this.ended = true;
    this.#wake();
  }

  /** Resolves when something comes, or nothing will. */
  async change(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

function readFailure(error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return new Failure('transient', `the input cannot be read${code}`, { cause: error });
}
