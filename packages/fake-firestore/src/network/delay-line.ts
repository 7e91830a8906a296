import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A way to a server on which every byte takes its time, both ways. */
export interface DelayLine {
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

export interface DelayLineOptions {
  readonly host: string;
  readonly port: number;
  /** The port of the server, on the same host. */
  readonly serverPort: number;
  readonly roundTripMs: number;
}

/** Opens a way that has latency and no limit of speed: what is under way is bounded by the windows of both ends. */
export async function openDelayLine(options: DelayLineOptions): Promise<DelayLine> {
  const { host, port, serverPort, roundTripMs } = options;
  const sockets = new Set<Socket>();
  const line = createServer((client) => {
    const server = connect({ host, port: serverPort });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('close', () => sockets.delete(socket));
    }
    forward(client, server, roundTripMs / 2);
    forward(server, client, roundTripMs / 2);
  });
  await new Promise<void>((resolve, reject) => {
    line.once('error', reject);
    line.listen({ host, port }, resolve);
  });
  return {
    port: (line.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => line.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Timers of one length run in the order they were set, so that bytes stay in theirs. */
function forward(from: Socket, to: Socket, ms: number): void {
  from.on('data', (bytes: Buffer) => setTimeout(() => to.write(bytes), ms));
  from.on('end', () => setTimeout(() => to.end(), ms));
  // A reset comes as one to the other side, after what was sent before it.
  from.on('error', () => setTimeout(() => to.destroy(), ms));
  from.on('close', () => setTimeout(() => to.destroySoon(), ms));
}
