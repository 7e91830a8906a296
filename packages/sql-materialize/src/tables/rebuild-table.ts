import {
  Failure,
  type SqlColumn,
  type SqlDialect,
  type SqlTableName,
  type SqlTransaction,
} from '@fairlead/sdk';
import { executeAll, quoteAll, type FoundTable } from './table-sql.ts';

/** A column of a table to be, and the value that it has for a row of the one before. */
export interface RebuiltColumn {
  readonly column: SqlColumn;
  readonly value: string;
}

/** Columns as they are. */
export function asTheyAre(
  dialect: SqlDialect,
  columns: readonly SqlColumn[],
): readonly RebuiltColumn[] {
  return columns.map((column) => ({ column, value: dialect.quote(column.name) }));
}

export interface Rebuilding {
  readonly table: FoundTable;
  readonly columns: readonly RebuiltColumn[];
  /** Which rows there will be; all unless given. */
  readonly where?: string;
}

/**
 * Makes a table of the rows of another one. What had the name before is gone.
 * @throws {Failure} data when both have one name.
 */
export async function copyInto(
  sql: SqlTransaction,
  dialect: SqlDialect,
  target: SqlTableName,
  { table, columns, where }: Rebuilding,
): Promise<void> {
  const name = dialect.nameOf(target);
  if (name === table.sql) {
    throw new Failure('data', 'a table cannot be copied to itself', { where: table.where });
  }
  await sql.execute(`DROP TABLE IF EXISTS ${name}`);
  await executeAll(
    sql,
    dialect.createTable(
      target,
      columns.map(({ column }) => column),
    ),
  );
  const names = quoteAll(
    dialect,
    columns.map(({ column }) => column.name),
  );
  const values = columns.map(({ value }) => value).join(', ');
  const condition = where === undefined ? '' : ` WHERE ${where}`;
  await sql.execute(
    `INSERT INTO ${name} (${names}) SELECT ${values} FROM ${table.sql}${condition}`,
  );
}

/** Makes a table another one, row by row. */
export async function rebuild(
  sql: SqlTransaction,
  dialect: SqlDialect,
  rebuilding: Rebuilding,
): Promise<void> {
  const { name, sql: old } = rebuilding.table;
  const place = { schema: name.schema, table: 'fairlead_rebuilt' };
  await copyInto(sql, dialect, place, rebuilding);
  await sql.execute(`DROP TABLE ${old}`);
  await executeAll(sql, dialect.renameTable(place, name.table));
}
