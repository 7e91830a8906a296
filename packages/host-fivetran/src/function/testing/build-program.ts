import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** A program in one file, which starts in a tenth of the time that its sources take. */
export interface BuiltProgram extends AsyncDisposable {
  readonly path: string;
}

/** Builds a program from its sources. Packages that are not ours stay where they are. */
export async function buildProgram(main: URL): Promise<BuiltProgram> {
  // Within the workspace, so that the program finds those packages.
  const cache = fileURLToPath(new URL('../../../../../node_modules/.cache/', import.meta.url));
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'host-fivetran-'));
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { resolve: { conditions: ['source'] }, noExternal: [/^@fairlead\//] },
    build: {
      ssr: fileURLToPath(main),
      outDir: folder,
      minify: false,
      rollupOptions: { output: { entryFileNames: 'program.mjs' } },
    },
  });
  return {
    path: join(folder, 'program.mjs'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
