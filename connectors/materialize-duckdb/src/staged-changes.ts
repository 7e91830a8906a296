import { Failure, Op, type Documents } from '@fairlead/sdk';
import { doubleQuoted as quote, type EffectiveColumn } from '@fairlead/sql-materialize';
import { countSql, overlaidSql, overlaySql, replaceSql, type Fold } from './fold-sql.ts';
import { createStageSql, selectChangesSql, stageSql } from './load-sql.ts';
import { chainsSql, DocumentRows, overlayChains, setDocumentsSql } from './overlay-documents.ts';
import { createRowWriter, type RowWriter } from './row-writer.ts';
import type { Segment } from './staging.ts';
import { startLoad, type TableContext } from './table-context.ts';

/**
 * The changes to rows of one table that wait for the commit, where the last one of a key counts. They
 * are in a file while they are few, else in a temporary table, of which a transaction cannot get
 * the memory back.
 */
export class StagedChanges {
  readonly #context: TableContext;
  readonly #columns: readonly EffectiveColumn[];
  readonly #fold: Omit<Fold, 'changes'>;
  readonly #rows: RowWriter;
  #segment: Segment | undefined;
  #kinds: Kinds = none;
  #rowCount = 0;
  #stageExists = false;

  constructor(
    context: TableContext,
    columns: readonly EffectiveColumn[],
    fold: Omit<Fold, 'changes'>,
  ) {
    this.#context = context;
    this.#columns = columns;
    this.#fold = fold;
    this.#rows = createRowWriter(columns, context.where, 'change');
  }

  /** Adds documents, of which the first has the number {@link rowCount}. */
  async add(documents: Documents): Promise<void> {
    const { ops } = documents;
    this.#segment ??= this.#context.staging.segment(this.#rows.gathered);
    const added = this.#rows.add(documents, this.#rowCount);
    await this.#segment.added(added);
    this.#rowCount += added.rowCount;
    this.#kinds = {
      patches: this.#kinds.patches || (ops?.includes(Op.patch) ?? false),
      deletes: this.#kinds.deletes || (ops?.includes(Op.delete) ?? false),
    };
    if (this.#segment.sizeBytes >= this.#context.segmentBytes) await this.#load();
  }

  /** How many there are. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /** Starts to load what is left in a file, unless that is all there is. */
  async flush(): Promise<void> {
    if (this.#stageExists) await this.#load();
  }

  /** Makes the changes to the table. Nothing is being loaded. */
  async fold(): Promise<void> {
    if (this.#rowCount === 0) return;
    const segment = this.#segment;
    await segment?.close();
    const { limits } = this.#context;
    await limits.beforeDelete();
    if (segment === undefined) await limits.beforeFold();
    else await this.#makeRoom(segment);
    const changes =
      segment === undefined ? this.#stage : `(${selectChangesSql(this.#columns, segment)})`;
    const fold: Fold = { ...this.#fold, changes };
    const keyCount = await this.#countKeys(fold);
    const marks = this.#kinds.deletes && fold.deletedAt !== undefined;
    if (this.#kinds.patches || marks) await this.#overlay(fold);
    else await this.#context.runAll(replaceSql(fold, keyCount < this.#rowCount));
    await this.forget();
  }

  /** Drops what is staged. Nothing is being loaded. */
  async forget(): Promise<void> {
    await this.discard();
    if (this.#stageExists) await this.#context.run(`DROP TABLE ${this.#stage}`);
    this.#stageExists = false;
    this.#kinds = none;
    this.#rowCount = 0;
  }

  /** Removes the file of what is not being loaded. */
  async discard(): Promise<void> {
    const segment = this.#segment;
    this.#segment = undefined;
    await segment?.remove();
  }

  async #load(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    const context = this.#context;
    const statements = [
      createStageSql(this.#stage, this.#columns),
      stageSql(this.#stage, this.#columns, segment),
    ];
    await segment.close();
    await startLoad(context, segment, { columnCount: this.#columns.length, statements });
    // Until here it is ours to discard.
    this.#segment = undefined;
    this.#stageExists = true;
  }

  /** For a segment that is read when nothing is being loaded. */
  async #makeRoom({ longest }: Segment): Promise<void> {
    const { limits, run, index: table } = this.#context;
    const load = { table, longest, columnCount: this.#columns.length };
    await run(await limits.beforeLoad(load, async () => {}));
  }

  /** Also makes sure that all changes are there. */
  async #countKeys(fold: Fold): Promise<number> {
    const [[found, keyCount] = []] = await this.#context.rows(countSql(fold));
    if (Number(found) === this.#rowCount) return Number(keyCount);
    throw new Failure('data', `${this.#rowCount} changes were staged and ${Number(found)} found`, {
      where: this.#context.where,
    });
  }

  async #overlay(fold: Fold): Promise<void> {
    const rows = temporary(`rows_${this.#context.index}`);
    await this.#context.run(overlaySql(fold, rows));
    const document = this.#columns.findIndex(({ column }) => column.pointer === '');
    if (this.#kinds.patches && document >= 0) await this.#overlayDocuments(fold, rows, document);
    await this.#context.runAll(overlaidSql(fold, rows));
  }

  /** Gives a column of whole documents what patches make of them. */
  async #overlayDocuments(fold: Fold, rows: string, column: number): Promise<void> {
    const documents = new DocumentRows();
    const segment = this.#context.staging.segment(documents.gathered);
    try {
      const chains = this.#context.texts(chainsSql(fold, rows, column));
      for await (const chain of overlayChains(chains)) await segment.added(documents.add(chain));
      await segment.close();
      await this.#context.run(setDocumentsSql(rows, column, segment));
    } finally {
      await segment.remove();
    }
  }

  get #stage(): string {
    return temporary(`stage_${this.#context.index}`);
  }
}

/** Which kinds of changes there are beside whole documents. */
interface Kinds {
  readonly patches: boolean;
  readonly deletes: boolean;
}

const none: Kinds = { patches: false, deletes: false };

/** A table that only this connection sees. */
function temporary(name: string): string {
  return `temp.main.${quote(`fairlead_${name}`)}`;
}
