import { type Channel, openChannel } from '@fairlead/grpc';
import { type ConnectorProcess, startProgram } from '../../testing/start-program.ts';

/** A destination in a process of its own. */
export interface DestinationProgram extends ConnectorProcess {
  readonly channel: Channel;
}

/** Starts a program, and waits until it listens. Disposing it ends it in the way of a crash. */
export async function startDestination(path: string): Promise<DestinationProgram> {
  const server = await startProgram(path);
  const channel = openChannel({ host: '127.0.0.1', port: server.port, tls: false });
  return {
    ...server,
    channel,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await channel.close();
    },
  };
}
