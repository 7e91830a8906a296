import { Failure, Op, type Documents, type Table } from '@fairlead/sdk';
import {
  deletedAtName,
  describeName,
  doubleQuoted as quote,
  quoteName,
  type EffectiveColumn,
  type TablePlan,
} from '@fairlead/sql-materialize';
import { duckdbDialect } from './duckdb-dialect.ts';
import { applyFoldSql, foldSql, replaceSql, type Fold } from './fold-sql.ts';
import { createStageSql, insertSql, stageSql } from './load-sql.ts';
import type { Loader } from './loader.ts';
import type { Memory } from './memory.ts';
import { chainsSql, overlayChains, setDocumentsSql } from './overlay-documents.ts';
import { patchColumns, projectedColumns } from './projected-columns.ts';
import { documentLines, documentsByKeySql, keyDocuments } from './read-documents.ts';
import { route } from './route.ts';
import { createRowWriter, inStagedOrder, type Rows } from './row-writer.ts';
import type { Session } from './session.ts';
import type { Segment, StagingFolder } from './staging.ts';

/** What a table needs of its writer. */
export interface TableContext {
  readonly session: Session;
  readonly staging: StagingFolder;
  readonly loader: Loader;
  readonly memory: Memory;
  readonly segmentBytes: number;
  /** Tells apart the temporary tables of several tables. */
  readonly index: number;
}

/** One table of a transaction: takes documents, and has their rows in the table at the end. */
export class TargetTable {
  /** How users call it, for messages. */
  readonly #where: string;
  readonly #context: TableContext;
  readonly #table: Table;
  readonly #columns: readonly EffectiveColumn[];
  readonly #fold: Fold;
  readonly #rows: ReturnType<typeof createRowWriter>;
  #direct: Segment | undefined;
  #changes: Segment | undefined;
  /** The kinds of changes since the last fold; undefined when there are none. */
  #kinds: Kinds | undefined;
  #stageExists = false;
  #sequence = 0;

  constructor(plan: TablePlan, table: Table, context: TableContext) {
    this.#where = `table ${describeName(plan.name)}`;
    this.#context = context;
    this.#table = table;
    this.#columns = inStagedOrder(plan.columns);
    this.#rows = createRowWriter(this.#columns, this.#where);
    this.#fold = {
      target: quoteName(duckdbDialect, plan.name),
      stage: temporary(`stage_${context.index}`),
      columns: this.#columns.map(({ name }) => name),
      keyCount: this.#columns.filter(({ column }) => column.key).length,
      witnessOf: patchColumns(projectedColumns(this.#columns)).witnessOf,
      ...(table.deletes === 'soft' ? { deletedAt: deletedAtName } : {}),
    };
  }

  /**
   * Stages documents, all or none.
   * @throws {Failure} data when one has no whole key.
   */
  async take(documents: Documents): Promise<void> {
    const { direct, staged } = route(this.#table, documents);
    const marks = this.#table.write === 'append' && this.#table.deletes === 'soft';
    const rows = direct === undefined ? undefined : this.#rows.rows(direct, marks);
    const changes = staged === undefined ? undefined : this.#rows.changes(staged, this.#sequence);
    if (rows !== undefined) {
      this.#direct ??= this.#context.staging.segment();
      await append(this.#direct, rows);
      if (this.#direct.sizeBytes >= this.#context.segmentBytes) await this.#loadDirect();
    }
    if (staged !== undefined && changes !== undefined) {
      this.#changes ??= this.#context.staging.segment();
      this.#sequence += changes.rowCount;
      await append(this.#changes, changes);
      this.#kinds = withKinds(this.#kinds, staged);
      if (this.#changes.sizeBytes >= this.#context.segmentBytes) await this.#loadChanges();
    }
  }

  /** Starts to load what is staged in files. It is in the database once the loader has settled. */
  async flush(): Promise<void> {
    await this.#loadDirect();
    await this.#loadChanges();
  }

  /** Applies the staged changes. Everything has been loaded before. */
  async fold(): Promise<void> {
    if (this.#kinds === undefined) return;
    const overlays = this.#kinds.patches || (this.#kinds.deletes && this.#table.deletes === 'soft');
    if (overlays) await this.#foldOverlays(this.#kinds.patches);
    else for (const statement of replaceSql(this.#fold)) await this.#run(statement);
    await this.#dropStage();
  }

  /** Forgets the rows of the table, and what is staged for it. Nothing is being loaded. */
  async truncate(): Promise<void> {
    await this.discard();
    await this.#dropStage();
    await this.#run(`DELETE FROM ${this.#fold.target}`);
  }

  /** The stored documents with these keys, each a JSON array. */
  async *load(keys: Documents): AsyncGenerator<Documents> {
    const columns = this.#columns.filter(({ column }) => column.key);
    const segment = this.#context.staging.segment();
    try {
      const writer = createRowWriter(numbered(columns), this.#where);
      await append(segment, writer.rows(keyDocuments(keys, columns.length), false));
      await segment.close();
      const sql = documentsByKeySql(this.#fold.target, this.#columns, segment);
      for await (const texts of this.#context.session.texts(sql, this.#where)) {
        yield documentLines(texts);
      }
    } finally {
      await segment.remove();
    }
  }

  /** Removes the files of what is not being loaded yet. */
  async discard(): Promise<void> {
    const segments = [this.#direct, this.#changes];
    this.#direct = undefined;
    this.#changes = undefined;
    for (const segment of segments) await segment?.remove();
  }

  async #foldOverlays(patches: boolean): Promise<void> {
    const folded = this.#temporary('fold');
    await this.#run(foldSql(this.#fold, folded));
    const document = this.#columns.findIndex(({ column }) => column.pointer === '');
    if (patches && document >= 0) await this.#overlayDocuments(folded, document);
    const statements = applyFoldSql(this.#fold, folded, this.#temporary('rows'));
    for (const statement of statements) await this.#run(statement);
  }

  /** Gives a column of whole documents what patches make of them. */
  async #overlayDocuments(folded: string, column: number): Promise<void> {
    const segment = this.#context.staging.segment();
    try {
      const chains = this.#context.session.texts(chainsSql(this.#fold, folded, column), this.#where);
      for await (const rows of overlayChains(chains)) await append(segment, rows);
      await segment.close();
      await this.#run(setDocumentsSql(folded, column, segment));
    } finally {
      await segment.remove();
    }
  }

  async #dropStage(): Promise<void> {
    this.#kinds = undefined;
    if (!this.#stageExists) return;
    this.#stageExists = false;
    await this.#run(`DROP TABLE ${this.#fold.stage}`);
  }

  async #loadDirect(): Promise<void> {
    const segment = this.#direct;
    if (segment === undefined) return;
    this.#direct = undefined;
    const marks = this.#table.write === 'append' ? this.#fold.deletedAt : undefined;
    const sql = insertSql(this.#fold.target, this.#columns, segment, marks);
    await this.#context.loader.start(() => this.#load(segment, [sql]));
  }

  async #loadChanges(): Promise<void> {
    const segment = this.#changes;
    if (segment === undefined) return;
    this.#changes = undefined;
    const { stage } = this.#fold;
    const create = this.#stageExists ? [] : [createStageSql(stage, this.#columns)];
    this.#stageExists = true;
    const sql = stageSql(stage, this.#columns, segment);
    await this.#context.loader.start(() => this.#load(segment, [...create, sql]));
  }

  /** Runs statements, of which the last loads a segment. */
  async #load(segment: Segment, statements: readonly string[]): Promise<void> {
    try {
      await segment.close();
      await this.#context.memory.makeRoom(segment.longest);
      let loaded = 0;
      for (const statement of statements) loaded = await this.#run(statement);
      if (loaded === segment.rowCount) return;
      throw new Failure('data', `${segment.rowCount} rows were staged and ${loaded} loaded`, {
        where: this.#where,
      });
    } finally {
      await segment.remove();
    }
  }

  async #run(sql: string): Promise<number> {
    return this.#context.session.run(sql, this.#where);
  }

  #temporary(name: string): string {
    return temporary(`${name}_${this.#context.index}`);
  }
}

/** Which kinds of changes are staged, beside whole documents. */
interface Kinds {
  readonly patches: boolean;
  readonly deletes: boolean;
}

function withKinds(kinds: Kinds | undefined, { ops }: Documents): Kinds {
  return {
    patches: (kinds?.patches ?? false) || (ops?.includes(Op.patch) ?? false),
    deletes: (kinds?.deletes ?? false) || (ops?.includes(Op.delete) ?? false),
  };
}

/** The columns of a key, to be taken out of documents whose members are numbered. */
function numbered(columns: readonly EffectiveColumn[]): EffectiveColumn[] {
  return columns.map((key, i) => ({ ...key, column: { ...key.column, pointer: `/${i}` } }));
}

async function append(segment: Segment, { bytes, rowCount, longest }: Rows): Promise<void> {
  await segment.append(bytes, rowCount, longest);
}

/** A table that only this connection sees. */
function temporary(name: string): string {
  return `temp.main.${quote(`fairlead_${name}`)}`;
}
