import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionCode } from '@fairlead/deploy';
import { closest, Failure, isFailure } from '@fairlead/sdk';
import { chooseConnector } from '../connectors/choose-connector.ts';
import { findConnectors } from '../connectors/find-connectors.ts';

/** Where connectors are, seen from deploy.yaml. */
export const connectorsFolder = 'connectors';

/** The folders of connectors beside a deploy.yaml, relative and in order: `connectors/casa`. */
export function connectorFolders(folder: string): readonly string[] {
  const all = join(folder, connectorsFolder);
  if (!existsSync(all)) return [];
  return readdirSync(all)
    .filter((name) => existsSync(join(all, name, 'package.json')))
    .map((name) => `${connectorsFolder}/${name}`)
    .toSorted();
}

/**
 * The folder of a connector that a deploy.yaml names, relative: one of `connectors`, or any that is
 * written as a path, `./crm`. Undefined for one that is installed.
 */
export function ownFolder(folder: string, connector: string): string | undefined {
  const paths = connector.startsWith('./')
    ? [connector.slice(2)]
    : [connector, `source-${connector}`].map((name) => `${connectorsFolder}/${name}`);
  return paths.find((path) => existsSync(join(folder, path, 'package.json')));
}

/**
 * The code of a connector: that of a folder of one's own, or of one that is installed.
 * @throws {Failure} config, when there is none, or it is not built.
 */
export function codeOf(folder: string, connector: string): FunctionCode {
  const own = ownFolder(folder, connector);
  const place = own === undefined ? installedFolder(folder, connector) : join(folder, own);
  const options = ['src/function.ts', 'dist/function.js', 'function.js']
    .map((name) => join(place, name))
    .find((path) => existsSync(path));
  return {
    folder: place,
    entry: entryOf(place, own ?? connector),
    ...(options === undefined ? {} : { options }),
  };
}

function installedFolder(folder: string, connector: string): string {
  try {
    return chooseConnector(findConnectors(folder), 'source', connector).folder;
  } catch (error) {
    if (!isFailure(error)) throw error;
    const python = existsSync(join(folder, connectorsFolder, connector, 'main.py'));
    if (python) {
      throw new Failure('config', 'the connector is one in Python', {
        where: `${connectorsFolder}/${connector}`,
        hint: `Begin it anew: fairlead connector create ${connector} --function.`,
      });
    }
    const near = closest(
      connector,
      connectorFolders(folder).map((path) => path.slice(connectorsFolder.length + 1)),
    );
    throw new Failure(
      'config',
      `there is no connector "${connector}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
      { where: connectorsFolder, ...(error.hint === undefined ? {} : { hint: error.hint }) },
    );
  }
}

/** Sources where there are some, as a bundle needs no build; else what the package exports. */
function entryOf(folder: string, shown: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const candidates = ['src/index.ts', exported(manifest), memberOf(manifest, 'main'), 'index.js'];
  const found = candidates
    .filter((candidate) => typeof candidate === 'string')
    .map((candidate) => join(folder, candidate))
    .find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Failure('config', 'the connector has no index', {
    where: shown,
    hint: 'Build it: npm run build.',
  });
}

function exported(manifest: unknown): unknown {
  let target = memberOf(manifest, 'exports');
  while (typeof target === 'object' && target !== null) {
    target = memberOf(target, '.') ?? memberOf(target, 'import') ?? memberOf(target, 'default');
  }
  return target;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
