import { execFile } from 'node:child_process';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What a test wants of Python. */
export interface PythonPackages {
  /** Tells it apart from what other tests want; changes with the versions. */
  readonly name: string;
  /** The versions of Python that will do, the best first: `3.12`. */
  readonly versions: readonly string[];
  /** Each with its version: `duckdb==1.5.0`. */
  readonly packages: readonly string[];
  /** The same, but without what they depend on. */
  readonly alone?: readonly string[];
}

/** Fivetran's own package, and the official client of gRPC. */
export const fivetranPackages: PythonPackages = {
  name: 'fivetran-2.13.1',
  versions: ['3.13', '3.12', '3.11', '3.10'],
  packages: [
    'grpcio==1.80.0',
    'grpcio-tools==1.80.0',
    'requests==2.34.2',
    'prompt-toolkit==3.0.53',
    'pathspec==1.1.1',
    'tqdm==4.70.0',
    'cryptography==49.0.0',
  ],
  // One part of what it depends on has no wheel: it is for packaging alone.
  alone: ['fivetran-connector-sdk==2.13.1'],
};

/**
 * The path of a Python with packages from the index that `pip` is set up for, in a virtual environment that is made once
 * below `node_modules/.cache`. Where it cannot be had, the test is skipped, and the reason printed; but where everything has
 * to be tested (`CI=true`), only for want of any Python.
 * @param what is not tested then.
 */
export async function pythonWith(
  wanted: PythonPackages,
  what: string,
  skip: (reason: string) => never,
): Promise<string> {
  const base = await findPython(wanted.versions);
  if (base === undefined) {
    const missing = `there is no Python ${wanted.versions.join(', ')}`;
    process.stderr.write(`${what} is not tested here: ${missing}\n`);
    return skip(missing);
  }
  try {
    return await installed(base, wanted);
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const missing = `${wanted.name} cannot be installed: ${said.trim().split('\n').at(-1) ?? ''}`;
    if (process.env['CI'] === 'true') throw new Error(missing, { cause: error });
    process.stderr.write(`${what} is not tested here: ${missing}\n`);
    return skip(missing);
  }
}

async function installed(
  base: string,
  { name, packages, alone = [] }: PythonPackages,
): Promise<string> {
  const folder = join(cache, name);
  if (await exists(folder)) return join(folder, 'bin/python');
  // Another test may make the same one now: whoever is ready first gives it its name.
  const draft = `${folder}-${process.pid}`;
  const python = join(draft, 'bin/python');
  try {
    await mkdir(cache, { recursive: true });
    await execute(base, ['-m', 'venv', draft], { timeout: mostMs });
    const install = ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:'];
    if (packages.length > 0) await execute(python, [...install, ...packages], { timeout: mostMs });
    if (alone.length > 0) {
      await execute(python, [...install, '--no-deps', ...alone], { timeout: mostMs });
    }
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
    return join(folder, 'bin/python');
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const cache = fileURLToPath(new URL('../../../node_modules/.cache/fairlead', import.meta.url));
const mostMs = 15 * 60_000;

async function findPython(versions: readonly string[]): Promise<string | undefined> {
  for (const name of [...versions.map((version) => `python${version}`), 'python3']) {
    const tell = ['-c', 'import sys, venv; print(*sys.version_info[:2], sep=".")'];
    const { stdout } = await execute(name, tell).catch(() => ({ stdout: '' }));
    if (versions.includes(stdout.trim())) return name;
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
