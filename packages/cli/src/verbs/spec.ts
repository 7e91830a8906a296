import { closest, Failure, settingsSchema } from '@fairlead/sdk';
import { namesOf } from '../connectors/choose-connector.ts';
import { findConnectors, type InstalledConnector } from '../connectors/find-connectors.ts';
import { loadMaterialization, loadSource } from '../connectors/load-connector.ts';
import type { Invocation } from '../invocation.ts';

/** `fairlead spec NAME`: the JSON Schema of a connector's settings, or of those of its streams or tables. */
export async function spec(
  { environment, output, options }: Invocation,
  name: string,
  { stream }: { readonly stream?: boolean },
): Promise<void> {
  const installed = choose(findConnectors(environment.folder), name);
  const connector = await (installed.kind === 'source' ? loadSource : loadMaterialization)(
    installed,
  );
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: connector.title,
    ...settingsSchema(stream === true ? connector.resource : connector.config),
  };
  await output.write(`${JSON.stringify(schema, null, options.json === true ? 0 : 2)}\n`);
}

/** The connector of any kind that a user calls `name`. */
function choose(installed: readonly InstalledConnector[], name: string): InstalledConnector {
  const found = installed.filter((connector) => namesOf(connector).includes(name));
  const [first, second] = found;
  if (first !== undefined && second !== undefined && first.kind !== second.kind) {
    const names = found.map((connector) => namesOf(connector)[1] ?? '').slice(0, 2);
    throw new Failure('config', `"${name}" is a source and a destination`, {
      hint: `Write ${names.join(' or ')}.`,
    });
  }
  if (first !== undefined) return first;
  const near = closest(name, installed.flatMap(namesOf));
  throw new Failure(
    'config',
    `no connector "${name}" is installed${near === undefined ? '' : `; did you mean "${near}"?`}`,
    near === undefined ? { hint: 'See what there is: fairlead connectors.' } : {},
  );
}
