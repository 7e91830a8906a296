import {
  Failure,
  type SqlColumn,
  type SqlDialect,
  type SqlTableName,
  type SqlTransaction,
  type SqlType,
} from '@fairlead/sdk';
import { describeName } from '../table-plan.ts';

/** A table that is there, and how SQL calls what is in it. */
export interface FoundTable {
  readonly name: SqlTableName;
  /** As SQL takes it. */
  readonly sql: string;
  readonly columns: readonly SqlColumn[];
  /** As users write it, for failures. */
  readonly where: string;
}

/** The table of this name; undefined when there is none. */
export async function findTable(
  sql: SqlTransaction,
  dialect: SqlDialect,
  name: SqlTableName,
): Promise<FoundTable | undefined> {
  const columns = await sql.describe(name);
  if (columns === undefined) return undefined;
  return { name, sql: dialect.nameOf(name), columns, where: `table ${describeName(name)}` };
}

/** @throws {Failure} data when there is no such table. */
export async function requireTable(
  sql: SqlTransaction,
  dialect: SqlDialect,
  name: SqlTableName,
): Promise<FoundTable> {
  const table = await findTable(sql, dialect, name);
  if (table !== undefined) return table;
  throw new Failure('data', 'there is no such table', {
    where: `table ${describeName(name)}`,
    hint: 'Was it dropped meanwhile? Re-sync it.',
  });
}

/** @throws {Failure} data when the table has no such column. */
export function requireColumn(table: FoundTable, name: string): SqlColumn {
  const column = table.columns.find((one) => one.name === name);
  if (column !== undefined) return column;
  throw new Failure('data', `there is no column ${name}`, {
    where: table.where,
    hint: 'Was it dropped meanwhile? Re-sync the table.',
  });
}

export function hasColumn({ columns }: Pick<FoundTable, 'columns'>, name: string): boolean {
  return columns.some((column) => column.name === name);
}

/** Executes statements one after the other. */
export async function executeAll(
  sql: SqlTransaction,
  statements: readonly string[],
): Promise<void> {
  for (const statement of statements) await sql.execute(statement);
}

/** The condition that rows of two relations have the same key. */
export function sameKey(
  dialect: SqlDialect,
  keys: readonly string[],
  one: string,
  other: string,
): string {
  return keys
    .map((name) => `${one}.${dialect.quote(name)} = ${other}.${dialect.quote(name)}`)
    .join(' AND ');
}

export function quoteAll(dialect: SqlDialect, names: readonly string[]): string {
  return names.map((name) => dialect.quote(name)).join(', ');
}

/** The value that a text stands for, as an SQL expression. */
export function valueOf(dialect: SqlDialect, text: string | null, type: SqlType): string {
  const value = text === null ? 'NULL' : dialect.parse(dialect.literal(text), type);
  return `CAST(${value} AS ${dialect.typeOf(type)})`;
}

export function instantOf(dialect: SqlDialect, text: string): string {
  return valueOf(dialect, text, { is: 'instant' });
}

/** Whether a column of one type is to be left as it is when another one is asked for. */
export function sameSqlType(one: SqlType, other: SqlType): boolean {
  if (one.is === 'decimal' && other.is === 'decimal') {
    return one.precision === other.precision && one.scale === other.scale;
  }
  // How long texts are is nothing that all databases keep.
  return one.is === other.is;
}
