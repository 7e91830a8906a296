import type { SqlColumn, SqlDatabase, SqlTableName } from '@fairlead/sdk';
import { executeAll, hasColumn, requireColumn, requireTable, valueOf } from './table-sql.ts';

/**
 * Copies the values of a column to another one, which is added where it is not there.
 * @throws {Failure} data
 */
export async function copyColumn(
  database: SqlDatabase,
  name: SqlTableName,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const { dialect } = database;
  await database.transaction(async (sql) => {
    const table = await requireTable(sql, dialect, name);
    const column = requireColumn(table, from);
    const target = table.columns.find((one) => one.name === to);
    if (target === undefined) {
      await executeAll(sql, dialect.addColumn(name, { ...column, name: to, key: false }));
    }
    const value = dialect.convert(dialect.quote(from), column.type, target?.type ?? column.type);
    await sql.execute(`UPDATE ${table.sql} SET ${dialect.quote(to)} = ${value}`);
  });
}

/**
 * Gives a column another name. Where only the new one is there it has it already.
 * @throws {Failure} data when neither is there.
 */
export async function renameColumn(
  database: SqlDatabase,
  name: SqlTableName,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const { dialect } = database;
  await database.transaction(async (sql) => {
    const table = await requireTable(sql, dialect, name);
    if (!hasColumn(table, from) && hasColumn(table, to)) return;
    requireColumn(table, from);
    await sql.execute(
      `ALTER TABLE ${table.sql} RENAME COLUMN ${dialect.quote(from)} TO ${dialect.quote(to)}`,
    );
  });
}

/** Adds a column where it is not there, and gives it one value in all rows, as a text or null. */
export async function addFilledColumn(
  database: SqlDatabase,
  name: SqlTableName,
  column: SqlColumn,
  value: string | null,
): Promise<void> {
  const { dialect } = database;
  await database.transaction(async (sql) => {
    const table = await requireTable(sql, dialect, name);
    const found = table.columns.find((one) => one.name === column.name);
    if (found === undefined) await executeAll(sql, dialect.addColumn(name, column));
    const type = found?.type ?? column.type;
    await sql.execute(
      `UPDATE ${table.sql} SET ${dialect.quote(column.name)} = ${valueOf(dialect, value, type)}`,
    );
  });
}

/**
 * Gives a column one value in all rows, as a text or null.
 * @throws {Failure} data when there is no such column, or it cannot have the value.
 */
export async function fillColumn(
  database: SqlDatabase,
  name: SqlTableName,
  column: string,
  read: (type: SqlColumn['type']) => string | null,
): Promise<void> {
  const { dialect } = database;
  await database.transaction(async (sql) => {
    const table = await requireTable(sql, dialect, name);
    const { type } = requireColumn(table, column);
    await sql.execute(
      `UPDATE ${table.sql} SET ${dialect.quote(column)} = ${valueOf(dialect, read(type), type)}`,
    );
  });
}
