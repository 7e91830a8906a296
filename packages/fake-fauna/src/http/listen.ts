import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Incoming, Outgoing } from './exchange.ts';

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** What every connection of HTTP/2 begins with. */
const preface = 'PRI';

/** Listens on one port for HTTP/1.1 and for HTTP/2 without TLS, which the official drivers speak. */
export async function listen(
  host: string,
  port: number,
  handle: (request: Incoming, response: Outgoing) => void,
): Promise<Listening> {
  const http1 = createHttpServer({ keepAliveTimeout: 60_000 }, handle);
  const http2 = createHttp2Server(handle);
  const sockets = new Set<Socket>();
  const sniff = (socket: Socket) => {
    const start: unknown = socket.read(preface.length);
    if (!Buffer.isBuffer(start)) {
      socket.once('readable', () => sniff(socket));
      return;
    }
    socket.unshift(start);
    (start.toString('latin1') === preface ? http2 : http1).emit('connection', socket);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    // Whoever goes away in the middle is nobody's fault here.
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    sniff(socket);
  });
  // Errors of single sessions end them, and nothing else.
  http2.on('sessionError', () => {});
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  // A server that listens on a port has an address of this kind.
  const address = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { port: address.port, close };
}
