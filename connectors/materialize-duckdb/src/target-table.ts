import type { Documents, Table } from '@fairlead/sdk';
import {
  deletedAtName,
  quoteName,
  type EffectiveColumn,
  type TableName,
  type TablePlan,
} from '@fairlead/sql-materialize';
import { duckdbDialect } from './duckdb-dialect.ts';
import { insertSql } from './load-sql.ts';
import { patchColumns, stagedColumns } from './staged-columns.ts';
import { documentLines, documentsByKeySql, keyDocuments } from './read-documents.ts';
import { route } from './route.ts';
import { keyWriter } from './key-writer.ts';
import { createRowWriter, inStagedOrder, type RowWriter } from './row-writer.ts';
import { StagedChanges } from './staged-changes.ts';
import type { Segment } from './staging.ts';
import { startLoad, type TableContext } from './table-context.ts';
import { truncateSql } from './truncate.ts';

/** One table of a writer: takes documents, and has their rows in the table before the commit. */
export class TargetTable {
  readonly #context: TableContext;
  readonly #table: Table;
  readonly #name: TableName;
  /** Quoted. */
  readonly #target: string;
  readonly #columns: readonly EffectiveColumn[];
  readonly #rows: RowWriter;
  readonly #changes: StagedChanges;
  #segment: Segment | undefined;

  constructor(plan: TablePlan, table: Table, context: TableContext) {
    this.#context = context;
    this.#table = table;
    this.#name = plan.name;
    this.#target = quoteName(duckdbDialect, plan.name);
    this.#columns = inStagedOrder(plan.columns);
    const extras = this.#appendsDeletes ? 'op' : 'none';
    this.#rows = createRowWriter(this.#columns, context.where, extras);
    this.#changes = new StagedChanges(context, this.#columns, {
      target: this.#target,
      columns: this.#columns.map(({ name }) => name),
      keyCount: this.#columns.filter(({ column }) => column.key).length,
      witnessOf: patchColumns(stagedColumns(this.#columns)).witnessOf,
      ...(table.deletes === 'soft' ? { deletedAt: deletedAtName } : {}),
    });
  }

  /**
   * Stages documents. After a failure nothing that is staged is of any use.
   * @throws {Failure} data when one has no whole key.
   */
  async take(documents: Documents): Promise<void> {
    const { direct, staged } = route(this.#table, documents);
    if (direct !== undefined) {
      this.#segment ??= this.#context.staging.segment(this.#rows.gathered);
      await this.#segment.added(this.#rows.add(direct));
      if (this.#segment.sizeBytes >= this.#enoughBytes) await this.#load();
    }
    if (staged !== undefined) await this.#changes.add(staged);
  }

  /** Starts to load what is staged in files. It is in the database once the loader has settled. */
  async flush(): Promise<void> {
    await this.#load();
    await this.#changes.flush();
  }

  /** Makes the staged changes. Everything has been loaded before. */
  async fold(): Promise<void> {
    await this.#changes.fold();
  }

  /** Forgets the rows of the table, and what is staged for it. Nothing is being loaded. */
  async truncate(): Promise<void> {
    await this.discard();
    await this.#changes.forget();
    const statements = await truncateSql(this.#name, (sql) => this.#context.rows(sql));
    for (const statement of statements) await this.#context.run(statement);
  }

  /** The stored documents with these keys, each a JSON array. */
  async *load(keys: Documents): AsyncGenerator<Documents> {
    const columns = this.#columns.filter(({ column }) => column.key);
    const writer = keyWriter(columns, this.#context.where);
    const segment = this.#context.staging.segment(writer.gathered);
    try {
      await segment.added(writer.add(keyDocuments(keys, columns.length)));
      await segment.close();
      const sql = documentsByKeySql(this.#target, this.#columns, segment);
      for await (const texts of this.#context.texts(sql)) yield documentLines(texts);
    } finally {
      await segment.remove();
    }
  }

  /** Removes the files of what is not being loaded yet. */
  async discard(): Promise<void> {
    const segment = this.#segment;
    this.#segment = undefined;
    await segment?.remove();
    await this.#changes.discard();
  }

  get #appendsDeletes(): boolean {
    return this.#table.write === 'append' && this.#table.deletes === 'soft';
  }

  /** How much is staged before it is loaded: less while the database has nothing to do, as at the begin. */
  get #enoughBytes(): number {
    const { loader, segmentBytes } = this.#context;
    return loader.isIdle ? Math.min(segmentBytes, leastBytes) : segmentBytes;
  }

  async #load(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    const context = this.#context;
    const deletedAt = this.#appendsDeletes ? deletedAtName : undefined;
    const sql = insertSql(this.#target, this.#columns, segment, deletedAt);
    await segment.close();
    await startLoad(context, segment, { columnCount: this.#columns.length, statements: [sql] });
    // Until here it is ours to discard.
    this.#segment = undefined;
  }
}

const leastBytes = 1024 * 1024;
