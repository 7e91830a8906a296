import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { Failure, type Materialization, type Source } from '@fairlead/sdk';
import type { About } from '../about.ts';

/** What the image of a connector is and says, the same for all platforms. */
export interface Image {
  /** As Estuary Flow calls it: `ghcr.io/fairlead/materialize-duckdb`. */
  readonly flowName: string;
  /** As Airbyte calls it, where a connector that writes is a destination. */
  readonly airbyteName: string;
  readonly tag: string;
  /** What it stands on. */
  readonly base: string;
  /** From the root of what it is built from to the package; `.` when that is the root. */
  readonly packagePath: string;
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where the package is in the image. */
export const imageFolder = '/connector';

/**
 * The image of a connector.
 * @throws {Failure} config, when the package has no executable.
 */
export function imageOf(connector: Source | Materialization, about: About): Image {
  const { name, version, bin, registry } = about;
  if (bin === undefined) {
    throw new Failure('config', 'the package has no executable', {
      where: about.packageName,
      hint: `Add "bin": { "${name}": "./bin/${name}.js" } to its package.json, and a program that calls runConnector.`,
    });
  }
  const isSource = 'pull' in connector;
  const airbyteName = `${registry}/${isSource ? name : name.replace(/^materialize-/, 'destination-')}`;
  const entrypoint = ['node', `${imageFolder}/${bin}`];
  const flow = {
    FLOW_RUNTIME_PROTOCOL: isSource ? 'capture' : 'materialize',
    // Lines of JSON are what documents are made of here, and so take less work than protobuf.
    FLOW_RUNTIME_CODEC: 'json',
  };
  return {
    flowName: `${registry}/${name}`,
    airbyteName,
    tag: version,
    base: `${registry}/base:${ownVersion()}`,
    packagePath: packagePath(about.folder),
    entrypoint,
    environment: { AIRBYTE_ENTRYPOINT: entrypoint.join(' '), ...flow },
    labels: {
      ...flow,
      'io.airbyte.name': airbyteName,
      'io.airbyte.version': version,
      'org.opencontainers.image.title': connector.title,
      'org.opencontainers.image.description': about.description,
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.licenses': about.license,
      'org.opencontainers.image.documentation': about.documentationUrl,
      ...(about.iconUrl === undefined ? {} : { 'io.artifacthub.package.logo-url': about.iconUrl }),
    },
  };
}

/** The version of this package, and so of the base image that it describes. */
function ownVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
}

/** The way to a package from the root of what it is installed in, or of the workspace it is part of. */
function packagePath(folder: string): string {
  const names = folder.split(sep);
  const installed = names.indexOf('node_modules');
  if (installed !== -1) return names.slice(installed).join('/');
  for (let above = dirname(folder); above !== dirname(above); above = dirname(above)) {
    if (isWorkspace(join(above, 'package.json'))) {
      return relative(above, folder).split(sep).join('/');
    }
  }
  return '.';
}

function isWorkspace(file: string): boolean {
  if (!existsSync(file)) return false;
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'workspaces' in manifest;
}
