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
export function readChunks(
  fd: number,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  return readWith(freshBuffer, fd, signal);
}

/**
 * As {@link readChunks}, but of up to 256 KiB, in memory that is used again: each is good until the next
 * is asked for. For readers that are done with one before the next, as new memory costs
 * about as much as what it is filled with.
 */
export function readPieces(
  fd: number,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  return readWith(sameBuffers(), fd, signal);
}

async function* readWith(
  nextBuffer: NextBuffer,
  fd: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  signal?.throwIfAborted();
  const status = await stat(fd);
  // A read that waits in the system could be neither aborted nor left behind when the process ends.
  const mayWait = status.isFIFO() || status.isSocket();
  yield* mayWait ? fromSocket(fd, nextBuffer, signal) : fromFile(fd, nextBuffer, signal);
}

/** Gives what is read into, each time another buffer. */
type NextBuffer = () => Buffer;

const chunkBytes = 1024 * 1024;
const pieceBytes = 256 * 1024;
/** A buffer with less room than that is handed on as it is. */
const leastRoomBytes = 64 * 1024;
const stat = promisify(fstat);
const closeDescriptor = promisify(close);

function freshBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(chunkBytes);
}

/** Three in turn: the reader has one, one is full, and one is being filled. */
function sameBuffers(): NextBuffer {
  const buffers = [0, 1, 2].map(() => Buffer.allocUnsafeSlow(pieceBytes));
  let turn = 0;
  return () => buffers[turn++ % buffers.length] ?? Buffer.alloc(0);
}

async function* fromFile(
  fd: number,
  nextBuffer: NextBuffer,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    for (;;) {
      signal?.throwIfAborted();
      const buffer = nextBuffer();
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
  nextBuffer: NextBuffer,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const gathering = new Gathering(nextBuffer);
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
  readonly #nextBuffer: NextBuffer;
  #full: Buffer | undefined;
  #filling: Buffer;
  #start = 0;
  #end = 0;
  #wake = () => {};
  ended = false;
  failure: Failure | undefined;

  constructor(nextBuffer: NextBuffer) {
    this.#nextBuffer = nextBuffer;
    this.#filling = nextBuffer();
  }

  /** Where the next bytes go. */
  room(): Buffer {
    return this.#filling.subarray(this.#end);
  }

  /** So many bytes have come. Answers whether more may. */
  add(length: number): boolean {
    this.#end += length;
    if (this.#filling.length - this.#end < leastRoomBytes) {
      this.#full = this.#filling.subarray(this.#start, this.#end);
      this.#filling = this.#nextBuffer();
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
