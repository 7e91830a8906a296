import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Deployment } from '../deploy-file/deployment.ts';
import { bundleCode } from './bundle-code.ts';
import { carriedFiles } from './carried-files.ts';
import { entryText, ownPackages } from './entry.ts';
import { nativeModules } from './native-modules.ts';
import { packageFiles } from './package-files.ts';
import { theEntry } from './the-entry.ts';

/** A connector as a package that can be put into a function. */
export interface FunctionCode {
  /** Absolute. */
  readonly folder: string;
  /** A module that exports its source as `connector`: absolute, or the name of its package. */
  readonly entry: string;
  /** A module that exports `functionOptions`; absent where there are none. Absolute. */
  readonly options?: string;
}

export interface BundleOptions {
  /** A folder from which `@fairlead/host-fivetran` is found, where the connector has none. Absolute. */
  readonly hostFolder: string;
  /** Conditions of package exports, beside those of Node: `source` takes sources that are not built. */
  readonly conditions?: readonly string[];
  /** To which paths within the bundle are relative, so that they are the same on every machine. */
  readonly root: string;
}

/** A file of a bundle. */
export interface BundleFile {
  /** Relative, with `/` between folders. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * The files of a function: all code in `index.js`, a manifest, and what the platform wants beside.
 * The same input gives the same bytes. In order of their paths.
 * @throws {Failure} config, when a module is missing or native, or the code has an error.
 */
export async function bundle(
  code: FunctionCode,
  deployment: Deployment,
  options: BundleOptions,
): Promise<readonly BundleFile[]> {
  const carried = carriedFiles('files');
  const bytes = await bundleCode(
    {
      what: 'function',
      plugins: [
        theEntry(code, entryText(code, deployment), options.hostFolder),
        nativeModules(),
        carried.plugin,
      ],
      external: ownPackages(deployment),
    },
    options,
  );
  return [{ path: 'index.js', bytes }, ...packageFiles(deployment), ...carried.files()].toSorted(
    (a, b) => (a.path < b.path ? -1 : 1),
  );
}

/** Writes files into a folder that has nothing else then. */
export async function writeBundle(folder: string, files: readonly BundleFile[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const { path, bytes } of files) {
    const whole = join(folder, path);
    await mkdir(dirname(whole), { recursive: true });
    await writeFile(whole, bytes);
  }
}
