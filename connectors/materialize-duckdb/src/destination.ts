import type {
  Destination,
  Documents,
  KeyComparison,
  OpenRequest,
  Plan,
  Scope,
  Table,
  Writer,
} from '@fairlead/sdk';
import {
  checkpointTable,
  checkpointTableName,
  deletedAtName,
  describeName,
  doubleQuoted as quote,
  quoteName,
  savedFor,
  takeOver,
  type CheckpointTable,
  type FenceRow,
  type Takeover,
} from '@fairlead/sql-materialize';
import { readCatalog } from './catalog.ts';
import { compareKeys } from './compare-keys.ts';
import { openDatabase, type Database } from './database.ts';
import { duckdbDialect } from './duckdb-dialect.ts';
import { applyChanges, nameOf, planTables } from './plan.ts';
import { Session } from './session.ts';
import type { Config, Resource } from './settings.ts';
import { DuckdbWriter } from './writer.ts';

/**
 * A connection to a database file.
 * @throws {Failure} config, access; transient while another process has the file open.
 */
export async function connect({ config }: Scope<Config>): Promise<Destination<Resource>> {
  const database = await openDatabase(config);
  try {
    return new DuckdbDestination(config, database, await Session.open(database));
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

class DuckdbDestination implements Destination<Resource> {
  readonly #config: Config;
  readonly #database: Database;
  readonly #session: Session;
  readonly #checkpoints: CheckpointTable;

  constructor(config: Config, database: Database, session: Session) {
    this.#config = config;
    this.#database = database;
    this.#session = session;
    this.#checkpoints = checkpointTable(duckdbDialect, quote(config.schema));
  }

  async plan(tables: readonly Table<Resource>[]): Promise<Plan> {
    const { changes } = await planTables(this.#session, this.#config, tables);
    return { changes };
  }

  async apply({ changes }: Plan): Promise<void> {
    if (changes.length === 0) return;
    await transaction(this.#session, () => applyChanges(this.#session, changes));
    this.#database.keep();
  }

  async saved({ task, range }: Pick<OpenRequest, 'task' | 'range'>): Promise<string | null> {
    const name = { schema: this.#config.schema, table: checkpointTableName };
    const catalog = await readCatalog(this.#session, [name]);
    if (catalog.table(name) === undefined) return null;
    return savedFor(await this.#rowsOf(task), range)?.checkpoint ?? null;
  }

  async compare(table: Table<Resource>, keys: AsyncIterable<Documents>): Promise<KeyComparison> {
    const session = this.#session;
    const name = nameOf(table.resource, this.#config);
    const columns = table.columns.filter(({ key }) => key);
    const { tables } = await planTables(session, this.#config, [{ ...table, columns }]);
    const existing = (await readCatalog(session, [name])).table(name);
    const target = quoteName(duckdbDialect, name);
    const isMarked = existing?.columns.some((column) => column.name === deletedAtName) === true;
    const live = isMarked ? `${target} WHERE ${quote(deletedAtName)} IS NULL` : target;
    const compared = {
      where: `table ${describeName(name)}`,
      columns: tables[0]?.columns ?? [],
      rows: existing === undefined ? undefined : live,
    };
    return await compareKeys(session, this.#database.staging, compared, keys);
  }

  async open({ task, range, tables }: OpenRequest<Resource>): Promise<Writer<Resource>> {
    const { fence, checkpoint } = await transaction(this.#session, () =>
      this.#takeOver(task, range),
    );
    const session = await Session.open(this.#database);
    try {
      return await DuckdbWriter.open(
        {
          database: this.#database,
          session,
          config: this.#config,
          checkpoints: this.#checkpoints,
          writership: { task, range, fence },
          checkpoint,
        },
        tables,
      );
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
    await this.#database[Symbol.asyncDispose]();
  }

  async #takeOver(task: string, range: OpenRequest['range']): Promise<Takeover> {
    const session = this.#session;
    const checkpoints = this.#checkpoints;
    await session.run(duckdbDialect.ddl.createSchema(quote(this.#config.schema)));
    await session.run(checkpoints.create());
    const takeover = takeOver(await this.#rowsOf(task), range);
    for (const bump of takeover.bumps) await session.run(checkpoints.bump({ task, ...bump }));
    const { insert } = takeover;
    if (insert !== undefined) {
      await session.run(checkpoints.insert({ task, ...insert }, insert.checkpoint));
    }
    return takeover;
  }

  async #rowsOf(task: string): Promise<FenceRow[]> {
    const rows = await this.#session.rows(this.#checkpoints.select(task));
    return rows.map(([begin, end, fence, checkpoint]) => ({
      range: { begin: Number(begin), end: Number(end) },
      fence: Number(fence),
      checkpoint: typeof checkpoint === 'string' ? checkpoint : null,
    }));
  }
}

async function transaction<Result>(
  session: Session,
  action: () => Promise<Result>,
): Promise<Result> {
  await session.run('BEGIN TRANSACTION');
  try {
    const result = await action();
    await session.run('COMMIT');
    return result;
  } catch (error) {
    // The failure may have ended the transaction already.
    await session.run('ROLLBACK').catch(() => {});
    throw error;
  }
}
