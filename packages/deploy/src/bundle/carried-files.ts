import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Loader, Plugin } from 'esbuild';
import type { BundleFile } from './bundle.ts';

/** Files that modules read from beside themselves, which come with the bundle. */
export interface CarriedFiles {
  readonly plugin: Plugin;
  /** Those that were found. */
  files(): readonly BundleFile[];
}

/** `new URL('../package.json', import.meta.url)`, which would be another file seen from the bundle. */
const beside = /new URL\(\s*(['"])(\.{1,2}\/[^'"\n]+)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/** Carries the files that are read by a URL relative to the module that reads them, in a folder. */
export function carriedFiles(folder: string): CarriedFiles {
  const found = new Map<string, Uint8Array>();
  const plugin: Plugin = {
    name: 'carried-files',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]s$/, namespace: 'file' }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!text.includes('import.meta.url')) return undefined;
        const places = [...text.matchAll(beside)];
        let contents = text;
        for (const [whole, , relative = ''] of places) {
          const bytes = await contentOf(resolve(dirname(path), relative));
          if (bytes === undefined) continue;
          const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
          const name = `${folder}/${digest}-${basename(relative)}`;
          found.set(name, bytes);
          contents = contents.replace(whole, () => `new URL('./${name}', import.meta.url)`);
        }
        return { contents, loader: loaderOf(path) };
      });
    },
  };
  return { plugin, files: () => [...found].map(([path, bytes]) => ({ path, bytes })) };
}

function loaderOf(path: string): Loader {
  return path.endsWith('ts') ? 'ts' : 'js';
}

/** The content of a file; undefined where there is none. */
async function contentOf(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'ENOENT' || error.code === 'EISDIR') return undefined;
    throw error;
  }
}
