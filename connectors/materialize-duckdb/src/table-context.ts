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
  readonly run: (sql: string) => Promise<number>;
  /** Runs some in one go. @returns how many rows the last one has changed. */
  readonly runAll: (statements: readonly string[]) => Promise<number>;
  rows(sql: string): Promise<readonly Cell[][]>;
  texts(sql: string): AsyncIterable<readonly string[]>;
}

/**
 * Has a segment that is closed loaded in the background, and removed then, whether that succeeds or not. Resolves when
 * another one may be staged; until then the segment is the caller's to remove.
 * @param statements the last one loads it. All its rows have to be loaded, or the load fails. Loads may change places.
 */
export async function startLoad(
  { index, where, loader, limits, runAll }: TableContext,
  segment: Segment,
  {
    columnCount,
    statements,
  }: { readonly columnCount: number; readonly statements: readonly string[] },
): Promise<void> {
  const { longest } = segment;
  const freeing = await limits.beforeLoad({ table: index, longest, columnCount }, () =>
    loader.settle(),
  );
  const load = async () => {
    const loaded = await runAll([freeing, ...statements]);
    if (loaded === segment.rowCount) return;
    throw new Failure('data', `${segment.rowCount} rows were staged and ${loaded} loaded`, {
      where,
    });
  };
  await loader.start(load, () => segment.remove());
}
