import {
  Failure,
  isFailure,
  type Change,
  type Documents,
  type Json,
  type Plan,
  type Table,
  type Writer,
} from '@fairlead/sdk';
import {
  describeName,
  type CheckpointTable,
  type TablePlan,
  type Writership,
} from '@fairlead/sql-materialize';
import type { Database } from './database.ts';
import { asFailure } from './errors.ts';
import { Loader } from './loader.ts';
import { Limits } from './limits.ts';
import { applyChanges, nameOf, planTables, replaceTableSql } from './plan.ts';
import type { Session } from './session.ts';
import { threadsOf, type Config, type Resource } from './settings.ts';
import { TargetTable } from './target-table.ts';

/** What a writer is made of. The session is its own. */
export interface WriterParts {
  readonly database: Database;
  readonly session: Session;
  readonly config: Config;
  readonly checkpoints: CheckpointTable;
  readonly writership: Writership;
  readonly checkpoint: string | null;
}

/**
 * A writer whose every commit is one DuckDB transaction: rows, changes of tables, checkpoint. After a
 * failure everything since the last commit is undone, and all that is left is to dispose it.
 */
export class DuckdbWriter implements Writer<Resource> {
  #checkpoint: string | null;
  readonly #parts: WriterParts;
  readonly #loader = new Loader();
  readonly #limits: Limits;
  #tables: readonly OpenTable[] = [];
  #state: WriterState = { is: 'between' };
  #rowCount = 0;

  private constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#checkpoint = parts.checkpoint;
    const { memoryLimit } = parts.config.advanced;
    this.#limits = new Limits(parts.session, memoryLimit, threadsOf(parts.config));
  }

  /** A writer to these tables, which may lack columns, or not exist, until they are altered. */
  static async open(parts: WriterParts, tables: readonly Table<Resource>[]): Promise<DuckdbWriter> {
    const writer = new DuckdbWriter(parts);
    const plan = await planTables(parts.session, parts.config, tables);
    writer.#tables = tables.map((table, i) => {
      const planned = plan.tables[i];
      const ready = planned !== undefined && planned.exists && planned.changes.length === 0;
      return { table, target: ready ? writer.#target(planned, table, i) : undefined };
    });
    return writer;
  }

  get checkpoint(): string | null {
    return this.#checkpoint;
  }

  /** At once while nothing is staged, so that other writers need not wait, else with the next commit. */
  async alter(tables: readonly Table<Resource>[]): Promise<Plan> {
    const alone = this.#state.is === 'between';
    const changes = await this.#within(async () => {
      const made = await this.#alter(tables);
      if (alone) await this.#parts.session.run('COMMIT');
      return made;
    });
    if (alone) this.#state = { is: 'between' };
    return { changes };
  }

  async *load(table: number, keys: Documents): AsyncGenerator<Documents> {
    const { target } = this.#open(table);
    if (target === undefined || keys.ends.length === 0) return;
    this.#expectUsable();
    try {
      yield* target.load(keys);
    } catch (error) {
      throw await this.#fail(error);
    }
  }

  async store(table: number, documents: Documents): Promise<void> {
    if (documents.ends.length === 0) return;
    await this.#within(async () => {
      const { target } = this.#open(table);
      if (target === undefined) throw new Error(`table ${table} was not altered to take documents`);
      await target.take(documents);
      this.#rowCount += documents.ends.length;
    });
  }

  async truncate(table: number): Promise<void> {
    await this.#within(async () => {
      await this.#loader.settle();
      await this.#open(table).target?.truncate();
    });
  }

  async replace(table: number, by: number): Promise<void> {
    await this.#within(async () => {
      const [old, next] = [this.#open(table), this.#open(by)];
      await this.#fold([next]);
      await old.target?.discard();
      const { session, config } = this.#parts;
      const to = nameOf(old.table.resource, config);
      const from = nameOf(next.table.resource, config);
      for (const statement of replaceTableSql(to, from)) await session.run(statement);
      this.#tables = this.#tables.map((open, i) =>
        i === table || i === by ? { table: open.table, target: undefined } : open,
      );
    });
  }

  async commit(checkpoint: string): Promise<Json> {
    await this.#within(async () => {
      await this.#fold(this.#tables);
      await this.#saveCheckpoint(checkpoint);
      await this.#parts.session.run('COMMIT');
    });
    this.#state = { is: 'between' };
    await this.#limits.giveBack();
    this.#checkpoint = checkpoint;
    this.#rowCount = 0;
    this.#parts.database.keep();
    return null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state.is === 'closed') return;
    await this.#undo();
    this.#state = { is: 'closed' };
    await this.#parts.session[Symbol.asyncDispose]();
  }

  async #alter(tables: readonly Table<Resource>[]): Promise<readonly Change[]> {
    const changed = tables.map((table, i) => !sameTable(table, this.#tables[i]?.table));
    const stale = this.#tables.filter(({ target }, i) => target === undefined || changed[i]);
    if (stale.length === 0 && tables.length === this.#tables.length) return [];
    // What is staged has the columns of before.
    await this.#fold(stale);
    const { session, config } = this.#parts;
    const plan = await planTables(session, config, tables);
    await applyChanges(session, plan.changes);
    this.#tables = tables.map((table, i) => {
      const open = this.#tables[i];
      if (open?.target !== undefined && changed[i] === false) return open;
      const planned = plan.tables[i];
      const target = planned?.exists === true ? this.#target(planned, table, i) : undefined;
      return { table, target };
    });
    return plan.changes;
  }

  #open(table: number): OpenTable {
    const open = this.#tables[table];
    if (open === undefined) throw new Error(`there is no table ${table}`);
    return open;
  }

  #target(plan: TablePlan, table: Table, index: number): TargetTable {
    const { session, database, config } = this.#parts;
    const where = `table ${describeName(plan.name)}`;
    return new TargetTable(plan, table, {
      index,
      where,
      staging: database.staging,
      loader: this.#loader,
      limits: this.#limits,
      segmentBytes: config.advanced.segmentBytes,
      run: (sql) => session.run(sql, where),
      runAll: (statements) => session.runAll(statements, where),
      rows: (sql) => session.rows(sql, where),
      texts: (sql) => session.texts(sql, where),
    });
  }

  /** Loads and applies everything that is staged for some tables. */
  async #fold(tables: readonly OpenTable[]): Promise<void> {
    for (const { target } of tables) await target?.flush();
    await this.#loader.settle();
    for (const { target } of tables) await target?.fold();
  }

  async #saveCheckpoint(checkpoint: string): Promise<void> {
    const { session, checkpoints, writership } = this.#parts;
    const statement = checkpoints.commit(writership, checkpoint, this.#rowCount);
    try {
      if ((await session.run(statement)) === 1) return;
    } catch (error) {
      // Another writer's change of the row that this transaction does not see yet.
      if (!isFailure(error) || error.kind !== 'transient') throw error;
    }
    throw new Failure('state', `fenced off: another run of ${writership.task} has taken over`, {
      where: this.#parts.database.path,
      hint: 'Only one run of a task may write. Stop the other one, or let this one end.',
    });
  }

  /** Does something inside of a transaction. A failure undoes the transaction. */
  async #within<Result>(action: () => Promise<Result>): Promise<Result> {
    this.#expectUsable();
    try {
      if (this.#state.is === 'between') {
        await this.#parts.session.run('BEGIN TRANSACTION');
        this.#state = { is: 'within' };
      }
      return await action();
    } catch (error) {
      throw await this.#fail(error);
    }
  }

  #expectUsable(): void {
    if (this.#state.is === 'failed') throw this.#state.error;
    if (this.#state.is === 'closed') throw new Error('the writer is closed');
  }

  async #fail(cause: unknown): Promise<unknown> {
    const error = asFailure(cause, { path: this.#parts.database.path });
    await this.#undo();
    this.#state = { is: 'failed', error };
    return error;
  }

  /** Ends the transaction, if there is one, as if it had never begun. */
  async #undo(): Promise<void> {
    const { session } = this.#parts;
    session.interrupt();
    await this.#loader.settle().catch(() => {});
    for (const { target } of this.#tables) await target?.discard().catch(() => {});
    // A failure may have ended it already.
    if (this.#state.is === 'within') await session.run('ROLLBACK').catch(() => {});
    await this.#limits.giveBack().catch(() => {});
  }
}

interface OpenTable {
  readonly table: Table<Resource>;
  /** Undefined until the table has all columns that documents may have. */
  readonly target: TargetTable | undefined;
}

/** The life of a writer. */
type WriterState =
  /** Nothing was done since the last commit. */
  | { readonly is: 'between' }
  /** A transaction is open. */
  | { readonly is: 'within' }
  /** The transaction was undone because of an error. */
  | { readonly is: 'failed'; readonly error: unknown }
  | { readonly is: 'closed' };

function sameTable(a: Table<Resource>, b: Table<Resource> | undefined): boolean {
  return b !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
