import {
  Failure,
  type SqlColumn,
  type SqlDatabase,
  type SqlDialect,
  type SqlTableName,
  type SqlTransaction,
} from '@fairlead/sdk';
import { active, ended, endOfTime, started } from './system-columns.ts';
import {
  executeAll,
  instantOf,
  quoteAll,
  requireColumn,
  requireTable,
  valueOf,
  type FoundTable,
} from './table-sql.ts';

/**
 * Adds a column to a table in history mode: rows that are active have a value in it from a time on, in a new version.
 * @param operation `at` is in RFC 3339, `value` a text or null.
 * @throws {Failure} data when there are versions that begin later.
 */
export async function addColumnInHistory(
  database: SqlDatabase,
  name: SqlTableName,
  column: SqlColumn,
  { at, value }: { readonly at: string; readonly value: string | null },
): Promise<void> {
  const { dialect } = database;
  await database.transaction(async (sql) => {
    const table = await requireHistory(sql, dialect, name);
    const found = table.columns.find((one) => one.name === column.name);
    if (found === undefined) await executeAll(sql, dialect.addColumn(name, column));
    const type = found?.type ?? column.type;
    const columns = found === undefined ? [...table.columns, column] : table.columns;
    await setInNewVersions(
      sql,
      dialect,
      { ...table, columns },
      {
        column: column.name,
        value: valueOf(dialect, value, type),
        instant: instantOf(dialect, at),
      },
    );
  });
}

/**
 * Drops a column of a table in history mode: it stays, and rows that are active have no value in it from a time on, in a
 * new version.
 * @throws {Failure} data when there is no such column, or versions that begin later.
 */
export async function dropColumnInHistory(
  database: SqlDatabase,
  name: SqlTableName,
  column: string,
  at: string,
): Promise<void> {
  const { dialect } = database;
  await database.transaction(async (sql) => {
    const table = await requireHistory(sql, dialect, name);
    const { type } = requireColumn(table, column);
    await setInNewVersions(sql, dialect, table, {
      column,
      value: valueOf(dialect, null, type),
      instant: instantOf(dialect, at),
      where: `${dialect.quote(column)} IS NOT NULL`,
    });
  });
}

async function requireHistory(
  sql: SqlTransaction,
  dialect: SqlDialect,
  name: SqlTableName,
): Promise<FoundTable> {
  const table = await requireTable(sql, dialect, name);
  for (const column of [started, ended, active]) requireColumn(table, column);
  return table;
}

/** A change of one column. All but its name is SQL. */
interface ColumnChange {
  readonly column: string;
  readonly value: string;
  readonly instant: string;
  /** Which active rows it is about; all unless given. */
  readonly where?: string;
}

async function setInNewVersions(
  sql: SqlTransaction,
  dialect: SqlDialect,
  table: FoundTable,
  { column, value, instant, where = 'TRUE' }: ColumnChange,
): Promise<void> {
  const [start, end, isActive] = [started, ended, active].map((name) => dialect.quote(name));
  const late = await sql.query(`SELECT 1 FROM ${table.sql} WHERE ${start} > ${instant} LIMIT 1`);
  if (late.length > 0) {
    throw new Failure('data', 'there are versions of rows that begin after the change', {
      where: table.where,
      hint: 'Re-sync the table.',
    });
  }
  const before = `${isActive} AND ${start} < ${instant} AND ${where}`;
  const values = table.columns.map(({ name }) => {
    if (name === column) return value;
    if (name === started) return instant;
    if (name === ended) return instantOf(dialect, endOfTime);
    return dialect.quote(name);
  });
  const names = quoteAll(
    dialect,
    table.columns.map(({ name }) => name),
  );
  await sql.execute(
    `UPDATE ${table.sql} SET ${dialect.quote(column)} = ${value} WHERE ${isActive} AND ${start} = ${instant}`,
  );
  await sql.execute(
    `INSERT INTO ${table.sql} (${names}) SELECT ${values.join(', ')} FROM ${table.sql} WHERE ${before}`,
  );
  await sql.execute(
    `UPDATE ${table.sql} SET ${isActive} = FALSE, ${end} = ${dialect.millisecondBefore(instant)} WHERE ${before}`,
  );
}
