import type { Materialization } from '@fairlead/sdk';
import { airbytePackage, type InstalledConnector } from '../connectors/find-connectors.ts';
import type { OpenedEnd } from '../file/open-end.ts';
import type { End } from '../identity.ts';

/** Whether the connector is any executable of Airbyte. */
export function isForeign({ name }: InstalledConnector): boolean {
  return name === airbytePackage;
}

/**
 * The destination with the form of its settings, where only an executable of Airbyte knows it: a
 * password must not change who a pipeline is.
 *
 * @throws {Failure} config, when it cannot be asked.
 */
export async function withForm(end: OpenedEnd<Materialization>): Promise<End<Materialization>> {
  if (!isForeign(end.installed)) return end;
  const { formOf } = await import('./mask-for.ts');
  return { ...end, form: await formOf(end.settings) };
}
