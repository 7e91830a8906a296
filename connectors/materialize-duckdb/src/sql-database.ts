import { addAbortListener } from 'node:events';
import type {
  Documents,
  Scope,
  SqlCell,
  SqlColumn,
  SqlDatabase,
  SqlDialect,
  SqlTableName,
  SqlTransaction,
} from '@fairlead/sdk';
import { singleQuoted as literal } from '@fairlead/sql-materialize';
import { openDatabase } from './database.ts';
import { Limits } from './limits.ts';
import { Session } from './session.ts';
import { threadsOf, type Config } from './settings.ts';
import { columnOf, sqlDialect } from './sql-database-dialect.ts';
import { stageDocuments, type StagingPlace } from './sql-database-stage.ts';

/**
 * A connection to a database file for hosts that say themselves what becomes of tables.
 * @throws {Failure} config, access; transient while another process has the file open.
 */
export async function openSqlDatabase({ config, signal }: Scope<Config>): Promise<SqlDatabase> {
  const database = await openDatabase(config);
  try {
    const session = await Session.open(database);
    const found = await session.rows('SELECT current_database()');
    const limits = new Limits(session, config.advanced.memoryLimit, threadsOf(config));
    const place: StagingPlace = { database, session, limits };
    return new DuckdbSqlDatabase(place, signal, String(found[0]?.[0]));
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

class DuckdbSqlDatabase implements SqlDatabase {
  readonly dialect: SqlDialect;
  readonly #place: StagingPlace;
  readonly #signal: AbortSignal;

  constructor(place: StagingPlace, signal: AbortSignal, catalog: string) {
    this.dialect = sqlDialect(catalog);
    this.#place = place;
    this.#signal = signal;
  }

  async transaction<Result>(work: (sql: SqlTransaction) => Promise<Result>): Promise<Result> {
    const { database, session, limits } = this.#place;
    this.#signal.throwIfAborted();
    using _listening = addAbortListener(this.#signal, () => session.interrupt());
    await session.run('BEGIN TRANSACTION');
    try {
      const result = await work(new DuckdbTransaction(this.#place));
      this.#signal.throwIfAborted();
      await session.run('COMMIT');
      database.keep();
      return result;
    } catch (error) {
      // The failure may have ended the transaction already.
      await session.run('ROLLBACK').catch(() => {});
      this.#signal.throwIfAborted();
      throw error;
    } finally {
      await limits.giveBack();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#place.session[Symbol.asyncDispose]();
    await this.#place.database[Symbol.asyncDispose]();
  }
}

class DuckdbTransaction implements SqlTransaction {
  readonly #place: StagingPlace;
  readonly #session: Session;

  constructor(place: StagingPlace) {
    this.#place = place;
    this.#session = place.session;
  }

  async describe({ schema, table }: SqlTableName): Promise<readonly SqlColumn[] | undefined> {
    const rows = await this.#session.rows(
      `SELECT column_name, data_type, comment FROM duckdb_columns()
WHERE database_name = current_database() AND lower(schema_name) = lower(${literal(schema)}) AND lower(table_name) = lower(${literal(table)})
ORDER BY column_index`,
    );
    if (rows.length === 0) return undefined;
    return rows.map(([name, type, comment]) =>
      columnOf(String(name), String(type), String(comment ?? '')),
    );
  }

  async execute(statement: string): Promise<number> {
    const { limits } = this.#place;
    await limits.beforeDelete();
    await limits.beforeFold();
    return await this.#session.run(statement);
  }

  query(statement: string): Promise<readonly (readonly SqlCell[])[]> {
    return this.#session.rows(statement);
  }

  stage(
    name: string,
    columns: readonly Pick<SqlColumn, 'name' | 'type'>[],
    rows: AsyncIterable<Documents>,
  ): Promise<number> {
    return stageDocuments(this.#place, { name, columns }, rows);
  }
}
