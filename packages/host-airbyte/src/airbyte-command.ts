import type { Materialization, Source } from '@fairlead/sdk';
import { airbyteProcess } from './airbyte-process.ts';
import { serveDestination } from './destination/serve-destination.ts';
import { serveSource } from './source/serve-source.ts';

/**
 * Runs a connector as a program of the Airbyte protocol: does what the arguments say, and ends the
 * process. It is what an executable calls, and does nothing else afterwards.
 */
export async function airbyteCommand(
  connector: Source | Materialization,
  args: readonly string[],
): Promise<never> {
  return await airbyteProcess((io) =>
    'pull' in connector ? serveSource(connector, args, io) : serveDestination(connector, args, io),
  );
}
