import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { frameMessage } from './frame.ts';
import { GrpcError } from './grpc-error.ts';
import { encodeGrpcMessage } from './grpc-message.ts';
import { decodeGrpcTimeout } from './grpc-timeout.ts';
import { Inbox } from './inbox.ts';
import type { Messages } from './message-reader.ts';
import { fromHeaders, type Metadata, toBase64, toHeaders } from './metadata.ts';
import { nextTurn, Outbox } from './outbox.ts';
import { Status } from './status.ts';

/** A call as its handler sees it. Iterating gives what the client sends; a loop left early may be taken up again. */
export interface ServerCall extends AsyncIterable<Messages> {
  readonly path: string;
  /** What the client sent with the call. */
  readonly metadata: Metadata;
  /** Milliseconds the client gave the call, if it did. */
  readonly deadlineMs: number | undefined;
  /** Aborts with a `GrpcError` when the client has gone or its deadline has passed. */
  readonly signal: AbortSignal;
  /** The stream itself, and its connection as `stream.session`. */
  readonly stream: ServerHttp2Stream;
  /**
   * The next message of the client, as bytes to keep: the only one of a unary call.
   *
   * @throws {GrpcError} `INTERNAL` when the client has ended without one
   */
  request(): Promise<Uint8Array>;
  /** Sends the headers now rather than with the first message. */
  sendHeaders(metadata?: Metadata): void;
  /**
   * Sends a message, whose bytes may be used again at once. Gives a promise when the connection takes no
   * more for now. Once the call has ended nothing is sent: an endless handler looks at `signal`.
   */
  write(message: Uint8Array): void | Promise<void>;
  /** Sends bytes as they are, without a copy: framed messages, or any part of such. They must stay as they are. */
  writeAll(framed: Uint8Array): void | Promise<void>;
  /** Done when all that was written has left for the client, so that what is written next is a frame of its own. */
  flush(): Promise<void>;
  /** Metadata that goes with the status, whatever it is. */
  setTrailers(metadata: Metadata): void;
  /** Ends the stream with an HTTP/2 error code in place of a status. What was written before has gone out. */
  reset(code: number): void;
}

/** One call on the side of the server, until its status is sent. */
export class ServerStreamCall implements ServerCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly deadlineMs: number | undefined;
  readonly stream: ServerHttp2Stream;
  readonly #abort = new AbortController();
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  #timer: NodeJS.Timeout | undefined;
  #pending: { messages: Messages; next: number } | undefined;
  #trailers: Record<string, string> = {};
  #status: Record<string, string> = {};
  #over = false;

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    options: { readonly maxMessageBytes: number },
  ) {
    this.stream = stream;
    this.path = headers[':path'] ?? '';
    this.metadata = fromHeaders(headers);
    this.#outbox = new Outbox(stream);
    this.#inbox = new Inbox({
      maxMessageBytes: options.maxMessageBytes,
      compressedCode: Status.UNIMPLEMENTED,
      refused: () => {},
    });
    this.#inbox.attach(stream);
    stream.on('end', () => this.#onEnd());
    // What it means is told by how the stream closes.
    stream.on('error', () => {});
    stream.on('close', () => this.#onClose());
    const timeout = headers['grpc-timeout'];
    this.deadlineMs = typeof timeout === 'string' ? decodeGrpcTimeout(timeout) : undefined;
    if (this.deadlineMs !== undefined) {
      this.#timer = setTimeout(() => this.#onDeadline(), Math.min(this.deadlineMs, 2 ** 31 - 1));
    }
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  [Symbol.asyncIterator](): AsyncIterator<Messages, undefined> {
    return {
      next: () => this.#next(),
      return: () => Promise.resolve({ value: undefined, done: true }),
    };
  }

  async request(): Promise<Uint8Array> {
    while (this.#pending === undefined || this.#pending.next === this.#pending.messages.count) {
      const { value: messages } = await this.#inbox.next();
      if (messages === undefined)
        throw new GrpcError(Status.INTERNAL, 'the client sent no message');
      this.#pending = { messages, next: 0 };
    }
    const { messages, next } = this.#pending;
    this.#pending.next++;
    const { bytes, bounds } = messages;
    // A copy, as the next pull may write over the bytes.
    return new Uint8Array(bytes.subarray(bounds[2 * next], bounds[2 * next + 1]));
  }

  sendHeaders(metadata: Metadata = {}): void {
    if (this.stream.headersSent || this.stream.closed || this.stream.destroyed) return;
    const headers = { ...toHeaders(metadata), ...answerHeaders };
    this.stream.on('wantTrailers', () => this.#sendTrailers());
    this.stream.respond(headers, { waitForTrailers: true });
  }

  write(message: Uint8Array): void | Promise<void> {
    return this.writeAll(frameMessage(message));
  }

  writeAll(framed: Uint8Array): void | Promise<void> {
    if (this.#over) return nextTurn();
    this.sendHeaders();
    return this.#outbox.write(framed);
  }

  flush(): Promise<void> {
    return this.#outbox.flush();
  }

  setTrailers(metadata: Metadata): void {
    this.#trailers = toHeaders(metadata);
  }

  reset(code: number): void {
    if (!this.#endOnce()) return;
    this.stream.close(code);
  }

  /** Sends the status, after all that was written: `OK`, or what `error` says. Once. */
  finish(error?: unknown): void {
    if (!this.#endOnce()) return;
    const { stream } = this;
    if (stream.closed || stream.destroyed) return;
    this.#status = statusHeaders(error, this.#trailers);
    if (error !== undefined && !stream.headersSent) {
      stream.respond({ ...answerHeaders, ...this.#status }, { endStream: true });
      this.#closeLater();
      return;
    }
    this.sendHeaders();
    stream.end();
  }

  /** Whether the call ends just now. */
  #endOnce(): boolean {
    if (this.#over) return false;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#inbox.drop(new GrpcError(Status.CANCELLED, 'the call has ended'));
    return true;
  }

  #sendTrailers(): void {
    // A stream that is reset has none.
    if (this.stream.closed || this.stream.destroyed) return;
    this.stream.sendTrailers(this.#status);
    this.#closeLater();
  }

  /** Ends the side of a client that does not do so by itself: it has no more to say that would be heard. */
  #closeLater(): void {
    // At once, or while the connection is full, the reset would take the place of the status.
    const timer = setTimeout(() => this.stream.close(constants.NGHTTP2_NO_ERROR), closeAfterMs);
    timer.unref();
    this.stream.on('close', () => clearTimeout(timer));
  }

  /** What is left of the messages that `request` took one of, and then what comes. */
  #next(): Promise<IteratorResult<Messages, undefined>> {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined || pending.next === pending.messages.count) return this.#inbox.next();
    const { bytes, bounds, count } = pending.messages;
    const value = {
      bytes,
      bounds: bounds.subarray(2 * pending.next),
      count: count - pending.next,
    };
    return Promise.resolve({ value, done: false });
  }

  #onEnd(): void {
    this.#inbox.end(
      this.#inbox.endsInMessage
        ? new GrpcError(Status.INTERNAL, 'the client ended in the middle of a message')
        : undefined,
    );
  }

  #onClose(): void {
    clearTimeout(this.#timer);
    if (this.#over) return;
    this.#over = true;
    const gone = new GrpcError(Status.CANCELLED, 'the client has gone');
    this.#inbox.drop(gone);
    this.#abort.abort(gone);
  }

  #onDeadline(): void {
    const late = new GrpcError(Status.DEADLINE_EXCEEDED, `the ${this.deadlineMs} ms are over`);
    this.finish(late);
    this.#abort.abort(late);
  }
}

const closeAfterMs = 1000;

const answerHeaders = {
  ':status': 200,
  'content-type': 'application/grpc',
  'grpc-accept-encoding': 'identity',
};

function statusHeaders(error: unknown, trailers: Record<string, string>): Record<string, string> {
  if (error === undefined) return { ...trailers, 'grpc-status': '0' };
  const { code, details, metadata, statusDetails } =
    error instanceof GrpcError ? error : new GrpcError(Status.UNKNOWN, messageOf(error));
  let added: Record<string, string>;
  try {
    added = toHeaders(metadata);
  } catch (cause) {
    // The client must learn of some status, or it would wait for ever.
    return statusHeaders(new GrpcError(Status.INTERNAL, messageOf(cause)), trailers);
  }
  return {
    ...trailers,
    ...added,
    'grpc-status': String(code),
    ...(details === '' ? {} : { 'grpc-message': encodeGrpcMessage(details) }),
    ...(statusDetails === undefined ? {} : { 'grpc-status-details-bin': toBase64(statusDetails) }),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
