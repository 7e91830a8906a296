import type { FlatType } from './flat-type.ts';
import type { Condition } from './widen.ts';

/** How one destination spells what all SQL destinations do. */
export interface Dialect {
  /** An identifier as SQL takes it. */
  quote(identifier: string): string;
  /** A string as an SQL literal. */
  literal(text: string): string;
  /** Placeholder of the parameter with this number, from 1. */
  placeholder(number: number): string;
  /** The expression for the time of the transaction. */
  readonly now: string;
  /** Identifiers with the same fold are one to the destination. */
  fold(identifier: string): string;
  /** The longest identifier in bytes of UTF-8; `Infinity` where there is no limit. */
  readonly maxIdentifierBytes: number;
  /** Characters that no identifier may have, as a global regular expression. */
  readonly forbidden: RegExp;
  /** The type of a new column. */
  typeOf(type: FlatType): string;
  /** What a column of an existing table can hold. */
  parseType(type: string): StoredType;
  /**
   * The expression that makes a value of type `to` from the column `from`, exactly; undefined where
   * there is none.
   */
  cast(column: string, from: StoredType, to: FlatType): string | undefined;
  /** A query of one boolean: whether the condition holds for all values of a column. */
  holds(table: string, column: string, condition: Condition): string;
  /** The statements that change tables. {@link standardDdl} has those of the SQL standard. */
  readonly ddl: Ddl;
}

/** What a column of an existing table can hold. */
export type StoredType =
  | FlatType
  /** A type that we never make: too narrow for what may come, but its values all fit `within`. */
  | { readonly is: 'narrow'; readonly within: FlatType }
  /** A type whose values have no exact form in any of ours. */
  | { readonly is: 'foreign' };

/** Statements that change tables. Names are quoted already; each does nothing the second time. */
export interface Ddl {
  createSchema(schema: string): string;
  createTable(table: string, columns: readonly string[]): string;
  addColumn(table: string, column: string, type: string): string;
  /** Undefined where a column's type cannot be changed in place. */
  changeType(table: string, column: string, type: string, value: string): string | undefined;
  dropNotNull(table: string, column: string): string;
}

/** The statements as the SQL standard and its common extensions have them. */
export const standardDdl: Ddl = {
  createSchema: (schema) => `CREATE SCHEMA IF NOT EXISTS ${schema}`,
  createTable: (table, columns) =>
    `CREATE TABLE IF NOT EXISTS ${table} (\n  ${columns.join(',\n  ')}\n)`,
  addColumn: (table, column, type) =>
    `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${column} ${type}`,
  changeType: (table, column, type, value) =>
    `ALTER TABLE ${table} ALTER COLUMN ${column} TYPE ${type} USING ${value}`,
  dropNotNull: (table, column) => `ALTER TABLE ${table} ALTER COLUMN ${column} DROP NOT NULL`,
};

/** An identifier in double quotes, as the SQL standard has it. */
export function doubleQuoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** A literal in single quotes, as the SQL standard has it: a backslash is a backslash. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
