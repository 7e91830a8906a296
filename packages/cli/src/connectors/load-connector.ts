import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure, type Materialization, type Source } from '@fairlead/sdk';
import { airbytePackage, type InstalledConnector } from './find-connectors.ts';

/**
 * The source that a package exports.
 * @throws {Failure} config, when it cannot be loaded or is none.
 */
export async function loadSource(installed: InstalledConnector): Promise<Source> {
  const connector = await load(installed);
  if (isSource(connector)) return connector;
  throw notOne(installed);
}

/**
 * The destination that a package exports.
 * @throws {Failure} config, when it cannot be loaded or is none.
 */
export async function loadMaterialization(installed: InstalledConnector): Promise<Materialization> {
  const connector = await load(installed);
  if (isMaterialization(connector)) return connector;
  throw notOne(installed);
}

/**
 * The connector that a package exports, of the kind that its name says.
 * @throws {Failure} config, when it cannot be loaded or is none.
 */
export async function loadConnector(
  installed: InstalledConnector,
): Promise<Source | Materialization> {
  return await (installed.kind === 'source' ? loadSource : loadMaterialization)(installed);
}

async function load(installed: InstalledConnector): Promise<unknown> {
  if (installed.name === airbytePackage) {
    const { foreignDestination, foreignSource } = await import('../airbyte/foreign-connectors.ts');
    return installed.kind === 'source' ? foreignSource : foreignDestination;
  }
  const module: unknown = await importPackage(installed);
  return isRecord(module) ? module['connector'] : undefined;
}

async function importPackage({ name, folder }: InstalledConnector): Promise<unknown> {
  try {
    return await import(pathToFileURL(entryOf(name, folder)).href);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    throw new Failure('config', 'the connector cannot be loaded, as a file of it is missing', {
      where: name,
      hint: `Install it again: npm install ${name}. If it is your own, build it first.`,
      cause: error,
    });
  }
}

/** The module that `import name` means, for a package at `folder`. */
function entryOf(name: string, folder: string): string {
  const require = createRequire(join(folder, 'package.json'));
  try {
    // A package with `exports` can be imported by its own name from within.
    return require.resolve(name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return importOnlyEntry(folder, require);
    if (code !== 'MODULE_NOT_FOUND') throw error;
    return require.resolve(folder);
  }
}

/** The entry of a package that exports nothing but `import`, which `require.resolve` does not see. */
function importOnlyEntry(folder: string, require: NodeJS.Require): string {
  const manifest: unknown = require(join(folder, 'package.json'));
  let target: unknown = isRecord(manifest) ? manifest['exports'] : undefined;
  while (isRecord(target)) target = target['.'] ?? target['import'] ?? target['default'];
  return join(folder, typeof target === 'string' ? target : 'index.js');
}

function isSource(value: unknown): value is Source {
  return has(value, ['config', 'resource', 'cursor'], ['check', 'discover', 'pull']);
}

function isMaterialization(value: unknown): value is Materialization {
  return has(value, ['config', 'resource'], ['check', 'connect', 'resourceFor']);
}

/** Whether the members are there. What they do is the connector's promise. */
function has(value: unknown, objects: readonly string[], functions: readonly string[]): boolean {
  return (
    isRecord(value) &&
    typeof value['name'] === 'string' &&
    objects.every((name) => isRecord(value[name])) &&
    functions.every((name) => typeof value[name] === 'function')
  );
}

function notOne({ name, kind }: InstalledConnector): Failure {
  return new Failure('config', `the package exports no ${kind} as "connector"`, {
    where: name,
    hint: 'Its index must export one under that name.',
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
