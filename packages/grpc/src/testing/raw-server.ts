import {
  createServer,
  type Http2Server,
  type Http2Session,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';

export interface RawServer extends AsyncDisposable {
  readonly http2: Http2Server;
  readonly host: string;
  readonly port: number;
  readonly sessions: ServerHttp2Session[];
}

/** A plain HTTP/2 server that answers each stream as it is told, right or wrong. */
export async function rawServer(
  answer: (stream: ServerHttp2Stream, session: ServerHttp2Session) => void,
  options: ServerOptions = {},
): Promise<RawServer> {
  const sessions: ServerHttp2Session[] = [];
  const http2 = createServer(options);
  let lastSocket: Socket;
  // Before the listener of the server itself, which makes the session.
  http2.prependListener('connection', (socket: Socket) => {
    lastSocket = socket;
  });
  http2.on('session', (session) => {
    sessions.push(session);
    sockets.set(session, lastSocket);
    session.on('error', () => {});
    session.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('error', () => {});
      answer(stream, session);
    });
  });
  await new Promise<void>((resolve) => {
    http2.listen(0, '127.0.0.1', resolve);
  });
  return {
    http2,
    sessions,
    host: '127.0.0.1',
    port: (http2.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      await new Promise<void>((resolve) => {
        http2.close(() => resolve());
      });
    },
  };
}

/** The socket below a stream, which may be broken. */
export function socketOf(stream: ServerHttp2Stream): Socket | undefined {
  return stream.session === undefined ? undefined : sockets.get(stream.session);
}

const sockets = new WeakMap<Http2Session, Socket>();

export const grpcHeaders = { ':status': 200, 'content-type': 'application/grpc' };

/** Sends `bytes` as the body of an answer, and then the trailers, or none. */
export function answerWith(
  stream: ServerHttp2Stream,
  bytes: Uint8Array,
  trailers?: Record<string, string>,
): void {
  stream.respond(grpcHeaders, { waitForTrailers: trailers !== undefined });
  if (trailers !== undefined) stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(bytes);
}
