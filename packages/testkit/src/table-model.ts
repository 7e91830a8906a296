import { decodeValue, parsePointer } from '@fairlead/json';
import { type Documents, Op, startOf, type Table } from '@fairlead/sdk';
import type { StoredRow } from './memory-disk.ts';
import { canonicalValue } from './same-value.ts';

/** What a table must hold, kept in the plainest way there is. */
export class TableModel {
  readonly table: Table;
  #rows: ModelRow[] = [];

  constructor(table: Table) {
    this.table = table;
  }

  /** Another model that has the same rows. */
  copy(): TableModel {
    const copy = new TableModel(this.table);
    copy.#rows = this.#rows.map((row) => ({ ...row, values: { ...row.values } }));
    return copy;
  }

  /** The same rows under another definition of the table. */
  as(table: Table): TableModel {
    const copy = new TableModel(table);
    copy.#rows = this.copy().#rows;
    return copy;
  }

  truncate(): void {
    this.#rows = [];
  }

  store({ bytes, ends, ops }: Documents): void {
    ends.forEach((end, index) => {
      const document = decodeValue(bytes, startOf({ bytes, ends }, index), end);
      this.#storeOne(isRecord(document) ? document : {}, ops?.[index] ?? Op.upsert);
    });
  }

  /** How the rows of a table differ from these. */
  differences(actual: readonly StoredRow[] | null): string[] {
    const expected = this.#rows.map((row) => describe(this.table, row));
    const found = (actual ?? []).map((row) => describe(this.table, row));
    const problems: string[] = [];
    const left = new Map<string, number>();
    for (const row of found) left.set(row, (left.get(row) ?? 0) + 1);
    for (const row of expected) {
      const count = left.get(row) ?? 0;
      if (count === 0) problems.push(`missing: ${short(row)}`);
      else if (count === 1) left.delete(row);
      else left.set(row, count - 1);
    }
    for (const [row, count] of left) {
      problems.push(
        `there, and should not be${count > 1 ? ` (${count} times)` : ''}: ${short(row)}`,
      );
    }
    return problems;
  }

  #storeOne(document: Record<string, unknown>, op: number): void {
    const { columns, write, deletes } = this.table;
    const values: Record<string, unknown> = {};
    for (const { name, pointer } of columns) {
      const [member = ''] = parsePointer(pointer);
      if (pointer === '') values[name] = document;
      else if (Object.hasOwn(document, member)) values[name] = document[member];
    }
    const key = keyOf(this.table, values);
    if (write === 'append') {
      if (op !== Op.delete || deletes === 'soft') {
        this.#rows.push({ key, values, deleted: op === Op.delete });
      }
      return;
    }
    const known = this.#rows.find((row) => row.key === key);
    if (op === Op.delete) {
      if (known !== undefined && deletes === 'soft') known.deleted = true;
      if (deletes === 'hard') this.#rows = this.#rows.filter((row) => row.key !== key);
    } else if (known === undefined) this.#rows.push({ key, values, deleted: false });
    else {
      known.values = op === Op.patch ? { ...known.values, ...values } : values;
      known.deleted = false;
    }
  }
}

interface ModelRow {
  readonly key: string;
  values: Record<string, unknown>;
  deleted: boolean;
}

function keyOf({ columns }: Table, values: Readonly<Record<string, unknown>>): string {
  const parts = columns.filter(({ key }) => key).map(({ name }) => canonicalValue(values[name]));
  return parts.join('\n');
}

function describe({ columns }: Table, { values, deleted }: StoredRow): string {
  const cells = columns.map(({ name }) => {
    const value = Object.hasOwn(values, name) ? values[name] : null;
    return `${name} ${canonicalValue(value)}`;
  });
  return `${deleted ? 'deleted, ' : ''}${cells.join(', ')}`;
}

function short(row: string): string {
  return row.length <= 300 ? row : `${row.slice(0, 297)}…`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
