import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { finders } from './bundle/native-modules.ts';

/** The packages of which a module is compiled for one kind of machine: they stay out of a bundle. */
export class NativePackages {
  readonly plugin: Plugin;
  readonly #versions = new Map<string, string>();

  /** `own` is the folder of the package that is bundled. */
  constructor(own: string) {
    this.plugin = {
      name: 'native-packages',
      setup: (build) => {
        for (const filter of [/\.node$/, finders]) {
          build.onResolve({ filter }, ({ path, importer }) => {
            const found = packageOf(importer);
            if (found === undefined || found.folder === own) return refuse(path);
            this.#versions.set(found.name, found.version);
            return { path, external: true };
          });
        }
      },
    };
  }

  /** Those that were found so far, and their exact versions. */
  get versions(): ReadonlyMap<string, string> {
    return this.#versions;
  }
}

function refuse(path: string) {
  return {
    errors: [
      {
        text: `${path} is a native module of the connector itself`,
        detail: 'Move it into a package of its own, which can be installed beside the program.',
      },
    ],
  };
}

/** The package that a file belongs to. Undefined where it cannot be installed by name and version. */
function packageOf(path: string) {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = manifestAt(folder);
    // One without a name only says how the modules below it are written.
    if (typeof manifest?.name !== 'string') continue;
    const { name, version } = manifest;
    return typeof version === 'string' ? { folder, name, version } : undefined;
  }
  return undefined;
}

function manifestAt(
  folder: string,
): { readonly name?: unknown; readonly version?: unknown } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    // Most folders have none.
    return undefined;
  }
}
