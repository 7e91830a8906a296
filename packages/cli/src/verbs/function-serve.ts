import { once } from 'node:events';
import { Failure } from '@fairlead/sdk';
import { writeJson, type Invocation } from '../invocation.ts';
import { givenCount } from '../platform/given-settings.ts';
import { type PlatformName, serveSource } from './function-source.ts';

export interface ServeOptions {
  readonly port?: string;
  readonly platform?: PlatformName;
  readonly config?: string;
}

/**
 * `fairlead function serve NAME`: a source as a function, until it is interrupted, which is its proper
 * end. Its address is printed; its log goes to standard error, as lines of JSON.
 */
export async function serveAsFunction(
  invocation: Invocation,
  name: string,
  { port = '8080', platform, config }: ServeOptions,
): Promise<void> {
  const { output, terminal, interruption, options } = invocation;
  const level = options.verbose === true ? 'debug' : options.quiet === true ? 'error' : 'info';
  await using served = await serveSource(invocation, name, {
    config,
    platform,
    port: portOf(port),
    level,
    write: (line) => terminal.line(line.trimEnd()),
  });
  // Calls that it cuts off are made again by whoever made them.
  interruption.stopGently(() => {});
  const { url } = served;
  if (options.json === true) await writeJson(output, { url });
  else await output.write(`${url}\n`);
  if (!interruption.stop.aborted) await once(interruption.stop, 'abort');
}

function portOf(word: string): number {
  const port = givenCount('--port', word, 0);
  if (port <= 65_535) return port;
  throw new Failure('config', 'there is no such port', { where: '--port' });
}
