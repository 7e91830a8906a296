import type { Documents } from './documents.ts';

/**
 * A database for hosts that say themselves what becomes of tables, in SQL that is the same for all but
 * for what its dialect spells. Disposing it rolls back what is not committed.
 */
export interface SqlDatabase extends AsyncDisposable {
  readonly dialect: SqlDialect;
  /**
   * Does `work` in a transaction, which is committed when it is done and rolled back when it throws. One at a time.
   * @throws {Failure} and what `work` throws.
   */
  transaction<Result>(work: (sql: SqlTransaction) => Promise<Result>): Promise<Result>;
}

/** What can be done in a transaction. Calls are made one at a time. */
export interface SqlTransaction {
  /** The columns of a table in their order; undefined when there is none of that name. */
  describe(table: SqlTableName): Promise<readonly SqlColumn[] | undefined>;
  /** @returns how many rows the statement has changed. */
  execute(statement: string): Promise<number>;
  /** The rows of a query; integers of 64 bits and more are texts. */
  query(statement: string): Promise<readonly (readonly SqlCell[])[]>;
  /**
   * Loads rows into a new temporary table, which goes with the transaction or when it is dropped. Each document
   * is a JSON array with an item for each of the columns, in their order: null, or a text as {@link SqlType} says.
   * What is missing at its end is null. The column {@link stagedRow} numbers the rows from 0.
   * @returns how many rows there are.
   * @throws {Failure} data, which names the column, when a text is no value of its type.
   */
  stage(
    name: string,
    columns: readonly Pick<SqlColumn, 'name' | 'type'>[],
    rows: AsyncIterable<Documents>,
  ): Promise<number>;
}

/** A value as a query gives it. */
export type SqlCell = string | number | boolean | null;

/** The column that numbers staged rows. */
export const stagedRow = 'fairlead_row';

/** Where a table is. Names are as given, and quoted for SQL. */
export interface SqlTableName {
  readonly schema: string;
  readonly table: string;
}

export interface SqlColumn {
  readonly name: string;
  readonly type: SqlType;
  /** Whether it is part of the key. */
  readonly key: boolean;
}

/**
 * What a column holds, in words that are no database's own, and the text that stands for a value:
 *
 * | type | values | as text |
 * |---|---|---|
 * | `boolean` | | `true`, `false` |
 * | `short`, `int`, `long` | integers of 16, 32 and 64 bits | digits |
 * | `decimal` | `precision` digits, `scale` of them after the point | digits, or with an exponent |
 * | `float`, `double` | of 32 and 64 bits | digits, `NaN`, `Infinity`, `-Infinity` |
 * | `date` | | `2024-02-29` |
 * | `datetime` | without a time zone, to the microsecond | `2024-02-29T10:15:30.123456` |
 * | `instant` | to the microsecond | the same with `Z` or an offset |
 * | `time` | of a day, to the microsecond | `10:15:30.123456` |
 * | `binary` | bytes | base64 |
 * | `text` | texts, of at most so many bytes where they are given | itself |
 * | `json`, `xml` | | itself |
 */
export type SqlType =
  | { readonly is: PlainSqlType }
  | { readonly is: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly is: 'text'; readonly bytes?: number };

/** The types without parameters. */
export type PlainSqlType =
  | 'boolean'
  | 'short'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'date'
  | 'datetime'
  | 'instant'
  | 'time'
  | 'binary'
  | 'json'
  | 'xml';

/** How one database spells what all do. Statements come in the order in which they are to be executed. */
export interface SqlDialect {
  /** An identifier as SQL takes it. */
  quote(identifier: string): string;
  /** A string as an SQL literal. */
  literal(text: string): string;
  /** A table as SQL takes it; with a dot and a quoted name behind it a column of its own. */
  nameOf(table: SqlTableName): string;
  /** The type of a column. */
  typeOf(type: SqlType): string;
  /** The expression for the value that a text stands for, as {@link SqlType} says; it fails where there is none. */
  parse(text: string, type: SqlType): string;
  /** The expression that makes a value of one type from a value of another; it fails where there is none. */
  convert(value: string, from: SqlType, to: SqlType): string;
  /** The expression for the instant a millisecond before another one. */
  millisecondBefore(instant: string): string;
  /** Makes a table with its key, and its schema where there is none. */
  createTable(table: SqlTableName, columns: readonly SqlColumn[]): readonly string[];
  addColumn(table: SqlTableName, column: SqlColumn): readonly string[];
  /** Makes a column one of another type, with its values. */
  changeType(table: SqlTableName, from: SqlColumn, to: SqlColumn): readonly string[];
  /** Makes those of all columns that say so the key. */
  changeKey(table: SqlTableName, columns: readonly SqlColumn[]): readonly string[];
  renameTable(table: SqlTableName, to: string): readonly string[];
  /** An update of the rows of a table, called `t`, that match rows of a staged one, called `s`. */
  updateFrom(update: SqlUpdate): string;
}

/** What {@link SqlDialect.updateFrom} is told. All of it is SQL. */
export interface SqlUpdate {
  readonly table: string;
  readonly from: string;
  /** Columns and their new values. */
  readonly set: readonly (readonly [column: string, value: string])[];
  readonly on: string;
}
