import { execFile } from 'node:child_process';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A Python that can write batch files, or why there is none. */
export type FilePython =
  | { readonly python: string }
  | { readonly missing: string; readonly hasPython: boolean };

const packages = ['zstandard==0.25.0', 'cryptography==46.0.3'];
const folder = fileURLToPath(
  new URL('../../../../../node_modules/.cache/fairlead/batch-files', import.meta.url),
);
const mostMs = 10 * 60_000;

/**
 * A virtual environment with packages from the index that `pip` is set up for, made once below
 * `node_modules/.cache`.
 */
export async function filePython(): Promise<FilePython> {
  const hasPython = await execute('python3', ['-c', 'import venv']).then(
    () => true,
    () => false,
  );
  if (!hasPython) return { missing: 'there is no Python 3', hasPython };
  const python = join(folder, 'bin/python');
  const ready = join(folder, 'ready');
  const isReady = await access(ready).then(
    () => true,
    () => false,
  );
  if (isReady) return { python };
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, '..'), { recursive: true });
    await execute('python3', ['-m', 'venv', folder], { timeout: mostMs });
    const install = ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:'];
    await execute(python, [...install, ...packages], { timeout: mostMs });
    await writeFile(ready, '');
    return { python };
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    return { missing: said.trim().split('\n').at(-1) ?? '', hasPython };
  }
}
