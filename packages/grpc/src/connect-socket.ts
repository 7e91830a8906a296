import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { GrpcError } from './grpc-error.ts';
import { Status } from './status.ts';

/** Where a server is. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** Whether to speak TLS, and how. Off, HTTP/2 is spoken from the first byte on. */
  readonly tls?: boolean | ConnectionOptions;
  /** The name by which the server is called, where that is not `host:port`. */
  readonly authority?: string;
}

/**
 * A connected socket that speaks HTTP/2. When `signal` aborts it is destroyed, connected or not.
 *
 * @throws {GrpcError} `UNAVAILABLE` with the reason in plain words
 */
export function connectSocket(
  target: Target,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Socket> {
  const { host, port, tls } = target;
  const where = `${host}:${port}`;
  const secure = tls === true || typeof tls === 'object';
  return new Promise((resolve, reject) => {
    const socket = secure
      ? connectTls({
          host,
          port,
          ...(isIP(host) === 0 ? { servername: host } : {}),
          ...(typeof tls === 'object' ? tls : {}),
          ALPNProtocols: ['h2'],
        })
      : connectTcp({ host, port });
    const fail = (details: string, cause?: unknown) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new GrpcError(Status.UNAVAILABLE, details, { safeToRetry: true, cause }));
    };
    const timer = setTimeout(() => {
      fail(`no connection to ${where} within ${options.timeoutMs} ms`);
    }, options.timeoutMs);
    const abort = () => fail(`the connection to ${where} is closed`);
    options.signal.addEventListener('abort', abort, { once: true });
    socket.once('close', () => {
      options.signal.removeEventListener('abort', abort);
      fail(`${where} closed the connection while it was being made`);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => fail(reasonOf(error, target), error));
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      if ('alpnProtocol' in socket && socket.alpnProtocol !== 'h2') {
        fail(`${where} does not speak HTTP/2`);
        return;
      }
      clearTimeout(timer);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

/** Why there is no connection, for somebody who knows no error codes. */
function reasonOf(error: NodeJS.ErrnoException, { host, port, tls }: Target): string {
  const code = error.code ?? '';
  const known = reasons[code];
  if (known !== undefined) return known(host, port);
  const what = tls === undefined || tls === false ? 'no connection' : 'no secure connection';
  return `${what} to ${host}:${port}: ${error.message}`;
}

const reasons: Readonly<Record<string, (host: string, port: number) => string>> = {
  ECONNREFUSED: (host, port) => `nothing listens at ${host}:${port} (connection refused)`,
  ECONNRESET: (host, port) => `${host}:${port} closed the connection while it was being made`,
  ENOTFOUND: (host) => `there is no host named ${host}`,
  EAI_AGAIN: (host) => `the name ${host} cannot be looked up now`,
  ETIMEDOUT: (host, port) => `${host}:${port} does not answer`,
  EHOSTUNREACH: (host, port) => `there is no route to ${host}:${port}`,
  ENETUNREACH: (host, port) => `there is no route to ${host}:${port}`,
};
