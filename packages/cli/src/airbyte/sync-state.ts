import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '@fairlead/sdk';

/**
 * The state in a file; empty when there is no such file.
 * @throws {Failure} state, when the file holds none.
 */
export function readSyncState(path: string, shown: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
  if (isList(text)) return text;
  throw new Failure('state', 'the file holds no state of a sync', {
    where: shown,
    hint: 'Name another with --state, or remove it to read all anew.',
  });
}

function isList(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

/** Saves a state, so that the file holds this one or the one before, whatever happens. */
export function writeSyncState(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${text}\n`);
  renameSync(`${path}.new`, path);
}
