import type { CallerTables } from './caller.ts';
import type { AnsweredRow, CheckedAnswer } from './caller-answer.ts';

/** What Fivetran does not promise, so that a model can do it in each way. */
export interface ModelOptions {
  /** What is applied first of an answer; `delete` unless given. */
  readonly first?: 'insert' | 'delete';
  /** Which of two rows of one key in one answer counts; the `last` unless given. */
  readonly counts?: 'first' | 'last';
  /**
   * When rows of a table under `softDelete` are marked as deleted: all of them before the answer's own
   * rows, which is done unless given, or at the end of the sync those that it did not send.
   */
  readonly marks?: 'at-once' | 'at-end';
}

/** The tables of a destination, in memory. */
export class ModelTables implements CallerTables {
  readonly #options: ModelOptions;
  readonly #tables = new Map<string, Map<string, ModelRow>>();
  readonly #marked = new Set<string>();
  #sync = 0;
  #added = 0;

  constructor(options: ModelOptions = {}) {
    this.#options = options;
  }

  /** Names of the tables that have had rows, sorted. */
  get names(): readonly string[] {
    return [...this.#tables.keys()].toSorted();
  }

  /** The rows of a table that are not marked as deleted. */
  rowsOf(table: string): readonly AnsweredRow[] {
    const rows = [...(this.#tables.get(table)?.values() ?? [])];
    return rows.filter(({ isDeleted }) => !isDeleted).map(({ row }) => row);
  }

  apply(answer: CheckedAnswer): void {
    const { first = 'delete', marks = 'at-once' } = this.#options;
    for (const table of answer.softDelete) {
      if (marks === 'at-end') this.#marked.add(table);
      else for (const row of this.#table(table).values()) row.isDeleted = true;
    }
    if (first === 'delete') this.#delete(answer);
    this.#insert(answer);
    if (first === 'insert') this.#delete(answer);
  }

  endSync(): void {
    for (const table of this.#marked) {
      for (const row of this.#table(table).values()) {
        if (row.sync !== this.#sync) row.isDeleted = true;
      }
    }
    this.#marked.clear();
    this.#sync++;
  }

  #insert({ insert, keys }: CheckedAnswer): void {
    for (const [name, rows] of insert) {
      const table = this.#table(name);
      const key = keys.get(name) ?? [];
      const seen = new Set<string>();
      for (const row of rows) {
        const text = key.length === 0 ? `row ${this.#added++}` : keyText(row, key);
        if (this.#options.counts === 'first' && seen.has(text)) continue;
        seen.add(text);
        table.set(text, { row, isDeleted: false, sync: this.#sync });
      }
    }
  }

  #delete(answer: CheckedAnswer): void {
    for (const [name, rows] of answer.delete) {
      const table = this.#table(name);
      for (const row of rows) table.delete(keyText(row, answer.keys.get(name) ?? []));
    }
  }

  #table(name: string): Map<string, ModelRow> {
    const known = this.#tables.get(name) ?? new Map<string, ModelRow>();
    this.#tables.set(name, known);
    return known;
  }
}

interface ModelRow {
  readonly row: AnsweredRow;
  isDeleted: boolean;
  /** The sync in which it was sent last. */
  readonly sync: number;
}

function keyText(row: AnsweredRow, key: readonly string[]): string {
  return JSON.stringify(key.map((column) => [typeof row[column], String(row[column])]));
}
