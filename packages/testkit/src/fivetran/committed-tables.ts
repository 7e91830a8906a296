import type { UpdateResponse } from '@fairlead/host-fivetran/protocol';
import { type Row, rowsOf } from './row-messages.ts';

/** A table's rows by their keys. */
type Rows = Map<string, Row['data']>;

/**
 * Columns of the primary key by `TABLE` or `SCHEMA.TABLE`. Of a table without them, rows that are the
 * same are one.
 */
export type KeysByTable = Readonly<Record<string, readonly string[]>>;

/** A destination that commits rows with each checkpoint, in memory. */
export class CommittedTables {
  readonly #keys: KeysByTable;
  readonly #tables = new Map<string, Rows>();
  /** What came after the last checkpoint. */
  #open: Row[] = [];
  #state: string | undefined;

  constructor(keys: KeysByTable) {
    this.#keys = keys;
  }

  /** Of the last checkpoint. */
  get state(): string | undefined {
    return this.#state;
  }

  /** How many rows came after it. */
  get openRows(): number {
    return this.#open.length;
  }

  /** How many rows are committed. */
  get size(): number {
    return [...this.#tables.values()].reduce((sum, rows) => sum + rows.size, 0);
  }

  /** The rows of a table, in the order in which they came first. */
  rowsOf(place: string): readonly Row['data'][] {
    return [...(this.#tables.get(place)?.values() ?? [])];
  }

  /** All rows as texts, each after the name of its table, sorted. */
  get lines(): readonly string[] {
    const lines = [...this.#tables].flatMap(([place, rows]) =>
      [...rows.values()].map((row) => `${place}: ${rowText(row)}`),
    );
    return lines.toSorted();
  }

  take(message: UpdateResponse): void {
    this.#open.push(...rowsOf([message]));
    if (message.operation.case !== 'checkpoint') return;
    for (const row of this.#open) this.#apply(row);
    this.#open = [];
    this.#state = message.operation.value.stateJson;
  }

  /** Forgets what was not committed, as when a sync fails. */
  rollBack(): void {
    this.#open = [];
  }

  #apply(row: Row): void {
    const { type, data } = row;
    const place = placeOf(row);
    const rows: Rows = this.#tables.get(place) ?? new Map();
    this.#tables.set(place, rows);
    const key = this.#keys[place] ?? [];
    const id = rowText(key.length === 0 ? data : pick(data, key));
    if (type === 'TRUNCATE') rows.clear();
    else if (type === 'DELETE') rows.delete(id);
    else if (type === 'UPSERT') rows.set(id, data);
    else if (rows.has(id)) rows.set(id, { ...rows.get(id), ...data });
  }
}

/** How {@link KeysByTable} names a table. */
export function placeOf({ schema, table }: Pick<Row, 'schema' | 'table'>): string {
  return schema === undefined ? table : `${schema}.${table}`;
}

function pick(data: Row['data'], names: readonly string[]): Row['data'] {
  return Object.fromEntries(names.map((name) => [name, data[name]]));
}

function rowText(data: Row['data']): string {
  return JSON.stringify(Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
