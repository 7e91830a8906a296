import { Failure, type SqlColumn, type SqlDatabase, type SqlTableName } from '@fairlead/sdk';
import { describeName } from '../table-plan.ts';
import { executeAll, findTable, requireTable, sameSqlType, type FoundTable } from './table-sql.ts';

/** The columns of a table in their order; undefined when there is none. */
export function describeTable(
  database: SqlDatabase,
  name: SqlTableName,
): Promise<readonly SqlColumn[] | undefined> {
  return database.transaction((sql) => sql.describe(name));
}

/**
 * Makes a table, and its schema where there is none. An empty one that has these columns already is the one that an
 * earlier attempt has made.
 * @throws {Failure} data when there is another one of that name.
 */
export async function createTable(
  database: SqlDatabase,
  name: SqlTableName,
  columns: readonly SqlColumn[],
): Promise<void> {
  await database.transaction(async (sql) => {
    const found = await findTable(sql, database.dialect, name);
    if (found === undefined) {
      return executeAll(sql, database.dialect.createTable(name, columns));
    }
    const rows = await sql.query(`SELECT 1 FROM ${found.sql} LIMIT 1`);
    if (rows.length === 0 && isSame(found.columns, columns)) return;
    throw new Failure('data', 'there is a table of that name already', {
      where: `table ${describeName(name)}`,
      hint: 'Drop or rename it, or choose another schema for the connection.',
    });
  });
}

function isSame(found: readonly SqlColumn[], wanted: readonly SqlColumn[]): boolean {
  return (
    found.length === wanted.length &&
    wanted.every((column) =>
      found.some(
        ({ name, type, key }) =>
          name === column.name && key === column.key && sameSqlType(type, column.type),
      ),
    )
  );
}

export interface AlterOptions {
  /** Whether columns go that are not wanted. */
  readonly dropColumns?: boolean;
}

/**
 * Makes a table one of these columns: adds those that it lacks, changes types with all values, and the key.
 * Values that the new type cannot hold are a failure, after which nothing has changed.
 * @throws {Failure} data
 */
export async function alterTable(
  database: SqlDatabase,
  name: SqlTableName,
  columns: readonly SqlColumn[],
  options: AlterOptions = {},
): Promise<void> {
  const { dialect } = database;
  await database.transaction(async (sql) => {
    const table = await requireTable(sql, dialect, name);
    const dropped = options.dropColumns === true ? surplus(table, columns) : [];
    for (const column of columns) {
      const found = table.columns.find((one) => one.name === column.name);
      if (found === undefined) {
        await executeAll(sql, dialect.addColumn(name, { ...column, key: false }));
      } else if (!sameSqlType(found.type, column.type)) {
        await executeAll(sql, dialect.changeType(name, found, { ...column, key: found.key }));
      }
    }
    const kept = table.columns.filter((column) => !dropped.includes(column));
    const isKey = (column: string) => columns.some((one) => one.name === column && one.key);
    const keyed = [
      ...kept,
      ...columns.filter((column) => !kept.some((one) => one.name === column.name)),
    ].map((column) => ({
      ...(columns.find((one) => one.name === column.name) ?? column),
      key: isKey(column.name),
    }));
    if (keyed.some(({ name: column, key }) => key !== wasKey(table, column))) {
      await executeAll(sql, dialect.changeKey(name, keyed));
    }
    for (const column of dropped) {
      await sql.execute(`ALTER TABLE ${table.sql} DROP COLUMN ${dialect.quote(column.name)}`);
    }
  });
}

function surplus(table: FoundTable, columns: readonly SqlColumn[]): readonly SqlColumn[] {
  return table.columns.filter(({ name }) => !columns.some((column) => column.name === name));
}

function wasKey(table: FoundTable, column: string): boolean {
  return table.columns.some(({ name, key }) => name === column && key);
}
