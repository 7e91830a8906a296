import { execFile } from 'node:child_process';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A Python with Fivetran's own package and the official client of gRPC, or why there is none. */
export type PythonEnvironment =
  | { readonly python: string }
  | {
      readonly missing: string;
      /** Whether a Python is there, and only the packages could not be had. */
      readonly hasPython: boolean;
    };

const packages = [
  'grpcio==1.80.0',
  'grpcio-tools==1.80.0',
  'requests==2.34.2',
  'prompt-toolkit==3.0.53',
  'pathspec==1.1.1',
  'tqdm==4.70.0',
  'cryptography==49.0.0',
];
// Without what it depends on, one part of which has no wheel: it is for packaging alone.
const sdk = 'fivetran-connector-sdk==2.13.1';

/**
 * A virtual environment with the packages from the index that `pip` is set up for, made once below
 * `node_modules/.cache`.
 */
export async function fivetranPython(): Promise<PythonEnvironment> {
  const base = await findPython();
  if (base === undefined) return { missing: 'there is no Python 3.10 to 3.13', hasPython: false };
  const folder = join(cache, 'fivetran-2.13.1');
  const environment = { python: join(folder, 'bin/python') };
  if (await exists(folder)) return environment;
  // Another test may make the same one now: whoever is ready first gives it its name.
  const draft = `${folder}-${process.pid}`;
  const python = join(draft, 'bin/python');
  try {
    await mkdir(cache, { recursive: true });
    await execute(base, ['-m', 'venv', draft], { timeout: mostMs });
    const install = ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:'];
    await execute(python, [...install, ...packages], { timeout: mostMs });
    await execute(python, [...install, '--no-deps', sdk], { timeout: mostMs });
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
    return environment;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const reason = said.trim().split('\n').at(-1) ?? '';
    return { missing: `${sdk} cannot be installed: ${reason}`, hasPython: true };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const cache = fileURLToPath(
  new URL('../../../../../node_modules/.cache/fairlead', import.meta.url),
);
const mostMs = 15 * 60_000;

async function findPython(): Promise<string | undefined> {
  for (const name of ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3']) {
    const tell = ['-c', 'import sys, venv; print(sys.version_info[0], sys.version_info[1])'];
    const { stdout } = await execute(name, tell).catch(() => ({ stdout: '' }));
    if (['3 10', '3 11', '3 12', '3 13'].includes(stdout.trim())) return name;
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
