import { decodeValue, members } from '@fairlead/json';
import type { KeyRange } from '@fairlead/sdk';

/** What a memory destination keeps when its writers are gone: tables, fences and staged transactions. */
export interface MemoryDisk {
  /** By name. */
  readonly tables: Map<string, MemoryTable>;
  readonly fences: MemoryFence[];
  /** Transactions that are committed and not yet applied, by id. */
  readonly staged: Map<string, readonly TableWork[]>;
}

export interface MemoryTable {
  columns: readonly MemoryColumn[];
  /** In the order of their first arrival: by key for `merge`, by number for `append`. */
  readonly rows: Map<string, MemoryRow>;
  /** Ids of the staged transactions that were applied while their other tables were not yet. */
  readonly applied: Set<string>;
  nextNumber: number;
}

export interface MemoryColumn {
  readonly name: string;
  /** JSON types that it takes, sorted. Null is always taken, except in a key. */
  readonly types: readonly string[];
  readonly key: boolean;
}

export interface MemoryRow {
  /** JSON text by name of the column. */
  readonly values: ReadonlyMap<string, string>;
  readonly deleted: boolean;
}

/** The row of a task and range, as every destination with fences keeps it. */
export interface MemoryFence {
  readonly task: string;
  readonly range: KeyRange;
  fence: number;
  checkpoint: string | null;
}

/** What a transaction does to one table, in order. */
export interface TableWork {
  readonly table: string;
  readonly write: 'merge' | 'append';
  readonly deletes: 'hard' | 'soft' | 'ignore';
  /** The column that holds the whole document, if there is one. */
  readonly whole?: string;
  readonly rows: readonly RowWork[];
}

/** One document of a transaction, or all rows of the table going. */
export type RowWork =
  | { readonly is: 'truncate' }
  | {
      readonly is: 'put' | 'patch' | 'delete';
      /** The key as JSON text; unused in a table without one. */
      readonly key: string;
      /** Members that the document has, as JSON text by name of the column. */
      readonly values: ReadonlyMap<string, string>;
    };

/** An empty disk. */
export function memoryDisk(): MemoryDisk {
  return { tables: new Map(), fences: [], staged: new Map() };
}

/** Does to a table what a transaction says, without a pause in which it could be seen half done. */
export function applyWork(disk: MemoryDisk, transaction: TableWork): void {
  const { write, deletes, whole } = transaction;
  const table = disk.tables.get(transaction.table);
  if (table === undefined) throw new Error(`there is no table ${transaction.table}`);
  for (const work of transaction.rows) {
    if (work.is === 'truncate') table.rows.clear();
    else if (write === 'append') {
      if (work.is === 'delete' && deletes !== 'soft') continue;
      const row = { values: work.values, deleted: work.is === 'delete' };
      table.rows.set(String(table.nextNumber++), row);
    } else if (work.is === 'delete') {
      const before = table.rows.get(work.key);
      if (deletes === 'hard') table.rows.delete(work.key);
      else if (deletes === 'soft' && before !== undefined) {
        table.rows.set(work.key, { ...before, deleted: true });
      }
    } else {
      const before = work.is === 'patch' ? table.rows.get(work.key)?.values : undefined;
      const values = before === undefined ? work.values : patched(before, work.values, whole);
      table.rows.set(work.key, { values, deleted: false });
    }
  }
}

/** A row's values with those of a patch in place of theirs, also within the whole document. */
function patched(
  before: ReadonlyMap<string, string>,
  patch: ReadonlyMap<string, string>,
  whole: string | undefined,
): Map<string, string> {
  const values = new Map([...before, ...patch]);
  if (whole === undefined) return values;
  const merged = new Map([...membersOf(before.get(whole)), ...membersOf(patch.get(whole))]);
  const text = [...merged].map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',');
  return values.set(whole, `{${text}}`);
}

function membersOf(json = '{}'): Map<string, string> {
  const bytes = Buffer.from(json);
  return new Map(
    Array.from(members(bytes), ({ name, start, end }) => [
      name,
      bytes.toString('utf8', start, end),
    ]),
  );
}

/** A row as a test reads it back. */
export interface StoredRow {
  /** By name of the column as the user knows it; as `decodeValue` of `@fairlead/json` gives them. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Whether it is marked as deleted. */
  readonly deleted: boolean;
}

/** The rows of a table, in the order of their first arrival; null when there is no such table. */
export function storedRows(disk: MemoryDisk, name: string): readonly StoredRow[] | null {
  const table = disk.tables.get(name);
  if (table === undefined) return null;
  return [...table.rows.values()].map(({ values, deleted }) => ({
    deleted,
    values: Object.fromEntries(
      table.columns.map((column) => [column.name, decode(values.get(column.name) ?? 'null')]),
    ),
  }));
}

function decode(json: string): unknown {
  return decodeValue(Buffer.from(json));
}
