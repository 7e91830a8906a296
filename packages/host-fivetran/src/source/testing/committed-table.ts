import type { UpdateResponse } from '../../protocol/connector_sdk.gen.ts';
import { type Row, rowsOf } from './operations-of.ts';

/** A destination of rows with one key, `id`, which commits them with each checkpoint. */
export class CommittedTable {
  #rows = new Map<string, Row['data']>();
  /** What came after the last checkpoint. */
  #open: Row[] = [];
  #state: string | undefined;

  /** Of the last checkpoint. */
  get state(): string | undefined {
    return this.#state;
  }

  /** By their keys. */
  get rows(): ReadonlyMap<string, Row['data']> {
    return this.#rows;
  }

  /** The ids of the rows that are there, sorted. */
  get ids(): number[] {
    const ids = [...this.#rows.values()].map(({ id }) => Number(String(id).split(' ')[1]));
    return ids.toSorted((a, b) => a - b);
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

  #apply({ type, data }: Row): void {
    const id = String(data['id']);
    if (type === 'TRUNCATE') this.#rows.clear();
    else if (type === 'DELETE') this.#rows.delete(id);
    else if (type === 'UPSERT') this.#rows.set(id, data);
    else if (this.#rows.has(id)) this.#rows.set(id, { ...this.#rows.get(id), ...data });
  }
}
