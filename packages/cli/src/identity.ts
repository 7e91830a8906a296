import { createHash } from 'node:crypto';
import type { JsonSchema } from '@fairlead/json';
import { settingsSchema, type Materialization, type Source } from '@fairlead/sdk';
import { withoutSecrets } from './secret-members.ts';

/** One end of a pipeline: a connector with its settings as they were written. */
export interface End<Connector> {
  readonly connector: Connector;
  readonly settings: unknown;
  /** What the settings look like, where the connector takes any. */
  readonly form?: JsonSchema;
}

/**
 * Tells a pipeline from others of its name: the folder at which its paths begin (empty when it has
 * only absolute ones), both connectors
 * and the settings of the destination. Secrets take no part, as a password may change.
 */
export function identityOf(
  folder: string,
  source: End<Source>,
  destination: End<Materialization>,
): string {
  const { connector } = destination;
  return digest([folder, source.connector.name, connector.name, shown(destination)], 64);
}

/**
 * The name that `copy` gives to a pipeline, the same for the same source, folder and target. The
 * settings of the destination take no part: what was copied is remembered there.
 */
export function nameOfCopy(folder: string, source: End<Source>, target: unknown): string {
  const { name } = source.connector;
  const parts = [folder, name, shown(source), target ?? null];
  return `copy-${name.replace(/^source-/, '')}-${digest(parts, 10)}`;
}

function shown({ connector, settings, form }: End<Source> | End<Materialization>): unknown {
  return withoutSecrets(form ?? settingsSchema(connector.config), settings);
}

function digest(parts: unknown, length: number): string {
  return createHash('sha256').update(JSON.stringify(parts, sorted)).digest('hex').slice(0, length);
}

/** The same text for the same members in any order. */
function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
