import { Failure } from '@fairlead/sdk';
import type { Loader } from './loader.ts';
import type { Limits } from './limits.ts';
import type { Cell } from './session.ts';
import type { Segment, StagingFolder } from './staging.ts';

/** What one table needs of its writer. */
export interface TableContext {
  /** Tells apart the tables of a writer. */
  readonly index: number;
  /** How users call the table, for failures. */
  readonly where: string;
  readonly staging: StagingFolder;
  readonly loader: Loader;
  readonly limits: Limits;
  readonly segmentBytes: number;
  /** Runs a statement in the transaction. @returns how many rows it has changed. */
  run(sql: string): Promise<number>;
  rows(sql: string): Promise<readonly Cell[][]>;
  texts(sql: string): AsyncIterable<readonly string[]>;
}

/**
 * Loads a segment that is closed, and removes it, whether that succeeds or not.
 * @param load returns how many rows it has loaded.
 * @throws {Failure} data when these are not all.
 */
export async function loadSegment(
  { where }: TableContext,
  segment: Segment,
  load: () => Promise<number>,
): Promise<void> {
  try {
    const loaded = await load();
    if (loaded === segment.rowCount) return;
    throw new Failure('data', `${segment.rowCount} rows were staged and ${loaded} loaded`, {
      where,
    });
  } finally {
    await segment.remove();
  }
}
