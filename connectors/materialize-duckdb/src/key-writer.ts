import type { EffectiveColumn } from '@fairlead/sql-materialize';
import { createRowWriter, type RowWriter } from './row-writer.ts';

/** A writer of keys, which `keyDocuments` makes, as rows of the columns `0`, `1` and so on. */
export function keyWriter(columns: readonly EffectiveColumn[], where: string): RowWriter {
  const numbered = columns.map((key, i) => ({
    ...key,
    column: { ...key.column, pointer: `/${i}` },
  }));
  return createRowWriter(numbered, where);
}
