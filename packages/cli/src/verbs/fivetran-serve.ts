import { once } from 'node:events';
import { Failure } from '@fairlead/sdk';
import type { Invocation } from '../invocation.ts';
import { givenCount } from '../platform/given-settings.ts';
import { connectorOf, serveConnector } from './fivetran-target.ts';

export interface ServeOptions {
  readonly port?: string;
  readonly host?: string;
}

/**
 * `fairlead fivetran serve NAME`: a connector as the program that Fivetran starts, until it is
 * interrupted, which is its proper end. Its log is on standard output, as Fivetran reads it.
 */
export async function serveForFivetran(
  invocation: Invocation,
  name: string,
  { host = '127.0.0.1', port }: ServeOptions,
): Promise<void> {
  const { output, interruption } = invocation;
  const installed = connectorOf(invocation, name);
  const usual = installed.kind === 'source' ? '50051' : '50052';
  // Nobody waits for a line of the log; one who has left is noticed by the signal that he sends.
  const write = (line: string) => void output.write(line).catch(() => undefined);
  await using served = await serveConnector(installed, {
    host,
    port: portOf(port ?? usual),
    write,
    signal: interruption.stop,
  });
  interruption.stopGently(() => {});
  const origin = installed.kind === 'source' ? 'sdk_connector' : 'sdk_destination';
  const message = `listening (host=${served.host}, port=${served.port})`;
  write(`${JSON.stringify({ level: 'INFO', message, 'message-origin': origin })}\n`);
  if (!interruption.stop.aborted) await once(interruption.stop, 'abort');
  await Promise.race([served.close(), once(interruption.now, 'abort')]);
}

function portOf(word: string): number {
  const port = givenCount('--port', word, 0);
  if (port <= 65_535) return port;
  throw new Failure('config', 'there is no such port', { where: '--port' });
}
