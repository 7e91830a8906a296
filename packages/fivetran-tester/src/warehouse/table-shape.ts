import { Failure } from '@fairlead/sdk';
import type { Cell, WarehouseColumn } from './column-type.ts';

/** A table as its source describes it. All names are the source's. */
export interface TableShape {
  /** Of the source, where it has several: the warehouse's is then that of the connection, `_` and this. */
  readonly schema?: string;
  readonly table: string;
  /** Those of the rows that go with it, in their order. */
  readonly columns: readonly WarehouseColumn[];
  /** Names of columns; empty when rows have no key. */
  readonly key: readonly string[];
  /**
   * How rows without a key are told apart: by a `hash` in `_fivetran_id`, so that equal ones are one,
   * or each by its number in `_fivetran_batch` and `_fivetran_index`. By a hash unless given.
   */
  readonly keyless?: 'hash' | 'number';
  /** Whether the table has `_fivetran_deleted` before anything is marked as deleted; so unless given. */
  readonly marksDeleted?: boolean;
}

/** What names a table. */
export type TableName = Pick<TableShape, 'schema' | 'table'>;

/** Values by row, in the order of the columns; what is missing at the end is null. */
export type Rows = readonly (readonly Cell[])[];

/** @throws {Failure} data when rows of the table have no key. */
export function expectKey({ key, table }: TableShape): void {
  if (key.length > 0) return;
  throw new Failure('data', 'rows of a table without a key cannot be told apart', {
    where: `table ${table}`,
  });
}

/** @throws {Failure} data when a row has no value for a column of the key. */
export function expectWholeKeys({ columns, key }: TableShape, rows: Rows): void {
  if (rows.length === 0) return;
  for (const name of key) {
    const place = columns.findIndex((column) => column.name === name);
    if (place >= 0 && rows.every((row) => (row[place] ?? null) !== null)) continue;
    throw new Failure('data', 'a row has no value for a column of the key', {
      where: `column ${name}`,
    });
  }
}
