import { readFileSync } from 'node:fs';
import { ByteWriter, decodeValue, encodeValue, JsonSyntaxError } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import { writeSyncState } from '../airbyte/sync-state.ts';

/**
 * The state in a file, with all its digits; empty when there is no such file.
 * @throws {Failure} state, when the file holds none.
 */
export function readFunctionState(path: string, shown: string): unknown {
  try {
    const state = decodeValue(readFileSync(path));
    if (typeof state === 'object' && state !== null && !Array.isArray(state)) return state;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    if (!(error instanceof JsonSyntaxError)) throw error;
  }
  throw new Failure('state', 'the file holds no state of a function', {
    where: shown,
    hint: 'Name another with --state, or read all anew with --reset.',
  });
}

/** Saves a state, so that the file holds this one or the one before, whatever happens. */
export function writeFunctionState(path: string, state: unknown): void {
  const out = new ByteWriter();
  encodeValue(state, out);
  writeSyncState(path, Buffer.from(out.view()).toString('utf8'));
}
