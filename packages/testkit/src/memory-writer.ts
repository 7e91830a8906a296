import { parsePointer } from '@fairlead/json';
import {
  type CommitPattern,
  countOf,
  type Documents,
  DocumentsBuilder,
  type Json,
  type OpenRequest,
  type Plan,
  startOf,
  type Table,
  type Writer,
} from '@fairlead/sdk';
import type { CrashPoint } from './crash-point.ts';
import {
  applyWork,
  type MemoryColumn,
  type MemoryDisk,
  type MemoryFence,
  type RowWork,
  type TableWork,
} from './memory-disk.ts';
import { heldFence, installFence } from './memory-fence.ts';
import { applyDefinition, define, definitionOf, planTable } from './memory-plan.ts';
import { canonicalJson, rowsOf } from './memory-rows.ts';

interface Resource {
  readonly table: string;
}

interface Work extends TableWork {
  readonly rows: RowWork[];
}

/** A writer of a memory destination. What it has not committed is in itself only. */
export class MemoryWriter implements Writer<Resource> {
  readonly checkpoint: string | null;
  readonly #commits: CommitPattern;
  readonly #disk: MemoryDisk;
  readonly #reach: (point: CrashPoint) => Promise<void>;
  readonly #fence: MemoryFence;
  #tables: readonly Table<Resource>[];
  /** Columns as this transaction has altered them, by table. */
  #altered = new Map<string, readonly MemoryColumn[]>();
  #work: Work[] = [];
  #state: 'open' | 'busy' | 'failed' | 'closed' = 'open';

  constructor(
    commits: CommitPattern,
    disk: MemoryDisk,
    reach: (point: CrashPoint) => Promise<void>,
    { task, range, tables }: OpenRequest<Resource>,
  ) {
    this.#commits = commits;
    this.#disk = disk;
    this.#reach = reach;
    this.#tables = tables;
    this.#fence = installFence(disk, task, range);
    this.checkpoint = commits === 'in-destination' ? this.#fence.checkpoint : null;
  }

  get isOpen(): boolean {
    return this.#state !== 'closed';
  }

  async alter(tables: readonly Table<Resource>[]): Promise<Plan> {
    return await this.#call('alter', () => {
      this.#tables = tables;
      const changes = tables.flatMap((table) => {
        const { table: name } = table.resource;
        return planTable(name, table, this.#columns(name));
      });
      for (const change of changes) {
        const definition = definitionOf(change);
        if (this.#commits === 'in-destination') {
          const columns = define(this.#columns(definition.table), definition);
          this.#altered.set(definition.table, columns);
        } else applyDefinition(this.#disk, definition);
      }
      return { changes };
    });
  }

  async *load(table: number, keys: Documents): AsyncGenerator<Documents, void, undefined> {
    if (this.#work.length > 0) throw new Error('load comes before the first store');
    yield await this.#call('load', () => this.#loaded(this.#table(table), keys));
  }

  async store(table: number, documents: Documents): Promise<void> {
    await this.#call('store', () => {
      const wanted = this.#table(table);
      this.#add(wanted, rowsOf(wanted, this.#columns(wanted.resource.table), documents));
    });
  }

  async truncate(table: number): Promise<void> {
    await this.#call('truncate', () => this.#add(this.#table(table), [{ is: 'truncate' }]));
  }

  async commit(checkpoint: string): Promise<Json> {
    return await this.#call('commit', async () => {
      const answer = await this.#commit(checkpoint);
      this.#work = [];
      this.#altered.clear();
      await this.#reach('committed');
      return answer;
    });
  }

  async acknowledge(state: Json): Promise<void> {
    await this.#call('acknowledge', async () => {
      if (this.#commits !== 'staged') throw new Error('only a staged destination acknowledges');
      const id = stagedId(state);
      const staged = this.#disk.staged.get(id) ?? [];
      for (const work of staged) {
        heldFence(this.#disk, this.#fence);
        const table = this.#disk.tables.get(work.table);
        if (table?.applied.has(id) === false) {
          applyWork(this.#disk, work);
          table.applied.add(id);
        }
        await this.#reach('acknowledging');
      }
      this.#disk.staged.delete(id);
      for (const { table } of staged) this.#disk.tables.get(table)?.applied.delete(id);
      await this.#reach('acknowledged');
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#state = 'closed';
    this.#work = [];
    this.#altered.clear();
  }

  async #commit(checkpoint: string): Promise<Json> {
    if (this.#commits === 'at-least-once') {
      for (const work of this.#work) {
        applyWork(this.#disk, work);
        await this.#reach('committing');
      }
      return null;
    }
    const row = heldFence(this.#disk, this.#fence);
    if (this.#commits === 'staged') {
      const id = `${this.#fence.task}-${this.#fence.fence}-${nextTransaction++}`;
      this.#disk.staged.set(id, this.#work);
      return { staged: id };
    }
    for (const [table, columns] of this.#altered) applyDefinition(this.#disk, { table, columns });
    for (const work of this.#work) applyWork(this.#disk, work);
    row.checkpoint = checkpoint;
    return null;
  }

  #loaded(table: Table<Resource>, keys: Documents): Documents {
    const rows = this.#disk.tables.get(table.resource.table)?.rows;
    const found = new DocumentsBuilder();
    for (let index = 0; index < countOf(keys); index++) {
      const end = keys.ends[index] ?? 0;
      const row = rows?.get(canonicalJson(keys.bytes, startOf(keys, index), end));
      if (row === undefined || row.deleted) continue;
      const values = table.columns.map(({ name, pointer }) => ({
        pointer,
        json: row.values.get(name) ?? 'null',
      }));
      const whole = values.find(({ pointer }) => pointer === '')?.json;
      const members = values.map(({ pointer, json }) => {
        return `${JSON.stringify(parsePointer(pointer)[0] ?? '')}:${json}`;
      });
      found.addLine(Buffer.from(`${whole ?? `{${members.join(',')}}`}\n`));
    }
    return found.take();
  }

  #add(table: Table<Resource>, rows: readonly RowWork[]): void {
    const { table: name } = table.resource;
    if (this.#columns(name) === undefined) throw new Error(`there is no table ${name}`);
    let work = this.#work.find((other) => other.table === name);
    if (work === undefined) {
      const whole = table.columns.find(({ pointer }) => pointer === '')?.name;
      const { write, deletes } = table;
      work = { table: name, write, deletes, ...(whole === undefined ? {} : { whole }), rows: [] };
      this.#work.push(work);
    }
    for (const row of rows) work.rows.push(row);
  }

  #columns(name: string): readonly MemoryColumn[] | undefined {
    return this.#altered.get(name) ?? this.#disk.tables.get(name)?.columns;
  }

  #table(index: number): Table<Resource> {
    const table = this.#tables[index];
    if (table === undefined) throw new Error(`there is no table ${index}`);
    return table;
  }

  /** One call at a time; after a failure only disposing is left. */
  async #call<T>(point: CrashPoint, body: () => T | Promise<T>): Promise<T> {
    if (this.#state !== 'open')
      throw new Error(`${point} was called while the writer is ${this.#state}`);
    this.#state = 'busy';
    try {
      await this.#reach(point);
      const result = await body();
      if (this.#isBusy()) this.#state = 'open';
      return result;
    } catch (error) {
      this.#state = 'failed';
      throw error;
    }
  }

  /** Also asked after a wait, in which the writer may have been disposed. */
  #isBusy(): boolean {
    return this.#state === 'busy';
  }
}

let nextTransaction = 1;

function stagedId(state: Json): string {
  const isOne = typeof state === 'object' && state !== null && 'staged' in state;
  return isOne && typeof state.staged === 'string' ? state.staged : '';
}
