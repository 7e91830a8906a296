import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { warehouseName, type Naming } from './naming.ts';
import { literal, quoted } from './sql.ts';
import { deletedColumn, sqlName, stateTable } from './stored-table.ts';
import type { WarehousePlace } from './table-catalog.ts';
import { Tables } from './tables.ts';
import { asFailure } from './warehouse-failure.ts';

export interface WarehouseOptions {
  /** In which the tables are; `tester` unless given. */
  readonly schema?: string;
  /** As Fivetran names tables and columns, unless given. */
  readonly naming?: Naming;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** How many rows a table has. */
export interface TableCount {
  readonly schema: string;
  readonly table: string;
  /** Without those that are marked as deleted. */
  readonly rows: number;
  readonly deleted: number;
}

/**
 * A DuckDB file as Fivetran would fill it: tables with its system columns, and the state of the
 * connection, which is committed with its rows. One user at a time.
 */
export class Warehouse implements AsyncDisposable {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #place: WarehousePlace;
  readonly #clock: () => number;
  #last = 0n;

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    place: WarehousePlace,
    clock: () => number,
  ) {
    this.#instance = instance;
    this.#connection = connection;
    this.#place = place;
    this.#clock = clock;
  }

  /**
   * The warehouse in a file, which is made where there is none, with its folder.
   * @throws {Failure} config when it is no DuckDB database; transient while another process has it open;
   * access.
   */
  static async open(
    path: string,
    { schema = 'tester', naming = 'FIVETRAN', now = Date.now }: WarehouseOptions = {},
  ): Promise<Warehouse> {
    await mkdir(dirname(path), { recursive: true });
    try {
      const instance = await DuckDBInstance.create(path, {
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
      });
      const connection = await instance.connect();
      await connection.run("SET TimeZone = 'UTC'");
      const found = await connection.runAndReadAll('SELECT current_database()');
      const database = String(found.getRows()[0]?.[0]);
      await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoted(database)}.fairlead`);
      await connection.run(
        `CREATE TABLE IF NOT EXISTS ${stateTable({ database })}
         (connection VARCHAR PRIMARY KEY, state VARCHAR NOT NULL)`,
      );
      const place = { database, schema: warehouseName(schema, naming), naming };
      return new Warehouse(instance, connection, place, now);
    } catch (error) {
      throw asFailure(error, path);
    }
  }

  /** The schema's name in the file. */
  get schema(): string {
    return this.#place.schema;
  }

  /** Makes all of the changes of `work`, or none of them when it fails. */
  async transaction<Result>(work: (tables: Tables) => Promise<Result>): Promise<Result> {
    await this.#connection.run('BEGIN');
    try {
      const result = await work(new Tables(this.#connection, this.#place, () => this.#now()));
      await this.#connection.run('COMMIT');
      return result;
    } catch (error) {
      // DuckDB may have ended the transaction by itself.
      await this.#connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /** What {@link Tables.saveState} has kept; undefined before. */
  async state(): Promise<string | undefined> {
    const found = await this.#connection.runAndReadAll(
      `SELECT state FROM ${stateTable(this.#place)} WHERE connection = $1`,
      [this.#place.schema],
    );
    const state = found.getRows()[0]?.[0];
    return typeof state === 'string' ? state : undefined;
  }

  /** The rows of a query, in values that JSON has. */
  async query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return (await this.#connection.runAndReadAll(sql)).getRowObjectsJson();
  }

  /** The tables of this connection, by schema and name. */
  async counts(): Promise<readonly TableCount[]> {
    const { database, schema } = this.#place;
    const found = await this.#connection.runAndReadAll(
      `SELECT schema_name, table_name, bool_or(column_name = ${literal(deletedColumn)})
       FROM duckdb_columns() WHERE database_name = ${literal(database)}
       AND (schema_name = ${literal(schema)} OR starts_with(schema_name, ${literal(`${schema}_`)}))
       GROUP BY ALL ORDER BY ALL`,
    );
    const counts: TableCount[] = [];
    for (const [schemaName, tableName, isMarked] of found.getRows()) {
      const place = { database, schema: String(schemaName), name: String(tableName) };
      const deleted = isMarked === true ? `count(*) FILTER (${deletedColumn})` : '0';
      const counted = await this.#connection.runAndReadAll(
        `SELECT count(*), ${deleted} FROM ${sqlName(place)}`,
      );
      const [all = 0, gone = 0] = (counted.getRows()[0] ?? []).map(Number);
      counts.push({ schema: place.schema, table: place.name, rows: all - gone, deleted: gone });
    }
    return counts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  /** DuckDB's microseconds. Rows that were written before are always earlier. */
  #now(): bigint {
    const now = BigInt(Math.floor(this.#clock() * 1000));
    this.#last = now > this.#last ? now : this.#last + 1n;
    return this.#last;
  }
}
