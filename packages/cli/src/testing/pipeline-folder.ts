import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder for one test in which the connectors of `test/connectors` are installed. */
export interface PipelineFolder extends AsyncDisposable {
  /** Absolute. */
  readonly path: string;
  join(...parts: readonly string[]): string;
  read(name: string): Promise<string>;
}

const connectors = fileURLToPath(new URL('../../test/connectors', import.meta.url));

/** Makes a folder with the connectors `source-tick` and `@acme/materialize-box`, and some files. */
export async function pipelineFolder(
  files: Readonly<Record<string, string>> = {},
): Promise<PipelineFolder> {
  const path = await mkdtemp(join(tmpdir(), 'fairlead-cli-'));
  const modules = join(path, 'node_modules');
  await mkdir(join(modules, '@acme'), { recursive: true });
  await symlink(join(connectors, 'source-tick'), join(modules, 'source-tick'));
  await symlink(join(connectors, 'materialize-box'), join(modules, '@acme', 'materialize-box'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return {
    path,
    join: (...parts) => join(path, ...parts),
    read: (name) => readFile(join(path, name), 'utf8'),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
