import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure, parseSettings } from '@fairlead/sdk';
import { Manifest } from './manifest.ts';

/** What is told of a connector apart from what it does: where it is from, and what it is published as. */
export interface About extends Published {
  /** Where its package is, absolute. */
  readonly folder: string;
  /** Of the package: `@fairlead/source-file`. */
  readonly packageName: string;
  /** The package's name without its scope: `source-file`. */
  readonly name: string;
  readonly version: string;
  /** One sentence. */
  readonly description: string;
  /** As the Software Package Data Exchange writes it: `Apache-2.0`. */
  readonly license: string;
  /** The executable, relative to the folder; absent when the package has none. */
  readonly bin?: string;
  /** Where users read about the connector. */
  readonly documentationUrl: string;
  /** A UUID, the same in every version. */
  readonly definitionId: string;
}

type Published = Omit<Manifest['fairlead'], 'schemes' | 'documentationUrl' | 'definitionId'>;

/**
 * Reads the manifest of the package at `folder`, a path or a URL.
 * @throws {Failure} config, when there is none, or a member of it is wrong.
 */
export async function aboutConnector(folder: string | URL): Promise<About> {
  const path = resolve(folder instanceof URL ? fileURLToPath(folder) : folder);
  const file = join(path, 'package.json');
  const manifest = parseSettings(Manifest, await readManifest(file), file);
  const { name: packageName, version, description, license, homepage, fairlead } = manifest;
  const { documentationUrl, definitionId, schemes: _schemes, ...published } = fairlead;
  const name = packageName.replace(/^@[^/]*\//, '');
  const bin = binOf(manifest.bin, name);
  return {
    ...published,
    folder: path,
    packageName,
    name,
    version,
    description,
    license,
    ...(bin === undefined ? {} : { bin }),
    documentationUrl: documentationUrl ?? homepage ?? project,
    // The package's URL: https://github.com/package-url/purl-spec
    definitionId: definitionId ?? uuidOf(`pkg:npm/${packageName.replace('@', '%40')}`),
  };
}

/** Where users read about all connectors. */
const project = 'https://github.com/fairlead/fairlead#readme';

async function readManifest(file: string): Promise<unknown> {
  const hint = 'Install the package again.';
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new Failure('config', 'the package has no manifest', { where: file, hint, cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure('config', 'the manifest is no JSON', { where: file, hint, cause });
  }
}

/** The executable that is called as the package is. */
function binOf(bin: Manifest['bin'], name: string): string | undefined {
  const path = typeof bin === 'string' ? bin : bin?.[name];
  return path?.replace(/^\.\//, '');
}

/** The UUID of a URL, version 5: https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-5 */
function uuidOf(url: string): string {
  const hash = createHash('sha1').update(urlNamespace).update(url).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map((at) => hex.slice(...at))
    .join('-');
}

const urlNamespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');
