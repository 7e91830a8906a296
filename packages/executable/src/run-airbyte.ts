import { airbyteProcess, serveDestination, serveSource } from '@fairlead/host-airbyte';
import type { Materialization, Source } from '@fairlead/sdk';
import type { About } from './about.ts';

/** Does one command of Airbyte with a connector. */
export async function runAirbyte(
  connector: Source | Materialization,
  { documentationUrl }: Pick<About, 'documentationUrl'>,
  args: readonly string[],
): Promise<never> {
  return await airbyteProcess((io) =>
    'pull' in connector
      ? serveSource(connector, args, io, { documentationUrl })
      : serveDestination(connector, args, io, { documentationUrl }),
  );
}
