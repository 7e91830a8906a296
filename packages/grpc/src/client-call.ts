import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import { errorInTrailers, refusalOf } from './answer-status.ts';
import type { ClientSession } from './client-session.ts';
import { frameMessage } from './frame.ts';
import { GrpcError } from './grpc-error.ts';
import { encodeGrpcTimeout } from './grpc-timeout.ts';
import { Inbox } from './inbox.ts';
import type { Messages } from './message-reader.ts';
import { fromHeaders, type Metadata, type MetadataSource, toHeaders } from './metadata.ts';
import { nextTurn, Outbox } from './outbox.ts';
import type { SessionPool } from './session-pool.ts';
import { Status } from './status.ts';

export interface CallOptions {
  /** Sent besides the metadata of the channel, and before it where both name the same. */
  readonly metadata?: MetadataSource;
  /** How long the call may take from now on. */
  readonly deadlineMs?: number;
  /** Cancels the call, which then throws the reason of the signal. */
  readonly signal?: AbortSignal;
  /** The longest message that is taken from the server. 16 MiB, or what the channel says. */
  readonly maxMessageBytes?: number;
}

/**
 * The answers of a server. Each pull gives all that has arrived; what is not pulled waits at the server,
 * beyond a window. Leaving the loop early cancels the call. Iteration throws a `GrpcError` for any status
 * but `OK`, after the messages that came before it. What was not pulled yet is dropped when the call is
 * cancelled or its deadline passes.
 */
export interface Call extends AsyncIterable<Messages> {
  /** The metadata that came before the first message. Rejects when the call fails before. */
  readonly headers: Promise<Metadata>;
  /** The metadata that came with the status `OK`. Rejects with the error of any other. */
  readonly trailers: Promise<Metadata>;
  /** Ends the call: it fails with `CANCELLED`, if it has not ended yet. */
  cancel(): void;
}

/** A call with messages both ways, at any time. */
export interface DuplexCall extends Call {
  /**
   * Sends a message, whose bytes may be used again at once. Gives a promise when the connection takes
   * no more for now. Once the call has ended nothing happens: iteration tells how it ended.
   */
  write(message: Uint8Array): void | Promise<void>;
  /** No more messages will be sent. */
  end(): void;
}

export interface ClientCallSetup {
  readonly pool: SessionPool;
  readonly scheme: string;
  readonly authority: string;
  readonly userAgent: string;
  readonly path: string;
  /** The metadata of the channel, and that of the call. */
  readonly metadata: readonly MetadataSource[];
  readonly maxMessageBytes: number;
  readonly deadlineMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Told once, when the call has ended. */
  readonly ended: (call: ClientCall) => void;
}

/** One call from its making to its status. */
export class ClientCall implements DuplexCall {
  readonly headers: Promise<Metadata>;
  readonly trailers: Promise<Metadata>;
  readonly #setup: ClientCallSetup;
  readonly #inbox: Inbox;
  readonly #endAtMs: number | undefined;
  readonly #opened: Promise<void>;
  readonly #settleHeaders: Settle<Metadata>;
  readonly #settleTrailers: Settle<Metadata>;
  #timer: NodeJS.Timeout | undefined;
  #stream: ClientHttp2Stream | undefined;
  #outbox: Outbox | undefined;
  #trailers: IncomingHttpHeaders | undefined;
  #over = false;

  constructor(setup: ClientCallSetup) {
    this.#setup = setup;
    [this.headers, this.#settleHeaders] = settleable();
    [this.trailers, this.#settleTrailers] = settleable();
    this.#inbox = new Inbox({
      maxMessageBytes: setup.maxMessageBytes,
      compressedCode: Status.INTERNAL,
      refused: (error) => this.#fail(error),
    });
    const { deadlineMs, signal } = setup;
    if (deadlineMs !== undefined) {
      this.#endAtMs = performance.now() + deadlineMs;
      this.#timer = setTimeout(
        () => this.#fail(deadlineError(deadlineMs)),
        Math.min(deadlineMs, longestTimerMs),
      );
    }
    signal?.addEventListener('abort', this.#abort, { once: true });
    if (signal?.aborted === true) this.#abort();
    this.#opened = this.#open().catch((error: unknown) => this.#fail(error));
  }

  get isOver(): boolean {
    return this.#over;
  }

  [Symbol.asyncIterator](): AsyncIterator<Messages, undefined> {
    return {
      next: () => this.#inbox.next(),
      return: () => {
        this.cancel();
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }

  write(message: Uint8Array): void | Promise<void> {
    const framed = frameMessage(message);
    if (this.#outbox !== undefined) return this.#outbox.write(framed);
    if (this.#over) return nextTurn();
    return this.#opened.then(() => this.#outbox?.write(framed));
  }

  end(): void {
    if (this.#stream !== undefined) this.#stream.end();
    else if (!this.#over) void this.#opened.then(() => this.#stream?.end());
  }

  cancel(): void {
    this.#fail(new GrpcError(Status.CANCELLED, 'the call was cancelled'));
  }

  readonly #abort = (): void => this.#fail(this.#setup.signal?.reason);

  async #open(): Promise<void> {
    const { pool, metadata } = this.#setup;
    const headers: Record<string, string> = {};
    if (this.#over) return;
    for (const source of metadata) {
      Object.assign(headers, toHeaders(typeof source === 'function' ? await source() : source));
      if (this.#over) return;
    }
    const session = await pool.acquire();
    if (this.#over) {
      pool.release(session);
      return;
    }
    try {
      this.#attach(session.request(this.#requestHeaders(headers)), session);
    } catch (cause) {
      const isOpen = session.isOpen;
      pool.release(session);
      if (isOpen) throw cause;
      const details = 'the connection went away before the call';
      throw new GrpcError(Status.UNAVAILABLE, details, { safeToRetry: true, cause });
    }
  }

  #requestHeaders(metadata: Record<string, string>): Record<string, string> {
    const { scheme, authority, path, userAgent } = this.#setup;
    return {
      'user-agent': userAgent,
      ...metadata,
      ':method': 'POST',
      ':scheme': scheme,
      ':authority': authority,
      ':path': path,
      te: 'trailers',
      'content-type': 'application/grpc',
      'grpc-accept-encoding': 'identity',
      ...(this.#endAtMs === undefined
        ? {}
        : { 'grpc-timeout': encodeGrpcTimeout(this.#endAtMs - performance.now()) }),
    };
  }

  #attach(stream: ClientHttp2Stream, session: ClientSession): void {
    this.#stream = stream;
    this.#outbox = new Outbox(stream);
    stream.on('response', (headers, flags) => this.#onResponse(headers, flags));
    stream.on('trailers', (headers) => {
      this.#trailers = headers;
    });
    stream.on('end', () => {
      // A stream that was reset or lost ends too: its close tells why.
      if (this.#trailers !== undefined || (stream.rstCode === 0 && !session.isLost)) this.#onEnd();
    });
    // What it means is told by how the stream closes.
    stream.on('error', () => {});
    stream.on('close', () => {
      this.#setup.pool.release(session);
      if (!this.#over) this.#finish(session.errorOf(stream));
    });
    this.#inbox.attach(stream);
  }

  #onResponse(headers: IncomingHttpHeaders, flags: number): void {
    const isOnlyTrailers = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    if (isOnlyTrailers && headers['grpc-status'] !== undefined) {
      this.#trailers = headers;
      return;
    }
    const refusal = refusalOf(headers);
    if (refusal !== undefined) this.#fail(refusal);
    else if (!isOnlyTrailers) this.#settleHeaders.resolve(fromHeaders(headers));
  }

  /** The server has said all, and it has been taken from the stream. */
  #onEnd(): void {
    if (this.#over) return;
    const trailers = this.#trailers ?? {};
    const error = errorInTrailers(trailers);
    if (error !== undefined) this.#finish(error);
    else if (this.#inbox.endsInMessage) {
      this.#finish(new GrpcError(Status.INTERNAL, 'the answer ended in the middle of a message'));
    } else this.#finish(undefined, fromHeaders(trailers));
  }

  /** Ends the call at once: what has come is dropped, and the server is told. */
  #fail(error: unknown): void {
    if (this.#over) return;
    this.#inbox.drop(error);
    this.#finish(error);
  }

  #finish(error: unknown, trailers: Metadata = {}): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#setup.signal?.removeEventListener('abort', this.#abort);
    if (error === undefined) {
      this.#settleHeaders.resolve({});
      this.#settleTrailers.resolve(trailers);
    } else {
      this.#settleHeaders.reject(error);
      this.#settleTrailers.reject(error);
    }
    this.#inbox.end(error);
    // A status that came before our end leaves the stream half open.
    if (
      this.#stream?.closed === false &&
      !(this.#stream.writableEnded && this.#stream.readableEnded)
    ) {
      this.#stream.close(constants.NGHTTP2_CANCEL);
    }
    this.#setup.ended(this);
  }
}

interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** A promise that may be rejected with nobody listening: whoever iterates learns it anyway. */
function settleable<T>(): [Promise<T>, Settle<T>] {
  let settle: Settle<T> = { resolve: () => {}, reject: () => {} };
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => {});
  return [promise, settle];
}

/** A longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

function deadlineError(deadlineMs: number): GrpcError {
  return new GrpcError(Status.DEADLINE_EXCEEDED, `the call took longer than ${deadlineMs} ms`);
}
