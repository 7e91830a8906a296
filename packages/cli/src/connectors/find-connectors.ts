import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A connector that is installed, as its manifest describes it. Nothing of it was loaded. */
export interface InstalledConnector {
  /** Of the package: `@fairlead/source-file`. */
  readonly name: string;
  readonly kind: 'source' | 'destination';
  /** What it is called in a pipeline: `file`. */
  readonly shortName: string;
  readonly version: string;
  readonly description: string;
  /** Where it is, links followed. */
  readonly folder: string;
  /** The schemes of its addresses, when its manifest names them under `fairlead`. */
  readonly schemes: readonly string[] | undefined;
}

/**
 * The connectors in the `node_modules` of a folder and of those above it, then those beside this
 * command; of several with one name the nearest. In one place those of Fairlead come first. The
 * last two are any executables of Airbyte.
 */
export function findConnectors(folder: string): readonly InstalledConnector[] {
  const found = new Map<string, InstalledConnector>();
  const here = modulesAbove(dirname(fileURLToPath(import.meta.url)));
  for (const modules of [...modulesAbove(folder), ...here]) {
    for (const connector of connectorsIn(modules)) {
      if (!found.has(connector.name)) found.set(connector.name, connector);
    }
  }
  return [...found.values(), ...airbyteConnectors(here)];
}

/** The package with the connectors that are executables of Airbyte. It comes with the command. */
export const airbytePackage = '@fairlead/host-airbyte';

function airbyteConnectors(places: readonly string[]): readonly InstalledConnector[] {
  const folder = places.map((modules) => join(modules, airbytePackage)).find(readManifest);
  if (folder === undefined) return [];
  const { version } = readManifest(folder) ?? {};
  const common = {
    name: airbytePackage,
    shortName: 'airbyte',
    version: typeof version === 'string' ? version : '',
    folder: realpathSync(folder),
    // An executable has no address.
    schemes: [],
  };
  return [
    {
      ...common,
      kind: 'source',
      description: 'Any executable that is an Airbyte source.',
    },
    {
      ...common,
      kind: 'destination',
      description: 'Any executable that is an Airbyte destination.',
    },
  ];
}

function modulesAbove(folder: string): string[] {
  const above = dirname(folder);
  const own = join(folder, 'node_modules');
  return above === folder ? [own] : [own, ...modulesAbove(above)];
}

function connectorsIn(modules: string): readonly InstalledConnector[] {
  const entries = namesIn(modules);
  const scopes = entries.filter((name) => name.startsWith('@'));
  const ours = scopes.filter((scope) => scope === '@fairlead');
  const others = scopes.filter((scope) => scope !== '@fairlead');
  const names = [
    ...ours.flatMap((scope) => scoped(modules, scope)),
    ...entries.filter((name) => !name.startsWith('@')),
    ...others.flatMap((scope) => scoped(modules, scope)),
  ];
  return names
    .filter((name) => connectorName.test(name))
    .map((name) => readConnector(join(modules, name), name))
    .filter((connector) => connector !== undefined);
}

const connectorName = /^(?:@[^/]+\/)?(source|materialize)-(.+)$/;

function scoped(modules: string, scope: string): string[] {
  return namesIn(join(modules, scope)).map((name) => `${scope}/${name}`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    // Most folders on the way up have no node_modules, and some may not be read.
    return [];
  }
}

function readConnector(folder: string, name: string): InstalledConnector | undefined {
  const manifest = readManifest(folder);
  const [, word, shortName] = connectorName.exec(name) ?? [];
  if (manifest === undefined || shortName === undefined) return undefined;
  const { keywords, version, description, fairlead } = manifest;
  if (!Array.isArray(keywords) || !keywords.includes('fairlead-connector')) return undefined;
  return {
    name,
    kind: word === 'source' ? 'source' : 'destination',
    shortName,
    version: typeof version === 'string' ? version : '',
    description: typeof description === 'string' ? description : '',
    folder: realpathSync(folder),
    schemes: schemesOf(fairlead),
  };
}

/** A manifest that cannot be read is none: it belongs to some other package that is being changed. */
function readManifest(folder: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return isRecord(manifest) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function schemesOf(fairlead: unknown): readonly string[] | undefined {
  if (!isRecord(fairlead) || !Array.isArray(fairlead['schemes'])) return undefined;
  return fairlead['schemes'].filter((scheme) => typeof scheme === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
