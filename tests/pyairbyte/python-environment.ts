import { execFile } from 'node:child_process';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A Python with a package, or why there is none. */
export type Environment =
  | { readonly python: string }
  | {
      readonly missing: string;
      /** Whether a Python is there, and only the package could not be had. */
      readonly hasPython: boolean;
    };

/**
 * A virtual environment with one version of a package from the index that `pip` is set up for, made
 * once below `node_modules/.cache`. Making it takes minutes.
 */
export async function pythonWith(name: string, version: string): Promise<Environment> {
  const base = await findPython();
  if (base === undefined) return { missing: 'there is no Python 3.10 to 3.12', hasPython: false };
  const folder = join(cache, `${name}-${version}`);
  const python = join(folder, 'bin/python');
  const ready = join(folder, 'ready');
  if (await exists(ready)) return { python };
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(cache, { recursive: true });
    await execute(base, ['-m', 'venv', folder], { timeout: mostMs });
    const install = ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:'];
    await execute(python, [...install, `${name}==${version}`], { timeout: mostMs });
    await writeFile(ready, '');
    return { python };
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const reason = said.trim().split('\n').at(-1) ?? '';
    return { missing: `${name} ${version} cannot be installed: ${reason}`, hasPython: true };
  }
}

const cache = fileURLToPath(new URL('../../node_modules/.cache/fairlead', import.meta.url));
const mostMs = 15 * 60_000;

/** The versions that the package runs on, the newest first. */
async function findPython(): Promise<string | undefined> {
  for (const name of ['python3.12', 'python3.11', 'python3.10', 'python3']) {
    const tell = ['-c', 'import sys, venv; print(sys.version_info[0], sys.version_info[1])'];
    const { stdout } = await execute(name, tell).catch(() => ({ stdout: '' }));
    if (['3 10', '3 11', '3 12'].includes(stdout.trim())) return name;
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
