import { createProjector } from '@fairlead/json';
import { Failure, Op, type Documents } from '@fairlead/sdk';
import type { EffectiveColumn } from '@fairlead/sql-materialize';
import { findNullKey } from './find-null-key.ts';
import { patchColumns, projectedColumns } from './projected-columns.ts';

/** Rows to be staged. They are good until the next ones are made by the same writer. */
export interface Rows {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
  readonly longest: number;
}

/** Makes staged rows from documents of one table. */
export interface RowWriter {
  /**
   * Rows that are whole, with their op when `ops` is asked for.
   * @throws {Failure} data when a document's key is not complete.
   */
  rows(documents: Documents, ops: boolean): Rows;
  /**
   * Rows that are changes, numbered from `sequence` on, with their op, and which columns a patch has.
   * @throws {Failure} data when a document's key is not complete.
   */
  changes(documents: Documents, sequence: number): Rows;
}

/**
 * The columns in the order in which rows are staged: the key comes first, so that it is found
 * without reading the row.
 */
export function inStagedOrder(columns: readonly EffectiveColumn[]): EffectiveColumn[] {
  return [
    ...columns.filter(({ column }) => column.key),
    ...columns.filter(({ column }) => !column.key),
  ];
}

/** A writer of rows for columns in staged order. `table` is named by failures. */
export function createRowWriter(columns: readonly EffectiveColumn[], table: string): RowWriter {
  const projected = projectedColumns(columns);
  const keyCount = columns.filter(({ column }) => column.key).length;
  const direct = lazily(() => createProjector(projected));
  const staged = lazily(() => createProjector(projected));
  const patching = lazily(() =>
    createProjector([...projected, ...patchColumns(projected).witnesses]),
  );
  const checked = (rows: Rows): Rows => {
    const found = findNullKey(rows.bytes, keyCount);
    if (found === undefined) return rows;
    const name = columns[found.column]?.name;
    throw new Failure('data', `a document has no value for the key column ${name}`, {
      where: table,
      hint: 'Every document needs its whole key: choose other members for it.',
    });
  };
  return {
    rows(documents, ops) {
      const rowCount = documents.ends.length;
      const options = ops ? { ops: documents.ops ?? upserts(rowCount) } : {};
      return checked({ ...direct().project(documents, options), rowCount });
    },
    changes(documents, sequence) {
      const rowCount = documents.ends.length;
      const ops = documents.ops ?? upserts(rowCount);
      const patches = ops.includes(Op.patch);
      const projector = patches ? patching() : staged();
      const rows = projector.project(documents, { ops, sequence, presence: patches });
      return checked({ ...rows, rowCount });
    },
  };
}

function upserts(count: number): Uint8Array {
  return new Uint8Array(count);
}

/** Calls `make` when it is first needed, and only then. */
function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
