import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { AbortListeners } from './abort-listeners.ts';
import { LinkError, linkErrorOf } from './link-error.ts';
import { readBody } from './read-body.ts';

/** A server, and how long and large its answers may be. */
export interface LinkOptions {
  /** An IPv6 address stands in brackets. */
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** How TLS is spoken, such as with an authority of one's own. */
  readonly tls: ConnectionOptions;
  /** How long a connection may take to be made. */
  readonly connectMs: number;
  /** How long an answer may take, from the request to its last byte. */
  readonly answerMs: number;
  /** The longest body, unpacked. */
  readonly mostBytes: number;
}

export interface Message {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/** HTTP/1.1 to one server, over connections that are kept. */
export class Link {
  /** `host:port`, for messages. */
  readonly server: string;
  readonly #options: LinkOptions;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #aborts = new AbortListeners();
  readonly #running = new Set<(error: unknown) => void>();
  #isClosed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.server = `${options.host}:${options.port}`;
    const kept = { keepAlive: true, scheduling: 'lifo' } as const;
    this.#agent = options.isSecure ? new HttpsAgent(kept) : new HttpAgent(kept);
  }

  /**
   * The whole answer, whatever its status. A request that an old connection ended on is made anew: it must be one that
   * may be made twice.
   * @throws {LinkError} and the reason of an abort.
   */
  async send(message: Message, signal: AbortSignal): Promise<Answer> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#isClosed) throw this.closedError();
      try {
        return await this.#once(message, signal);
      } catch (error) {
        // Each time one kept connection fewer is left, and a new one counts.
        if (!(error instanceof LinkError && error.wasIdle)) throw error;
      }
    }
  }

  /** Ends what runs, with a `LinkError`, and every connection. */
  close(): void {
    this.#isClosed = true;
    for (const fail of this.#running) fail(this.closedError());
    this.#agent.destroy();
    this.#aborts[Symbol.dispose]();
  }

  /** What a request fails with after that. */
  closedError(): LinkError {
    return new LinkError('closed', `the connection to ${this.server} is closed`);
  }

  #once(message: Message, signal: AbortSignal): Promise<Answer> {
    const { promise, resolve, reject } = withResolvers<Answer>();
    const request = this.#begin(message);
    let hasAnswered = false;
    const finish = () => {
      clearTimeout(late);
      stopListening();
      this.#running.delete(fail);
    };
    const fail = (error: unknown) => {
      finish();
      reject(error);
      // What it still has to say is heard by nobody; without a listener it would end the process.
      request.on('error', () => {}).destroy();
    };
    const late = setTimeout(() => fail(this.#late()), this.#options.answerMs);
    const stopListening = this.#aborts.add(signal, fail);
    this.#running.add(fail);
    const failed = (error: unknown) => {
      const wasIdle = request.reusedSocket && !hasAnswered;
      fail(this.#errorOf(error, wasIdle));
    };
    request.on('error', failed);
    request.on('socket', (socket) => this.#watchConnecting(socket, fail));
    request.on('response', (response) => {
      hasAnswered = true;
      const { statusCode: status = 0, headers } = response;
      readBody(response, this.#options.mostBytes, this.server).then((body) => {
        finish();
        resolve({ status, headers, body });
      }, failed);
    });
    request.end(message.body);
    return promise;
  }

  #begin({ method, path, headers, body }: Message): ClientRequest {
    const { host, port, isSecure, tls } = this.#options;
    const options = {
      ...(isSecure ? tls : {}),
      host: host.replace(/^\[(.*)\]$/, '$1'),
      port,
      method,
      path,
      headers: body === undefined ? headers : { ...headers, 'content-length': body.length },
      agent: this.#agent,
    };
    return isSecure ? httpsRequest(options) : httpRequest(options);
  }

  #watchConnecting(socket: Socket, fail: (error: unknown) => void): void {
    if (!socket.connecting) return;
    const { connectMs, isSecure } = this.#options;
    const timer = setTimeout(() => {
      const message = `no connection to ${this.server} within ${connectMs / 1000} s`;
      fail(new LinkError('silent', message));
    }, connectMs);
    const stop = () => clearTimeout(timer);
    socket.once(isSecure ? 'secureConnect' : 'connect', stop).once('close', stop);
  }

  #errorOf(error: unknown, wasIdle: boolean): unknown {
    if (error instanceof LinkError || !(error instanceof Error)) return error;
    return linkErrorOf(error, this.server, { isSecure: this.#options.isSecure, wasIdle });
  }

  #late(): LinkError {
    const seconds = this.#options.answerMs / 1000;
    return new LinkError('late', `no whole answer of ${this.server} within ${seconds} s`);
  }
}

/** As `Promise.withResolvers`, which Node 20 has not. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((keep, fail) => {
    resolve = keep;
    reject = fail;
  });
  return { promise, resolve, reject };
}
