import { Failure } from '@fairlead/sdk';
import { bundleCode } from './bundle/bundle-code.ts';
import type { BundleFile, BundleOptions } from './bundle/bundle.ts';
import { carriedFiles } from './bundle/carried-files.ts';
import { theEntry } from './bundle/the-entry.ts';
import { NativePackages } from './fivetran-program-natives.ts';
import { programReadme } from './fivetran-program-readme.ts';

/** A connector that is to be one program. */
export interface ProgramConnector {
  /** Of its package, which exports it as `connector`. */
  readonly packageName: string;
  readonly kind: 'source' | 'destination';
  readonly title: string;
  readonly version: string;
  /** Where its package is, links followed. Absolute. */
  readonly folder: string;
}

export interface ProgramOptions extends Omit<BundleOptions, 'root'> {
  /** The files of a project of the hosted Connector SDK, by their names. Only of a source. */
  readonly connectorSdk?: ReadonlyMap<string, string>;
}

/** What is started: `node server.mjs --port 50051`. */
export const programName = 'server.mjs';

/**
 * The files of a connector as Fivetran starts one: all code in `server.mjs`, the files that it reads, a
 * manifest that names what has to be installed beside it, and a README. The same input gives the same
 * bytes. In order of their paths.
 * @throws {Failure} config, when a module is missing, or is native where that cannot be, or the code has
 * an error.
 */
export async function fivetranProgram(
  connector: ProgramConnector,
  { connectorSdk, ...options }: ProgramOptions,
): Promise<readonly BundleFile[]> {
  const natives = new NativePackages(connector.folder);
  const code = await programCode(connector, options, natives);
  const [native] = natives.versions.keys();
  if (connectorSdk !== undefined && native !== undefined) {
    throw new Failure('config', `the connector needs ${native}, which is a native module`, {
      where: connector.packageName,
      hint: "Fivetran's Connector SDK installs no packages of npm: replace it by a package without native code.",
    });
  }
  const facts = {
    installed: natives.versions,
    hasAssets: code.length > 1,
    hasProject: connectorSdk !== undefined,
  };
  const texts = new Map([
    ['package.json', manifestText(connector, natives.versions)],
    ['README.md', programReadme(connector, facts)],
    ...[...(connectorSdk ?? [])].map(
      ([name, text]) => [name === 'README.md' ? 'connector-sdk.md' : name, text] as const,
    ),
  ]);
  const beside = [...texts].map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  return [...code, ...beside].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Native packages are known only once the code was read; then it is bundled again without them. */
async function programCode(
  connector: ProgramConnector,
  options: ProgramOptions,
  natives: NativePackages,
): Promise<readonly BundleFile[]> {
  const { folder, packageName } = connector;
  // Not `files`: the Connector SDK keeps its warehouse there, does not pack it, and removes it.
  const carried = carriedFiles('assets');
  const external = [...natives.versions.keys()];
  const plugins = [
    theEntry({ folder, entry: packageName }, entryText(connector, external), options.hostFolder),
    natives.plugin,
    carried.plugin,
  ];
  // The paths are those seen from the connector, wherever this is called.
  const made = bundleCode({ what: 'program', plugins, external }, { ...options, root: folder });
  const outcome = await made.then(
    (bytes) => ({ bytes }),
    (error: unknown) => ({ error }),
  );
  if (natives.versions.size > external.length) {
    return await programCode(connector, options, natives);
  }
  if ('error' in outcome) throw outcome.error;
  return [{ path: programName, bytes: outcome.bytes }, ...carried.files()];
}

function entryText({ kind }: ProgramConnector, installed: readonly string[]): string {
  const run = kind === 'source' ? 'runFivetranSource' : 'runFivetranDestination';
  const check = `data:text/javascript,${encodeURIComponent(checkText(kind, installed))}`;
  return [
    // First, so that it runs before what needs the packages.
    ...(installed.length === 0 ? [] : [`import ${JSON.stringify(check)};`]),
    `import { ${run} } from '@fairlead/host-fivetran';`,
    `import { connector } from 'fairlead:connector';`,
    `process.exitCode = await ${run}(connector, process.argv.slice(2));`,
    '',
  ].join('\n');
}

/** Ends a program beside which a package is not installed, with a line of log as Fivetran reads it. */
function checkText(kind: ProgramConnector['kind'], installed: readonly string[]): string {
  const line = {
    level: 'SEVERE',
    message: `not all packages are installed: ${installed.join(', ')}. Run npm install beside ${programName}.`,
    'message-origin': kind === 'source' ? 'sdk_connector' : 'sdk_destination',
  };
  return `import { createRequire } from 'node:module';
    import { writeSync } from 'node:fs';
    const { resolve } = createRequire(import.meta.url);
    for (const name of ${JSON.stringify(installed)}) {
      try { resolve(name); } catch (error) {
        if (error.code !== 'MODULE_NOT_FOUND') continue;
        writeSync(1, ${JSON.stringify(`${JSON.stringify(line)}
`)});
        process.exit(2);
      }
    }`;
}

function manifestText(
  { packageName, version }: ProgramConnector,
  installed: ReadonlyMap<string, string>,
): string {
  const manifest = {
    name: packageName.replace(/^@[^/]*\//, ''),
    version,
    private: true,
    type: 'module',
    main: programName,
    scripts: { start: `node ${programName}` },
    engines: { node: '>=20.19' },
    ...(installed.size === 0 ? {} : { dependencies: Object.fromEntries(installed) }),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
