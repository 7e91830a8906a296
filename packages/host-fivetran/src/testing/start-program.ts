import { type ServerOptions, type ServerProcess, startServer } from '@fairlead/testkit';

/** A connector that runs as Fivetran starts it. */
export interface ConnectorProcess extends ServerProcess {
  readonly port: number;
}

/** Starts a program on a port that is free, and waits until it says which. */
export async function startProgram(
  path: string,
  options?: ServerOptions,
): Promise<ConnectorProcess> {
  const command = [process.execPath, path, '--port', '0', '--host', '127.0.0.1'];
  const server = await startServer(command, /port=(\d+)/, options);
  return { ...server, port: Number(server.place) };
}

/** The lines that a process has written to its log so far. */
export function linesOfLog({ printed }: ServerProcess): readonly { readonly message: string }[] {
  const lines = printed().trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as { message: string });
}
