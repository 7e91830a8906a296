import type { DuckDBConnection } from '@duckdb/node-api';
import type { Json } from '@fairlead/sdk';
import type { Statement } from '@fairlead/sql-materialize';
import { databaseName, type Database } from './database.ts';
import { asFailure, type ErrorPlace } from './errors.ts';

/** A value as a query gives it; integers of 64 bits and more are strings. */
export type Cell = string | number | boolean | null;

/** A connection of our own to a database. Disposing ends what it is doing, and its transaction. */
export class Session implements AsyncDisposable {
  readonly #connection: DuckDBConnection;
  readonly #database: Database;
  readonly #place: ErrorPlace;

  private constructor(connection: DuckDBConnection, database: Database) {
    this.#connection = connection;
    this.#database = database;
    this.#place = { path: database.path };
  }

  /** The database stays open for as long as the session does. */
  static async open(database: Database): Promise<Session> {
    const session = new Session(await database.instance.connect(), database.share());
    await session.run(`USE ${databaseName}`);
    await session.run("SET TimeZone = 'UTC'");
    return session;
  }

  /**
   * Runs a statement. `table` is named by failures.
   * @returns how many rows it has changed.
   * @throws {Failure}
   */
  async run(statement: string | Statement, table?: string): Promise<number> {
    const { sql, values } = parameters(statement);
    try {
      return (await this.#connection.run(sql, values)).rowsChanged;
    } catch (error) {
      throw this.#failure(error, table);
    }
  }

  /**
   * Runs statements one after the other, in one go.
   * @returns how many rows the last one has changed.
   * @throws {Failure} of the first that fails; those after it are not run then.
   */
  runAll(statements: readonly string[], table?: string): Promise<number> {
    return this.run(statements.join(';\n'), table);
  }

  /** The rows of a query. */
  async rows(statement: string | Statement, table?: string): Promise<readonly Cell[][]> {
    const { sql, values } = parameters(statement);
    try {
      const reader = await this.#connection.runAndReadAll(sql, values);
      return reader.getRowsJson().map((row) => row.map(cellOf));
    } catch (error) {
      throw this.#failure(error, table);
    }
  }

  /** The texts of the first column of a query, some thousand at a time, as they are found. */
  async *texts(sql: string, table?: string): AsyncGenerator<readonly string[]> {
    try {
      const result = await this.#connection.stream(sql);
      for await (const chunk of result) yield chunk.getColumnValues(0).map(String);
    } catch (error) {
      throw this.#failure(error, table);
    }
  }

  /** Makes the statement that is running, if any, fail soon. */
  interrupt(): void {
    this.#connection.interrupt();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.interrupt();
    this.#connection.closeSync();
    await this.#database[Symbol.asyncDispose]();
  }

  #failure(error: unknown, table: string | undefined): unknown {
    return asFailure(error, table === undefined ? this.#place : { ...this.#place, table });
  }
}

function cellOf(value: Json): Cell {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

function parameters(statement: string | Statement): {
  sql: string;
  values?: (string | number | null)[];
} {
  if (typeof statement === 'string') return { sql: statement };
  return { sql: statement.sql, values: [...statement.values] };
}
