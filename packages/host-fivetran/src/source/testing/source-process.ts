import { type FivetranClient, fivetranClient } from '@fairlead/testkit';
import { type CallAfterLines, callAfterLines } from '../../testing/call-after-lines.ts';
import { type ConnectorProcess, startProgram } from '../../testing/start-program.ts';

/** A source that runs as a process of its own, and who calls it. */
export interface SourceProcess extends ConnectorProcess {
  readonly fivetran: FivetranClient;
  /** It says on its standard error that it has read a batch. */
  readonly afterBatches: CallAfterLines;
}

/** Starts a program, and waits until it says where it is. */
export async function startSource(
  path: string,
  env: Readonly<Record<string, string>> = {},
): Promise<SourceProcess> {
  const server = await startProgram(path, { env });
  const fivetran = fivetranClient({ host: '127.0.0.1', port: server.port });
  return {
    ...server,
    fivetran,
    afterBatches: callAfterLines(server.process.stderr),
    async [Symbol.asyncDispose]() {
      await fivetran.channel.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
