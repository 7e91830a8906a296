import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import { connectSocket, type Target } from './connect-socket.ts';
import { errorOfReset } from './answer-status.ts';
import { GrpcError } from './grpc-error.ts';
import { Status } from './status.ts';

/** How connections are made and kept. Every field has a default. */
export interface SessionOptions {
  /** The receive window of each stream, which bounds what waits for a slow reader. 8 MiB. */
  readonly streamWindowBytes: number;
  /** The receive window all streams of one connection share. 8 MiB. */
  readonly sessionWindowBytes: number;
  /** The most streams on one connection, if the server does not want fewer. 90. */
  readonly maxStreams: number;
  /** How long a connection with calls may be silent about its life: a PING goes out as often. 60 s. */
  readonly keepaliveMs: number;
  /** How long an answer to a PING may take. 20 s. */
  readonly keepaliveTimeoutMs: number;
  /** How long making a connection may take. 20 s. */
  readonly connectTimeoutMs: number;
}

/** One HTTP/2 connection, and how many streams it carries. */
export class ClientSession {
  /** Streams that are promised or open. */
  streams = 0;
  readonly #http2: ClientHttp2Session;
  readonly #socket: Socket;
  readonly #maxStreams: number;
  #lastStreamId = Number.POSITIVE_INFINITY;
  #goawayCode: number | undefined;
  /** Why the connection is lost, where that is known. */
  #lost: string | undefined;

  constructor(http2: ClientHttp2Session, socket: Socket, options: SessionOptions) {
    this.#http2 = http2;
    this.#socket = socket;
    this.#maxStreams = options.maxStreams;
    http2.on('goaway', (code, lastStreamId) => {
      this.#goawayCode = code;
      this.#lastStreamId = lastStreamId;
    });
    http2.on('error', (error) => {
      this.#lost ??= error.message;
    });
    const timer = setInterval(() => this.#ping(options.keepaliveTimeoutMs), options.keepaliveMs);
    timer.unref();
    http2.on('close', () => clearInterval(timer));
  }

  /** How many streams this connection may carry. */
  get limit(): number {
    return Math.min(this.#maxStreams, this.#http2.remoteSettings.maxConcurrentStreams ?? 2 ** 31);
  }

  /** Whether a new stream may be opened. */
  get hasRoom(): boolean {
    return this.isOpen && this.streams < this.limit;
  }

  get isOpen(): boolean {
    return !this.#http2.closed && !this.#http2.destroyed && this.#goawayCode === undefined;
  }

  /** Whether the connection has gone, and its streams with it. */
  get isLost(): boolean {
    return this.#http2.destroyed || this.#socket.destroyed;
  }

  /** Opens a stream. Throws where the connection has just gone. */
  request(headers: OutgoingHttpHeaders): ClientHttp2Stream {
    return this.#http2.request(headers, { endStream: false });
  }

  /** What a stream of this session means that closed with no status. */
  errorOf(stream: ClientHttp2Stream): GrpcError {
    if (this.#goawayCode !== undefined && (stream.id ?? 0) > this.#lastStreamId) {
      const details = 'the server is going away and has not begun with the call';
      return new GrpcError(Status.UNAVAILABLE, details, { safeToRetry: true });
    }
    if (this.isLost) {
      const details = this.#lost === undefined ? '' : `: ${this.#lost}`;
      return new GrpcError(Status.UNAVAILABLE, `the connection was lost${details}`);
    }
    return errorOfReset(stream.rstCode ?? 0);
  }

  /** Takes no more streams, and closes the connection once there are none. */
  close(): void {
    this.#http2.close();
  }

  destroy(): void {
    this.#http2.destroy();
    this.#socket.destroy();
  }

  onClose(listener: () => void): void {
    if (this.#http2.destroyed) listener();
    else this.#http2.once('close', listener);
  }

  #ping(timeoutMs: number): void {
    if (this.streams === 0 || this.#http2.destroyed) return;
    const timer = setTimeout(() => {
      this.#lost = `no answer to a PING within ${timeoutMs} ms`;
      this.destroy();
    }, timeoutMs);
    timer.unref();
    this.#http2.ping(() => clearTimeout(timer));
  }
}

/**
 * Connects, and waits for the settings of the server, so that its limits are known before the first call.
 *
 * @throws {GrpcError} `UNAVAILABLE` with the reason in plain words
 */
export async function openSession(
  target: Target,
  options: SessionOptions,
  signal: AbortSignal,
): Promise<ClientSession> {
  const socket = await connectSocket(target, { timeoutMs: options.connectTimeoutMs, signal });
  const http2 = connect(`${isSecure(target) ? 'https' : 'http'}://${authorityOf(target)}`, {
    createConnection: () => socket,
    settings: { initialWindowSize: options.streamWindowBytes, enablePush: false },
    // In MB. The default of 10 refuses streams while another one's message is being sent.
    maxSessionMemory: 1024,
  });
  return new Promise((resolve, reject) => {
    const where = `${target.host}:${target.port}`;
    const fail = (details: string, cause?: unknown) => {
      clearTimeout(timer);
      http2.destroy();
      reject(new GrpcError(Status.UNAVAILABLE, details, { safeToRetry: true, cause }));
    };
    const timer = setTimeout(() => {
      fail(`${where} sent no HTTP/2 settings within ${options.connectTimeoutMs} ms`);
    }, options.connectTimeoutMs);
    http2.once('error', (error) => fail(`${where} does not speak HTTP/2: ${error.message}`, error));
    http2.once('close', () => fail(`${where} closed the connection before the first call`));
    http2.once('connect', () => http2.setLocalWindowSize(options.sessionWindowBytes));
    http2.once('remoteSettings', () => {
      clearTimeout(timer);
      resolve(new ClientSession(http2, socket, options));
    });
  });
}

export function isSecure({ tls }: Target): boolean {
  return tls === true || typeof tls === 'object';
}

export function authorityOf({ host, port, authority }: Target): string {
  return authority ?? `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
