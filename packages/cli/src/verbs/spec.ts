import { settingsSchema } from '@fairlead/sdk';
import { chooseAnyConnector } from '../connectors/choose-connector.ts';
import { findConnectors } from '../connectors/find-connectors.ts';
import { loadConnector } from '../connectors/load-connector.ts';
import type { Invocation } from '../invocation.ts';

/** `fairlead spec NAME`: the JSON Schema of a connector's settings, or of those of its streams or tables. */
export async function spec(
  { environment, output, options }: Invocation,
  name: string,
  { stream }: { readonly stream?: boolean },
): Promise<void> {
  const installed = chooseAnyConnector(findConnectors(environment.folder), name);
  const connector = await loadConnector(installed);
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: connector.title,
    ...settingsSchema(stream === true ? connector.resource : connector.config),
  };
  await output.write(`${JSON.stringify(schema, null, options.json === true ? 0 : 2)}\n`);
}
