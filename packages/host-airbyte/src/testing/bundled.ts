import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** A program that can be started until it is disposed. */
interface Bundle extends AsyncDisposable {
  readonly command: readonly string[];
}

/**
 * A program of our sources as one file of JavaScript, which starts several times as fast as TypeScript
 * does. It is below `node_modules/.cache`, so that it finds native packages.
 */
export async function bundled(script: URL): Promise<Bundle> {
  const path = fileURLToPath(script);
  const name = path.replace(/^.*\/packages\//, '').replaceAll('/', '-');
  const outDir = fileURLToPath(
    new URL('../../../../node_modules/.cache/fairlead', import.meta.url),
  );
  const file = `${name}-${process.pid}.mjs`;
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: path,
      outDir,
      emptyOutDir: false,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: file, codeSplitting: false } },
    },
    ssr: {
      noExternal: true,
      external: ['@duckdb/node-api'],
      resolve: { conditions: ['source', 'node', 'import', 'default'] },
    },
  });
  const made = `${outDir}/${file}`;
  return { command: [process.execPath, made], [Symbol.asyncDispose]: () => rm(made) };
}
