import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export interface TcpServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

/** A server that does with each connection what it is told, over TCP or whatever `make` makes. */
export async function tcpServer(
  accept: (socket: Socket) => void,
  make: (listener: (socket: Socket) => void) => Server = createServer,
): Promise<TcpServer> {
  const sockets: Socket[] = [];
  const server = make((socket) => {
    socket.on('error', () => {});
    accept(socket);
  });
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
