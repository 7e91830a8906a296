import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '@fairlead/sdk';

/**
 * The state in a file; undefined when there is no such file.
 * @throws {Failure} state, when it holds no JSON object.
 */
export async function readState(path: string): Promise<string | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return text;
  } catch {
    // What it is instead is of no use.
  }
  throw new Failure('state', 'the file holds no JSON object', {
    where: path,
    hint: 'Write {} to begin anew.',
  });
}

/** Puts the state into the file, whole or not at all. */
export async function writeState(path: string, state: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, state);
  await rename(`${path}.new`, path);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
