import type { DuckDBConnection } from '@duckdb/node-api';
import { duckdbType, typeOfDuckdb, type ColumnType } from './column-type.ts';
import { literal, quoted, quotedList } from './sql.ts';

/** A table as it is in the file. */
export interface StoredTable {
  /** The name of the file as DuckDB has it: a schema may have the same one. */
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  /** By name, in order. */
  readonly columns: ReadonlyMap<string, ColumnType>;
  readonly key: readonly string[];
}

/** Where a table is. */
export type TablePlace = Pick<StoredTable, 'database' | 'schema' | 'name'>;

export const syncedColumn = '_fivetran_synced';
export const deletedColumn = '_fivetran_deleted';
export const idColumn = '_fivetran_id';
export const batchColumn = '_fivetran_batch';
export const indexColumn = '_fivetran_index';

/** Columns that Fivetran adds, with their types. */
export const systemColumns: ReadonlyMap<string, ColumnType> = new Map([
  [idColumn, { name: 'STRING' }],
  [batchColumn, { name: 'LONG' }],
  [indexColumn, { name: 'LONG' }],
  [syncedColumn, { name: 'UTC_DATETIME' }],
  [deletedColumn, { name: 'BOOLEAN' }],
]);

/** The table's name as SQL. */
export function sqlName({ database, schema, name }: TablePlace): string {
  return `${quoted(database)}.${quoted(schema)}.${quoted(name)}`;
}

/** The name of the table with the states of connections, as SQL. */
export function stateTable({ database }: Pick<TablePlace, 'database'>): string {
  return sqlName({ database, schema: 'fairlead', name: 'state' });
}

/** What the file knows of a table; undefined when it has none of this name. */
export async function readTable(
  connection: DuckDBConnection,
  { database, schema, name }: TablePlace,
): Promise<StoredTable | undefined> {
  const place =
    `database_name = ${literal(database)} AND schema_name = ${literal(schema)} ` +
    `AND table_name = ${literal(name)}`;
  const columns = await connection.runAndReadAll(
    `SELECT column_name, data_type FROM duckdb_columns() WHERE ${place} ORDER BY column_index`,
  );
  if (columns.currentRowCount === 0) return undefined;
  const keys = await connection.runAndReadAll(
    `SELECT unnest(constraint_column_names) FROM duckdb_constraints()
     WHERE ${place} AND constraint_type = 'PRIMARY KEY'`,
  );
  return {
    database,
    schema,
    name,
    columns: new Map(
      columns.getRows().map(([column, type]) => [String(column), typeOfDuckdb(String(type))]),
    ),
    key: keys.getRows().map(([column]) => String(column)),
  };
}

/** SQL that makes the table. */
export function createSql(table: StoredTable): string {
  const columns = [...table.columns].map(([name, type]) => {
    const isKey = table.key.includes(name);
    return `${quoted(name)} ${duckdbType(type)}${isKey ? ' NOT NULL' : ''}`;
  });
  const key = table.key.length === 0 ? [] : [`PRIMARY KEY (${quotedList(table.key)})`];
  return `CREATE TABLE ${sqlName(table)} (${[...columns, ...key].join(', ')})`;
}
