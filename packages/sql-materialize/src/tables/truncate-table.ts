import type { SqlDatabase, SqlTableName } from '@fairlead/sdk';
import { findTable, instantOf, requireColumn } from './table-sql.ts';

export interface Truncation {
  /** The column that says when a row was written. */
  readonly syncedColumn: string;
  /** In RFC 3339. Rows that were written at this very time stay. */
  readonly before: string;
  /** The column that marks rows as deleted, where they are to stay. */
  readonly deletedColumn?: string;
}

/**
 * Deletes the rows that were written before a time, or marks them. Where there is no such table there is nothing to do.
 * @throws {Failure} data when the table has no such columns.
 */
export async function truncateTable(
  database: SqlDatabase,
  name: SqlTableName,
  { syncedColumn, before, deletedColumn }: Truncation,
): Promise<void> {
  const { dialect } = database;
  await database.transaction(async (sql) => {
    const table = await findTable(sql, dialect, name);
    if (table === undefined) return;
    const column = requireColumn(table, syncedColumn);
    const limit = dialect.convert(instantOf(dialect, before), { is: 'instant' }, column.type);
    const isOld = `${dialect.quote(syncedColumn)} < ${limit}`;
    if (deletedColumn === undefined) {
      await sql.execute(`DELETE FROM ${table.sql} WHERE ${isOld}`);
      return;
    }
    requireColumn(table, deletedColumn);
    await sql.execute(
      `UPDATE ${table.sql} SET ${dialect.quote(deletedColumn)} = TRUE WHERE ${isOld}`,
    );
  });
}
