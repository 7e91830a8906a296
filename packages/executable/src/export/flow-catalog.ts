import type { Materialization, Source } from '@fairlead/sdk';
import type { About } from '../about.ts';
import { exampleConfig } from './example-config.ts';
import { imageOf } from './image.ts';
import { yamlText } from './yaml-text.ts';

/** A task of Estuary Flow that runs the image of a connector, to begin with. */
export function flowCatalog(connector: Source | Materialization, about: About): string {
  const { flowName, tag } = imageOf(connector, about);
  const image = `${flowName}:${tag}`;
  const config = exampleConfig(connector, about);
  const comment =
    'pull' in connector
      ? '`flowctl discover --source flow.yaml` fills in the bindings.'
      : 'Put a collection of yours in the place of acmeCo/orders.';
  return yamlText(flowTask(connector, about, { connector: { image, config } }), comment);
}

/** A catalog with a task that reaches the connector as `endpoint` says. */
export function flowTask(
  connector: Source | Materialization,
  { name }: Pick<About, 'name'>,
  endpoint: object,
): object {
  const task = `acmeCo/${name}`;
  if ('pull' in connector) return { captures: { [task]: { endpoint, bindings: [] } } };
  const binding = { source: 'acmeCo/orders', resource: connector.resourceFor('orders') };
  return { materializations: { [task]: { endpoint, bindings: [binding] } } };
}
