import type { SqlDatabase, SqlTableName } from '@fairlead/sdk';
import { asTheyAre, copyInto } from './rebuild-table.ts';
import { executeAll, findTable, requireTable } from './table-sql.ts';

/** Drops a table, if it is there. */
export async function dropTable(database: SqlDatabase, name: SqlTableName): Promise<void> {
  await database.transaction((sql) =>
    sql.execute(`DROP TABLE IF EXISTS ${database.dialect.nameOf(name)}`),
  );
}

/**
 * Copies a table with its rows, in place of what has the name.
 * @throws {Failure} data when there is no such table.
 */
export async function copyTable(
  database: SqlDatabase,
  name: SqlTableName,
  to: string,
): Promise<void> {
  const { dialect } = database;
  await database.transaction(async (sql) => {
    const table = await requireTable(sql, dialect, name);
    const target = { schema: name.schema, table: to };
    await copyInto(sql, dialect, target, { table, columns: asTheyAre(dialect, table.columns) });
  });
}

/**
 * Gives a table another name. Where only the new one is there it has it already.
 * @throws {Failure} data when neither is there.
 */
export async function renameTable(
  database: SqlDatabase,
  name: SqlTableName,
  to: string,
): Promise<void> {
  const { dialect } = database;
  await database.transaction(async (sql) => {
    const before = await findTable(sql, dialect, name);
    const after = await findTable(sql, dialect, { ...name, table: to });
    if (before === undefined && after !== undefined) return;
    await requireTable(sql, dialect, name);
    await executeAll(sql, dialect.renameTable(name, to));
  });
}
