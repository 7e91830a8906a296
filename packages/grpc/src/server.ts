import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { GrpcError } from './grpc-error.ts';
import { type ServerCall, ServerStreamCall } from './server-call.ts';
import { Status } from './status.ts';

/** Serves one method. Its end is the status `OK`, a `GrpcError` is that status, any other error is `UNKNOWN`. */
export type Handler = (call: ServerCall) => Promise<void>;

export interface GrpcServerOptions {
  /** Speaks TLS with this key and certificate. */
  readonly tls?: TlsOptions;
  /** The longest message that is taken from a client. 16 MiB. */
  readonly maxMessageBytes?: number;
  /** The receive window of each stream. 1 MiB. */
  readonly streamWindowBytes?: number;
  /** The receive window all streams of one connection share. 1 MiB. */
  readonly sessionWindowBytes?: number;
  /** The most streams a client may have open on one connection. No limit by default. */
  readonly maxConcurrentStreams?: number;
  /** Called in place of each handler, which it calls itself, or delays, or fails, or resets: for faults. */
  readonly around?: (call: ServerCall, handle: () => Promise<void>) => Promise<void>;
}

export interface GrpcServer extends AsyncDisposable {
  /** The connections that are open: `session.goaway()`, `session.close()` and `session.destroy()` are faults. */
  readonly sessions: ReadonlySet<ServerHttp2Session>;
  /** Listens, on the loopback interface and a free port where nothing else is said. */
  listen(at?: { readonly host?: string; readonly port?: number }): Promise<Listening>;
  /** Takes no more calls, and is done when those that run have ended. */
  close(): Promise<void>;
  /** Ends every connection, and the calls with it. Disposing does the same. */
  destroy(): Promise<void>;
}

export interface Listening {
  readonly host: string;
  readonly port: number;
}

const mebibyte = 1024 * 1024;

/** A server of the methods that `handlers` names by their paths, such as `/package.Service/Method`. */
export function createGrpcServer(
  handlers: Readonly<Record<string, Handler>>,
  options: GrpcServerOptions = {},
): GrpcServer {
  const sessions = new Set<ServerHttp2Session>();
  const sockets = new Set<Socket>();
  const calls = new Set<Promise<void>>();
  const http2Options = {
    settings: {
      initialWindowSize: options.streamWindowBytes ?? mebibyte,
      ...(options.maxConcurrentStreams === undefined
        ? {}
        : { maxConcurrentStreams: options.maxConcurrentStreams }),
    },
    // In MB. The default of 10 refuses streams while large messages wait for slow clients.
    maxSessionMemory: 1024,
  };
  const server =
    options.tls === undefined
      ? createServer(http2Options)
      : createSecureServer({ ...options.tls, ...http2Options });

  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.setLocalWindowSize(options.sessionWindowBytes ?? mebibyte);
    session.on('close', () => sessions.delete(session));
    // Its streams close with it, and tell their calls.
    session.on('error', () => {});
  });
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const serving = serve(stream, headers).finally(() => calls.delete(serving));
    calls.add(serving);
  });

  async function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const httpStatus = refusedWith(headers);
    if (httpStatus !== undefined) {
      stream.on('error', () => {});
      stream.respond({ ':status': httpStatus }, { endStream: true });
      return;
    }
    const call = new ServerStreamCall(stream, headers, {
      maxMessageBytes: options.maxMessageBytes ?? 16 * mebibyte,
    });
    const handler = handlers[call.path] ?? unknownMethod;
    const handle = () => handler(call);
    try {
      await (options.around === undefined ? handle() : options.around(call, handle));
      call.finish();
    } catch (error) {
      call.finish(error);
    }
  }

  /** Done when no connection is left. */
  function stop(): Promise<void> {
    return new Promise((resolve) => {
      server.close(() => resolve());
    });
  }

  async function close(): Promise<void> {
    const stopped = stop();
    for (const session of sessions) session.close();
    await Promise.all([stopped, ...calls]);
  }

  async function destroy(): Promise<void> {
    const stopped = stop();
    for (const session of sessions) session.destroy();
    for (const socket of sockets) socket.destroy();
    await stopped;
  }

  return {
    sessions,
    listen({ host = '127.0.0.1', port = 0 } = {}) {
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port }, () => {
          server.off('error', reject);
          resolve({ host, port: (server.address() as AddressInfo).port });
        });
      });
    },
    close,
    destroy,
    [Symbol.asyncDispose]: destroy,
  };
}

/** The HTTP status for a request that is no call. */
function refusedWith(headers: IncomingHttpHeaders): number | undefined {
  if (headers[':method'] !== 'POST') return 405;
  return /^application\/grpc(?:$|[+;])/.test(headers['content-type'] ?? '') ? undefined : 415;
}

function unknownMethod(call: ServerCall): Promise<void> {
  return Promise.reject(new GrpcError(Status.UNIMPLEMENTED, `there is no method ${call.path}`));
}
