import { open, rm } from 'node:fs/promises';
import { join, parse, relative, resolve } from 'node:path';
import { Failure } from '@fairlead/sdk';
import type { Environment } from '../environment.ts';

export interface FileOptions {
  readonly warehouse?: string;
  readonly state?: string;
}

/** Where a sync leaves what it has read; absolute. */
export interface SyncFiles {
  readonly warehouse: string;
  readonly state: string;
}

/** The files that options name. The state is beside the warehouse unless it is named. */
export function filesOf(
  { folder }: Environment,
  { warehouse = 'warehouse.db', state }: FileOptions,
): SyncFiles {
  const path = resolve(folder, warehouse);
  const { dir, name } = parse(path);
  return {
    warehouse: path,
    state: state === undefined ? join(dir, `${name}.state.json`) : resolve(folder, state),
  };
}

/** A path as the user would write it. */
export function shown({ folder }: Environment, path: string): string {
  return relative(folder, path);
}

/**
 * Removes what earlier syncs have left.
 * @throws {Failure} config, when the file is no warehouse, which then stays.
 */
export async function reset(
  environment: Environment,
  { warehouse, state }: SyncFiles,
): Promise<void> {
  if (!(await isDatabase(warehouse))) {
    throw new Failure('config', 'this file is no DuckDB database, and is not removed', {
      where: shown(environment, warehouse),
      hint: 'Choose another one with --warehouse.',
    });
  }
  for (const path of [warehouse, `${warehouse}.wal`, state]) await rm(path, { force: true });
}

/** Whether a file is one, or not there. */
async function isDatabase(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, 0);
    return bytesRead === 12 && buffer.toString('latin1', 8) === 'DUCK';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true;
    throw error;
  }
}
