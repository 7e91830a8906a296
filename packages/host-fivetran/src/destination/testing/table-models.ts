import { type Field, unmodifiedField } from './batch-file-writer.ts';
import type { Row, Rows } from './write-rows.ts';

/** What becomes of the row of a key. */
export interface Operation {
  readonly kind: 'replace' | 'update' | 'delete';
  readonly key: readonly [string, string];
  readonly x: Field;
  readonly y: Field;
}

/** A table with the key `a`, `b` and the values `x`, `y`, as plainly as can be. */
export class TableModel {
  readonly #rows = new Map<string, readonly (string | null)[]>();

  /** The rows that a batch has in its files. */
  static rowsOf(operations: readonly Operation[]): Rows {
    const of = (kind: Operation['kind']) =>
      operations
        .filter((operation) => operation.kind === kind)
        .map(({ key: [a, b], x, y }): Row => {
          if (kind === 'delete') return { a, b };
          return kind === 'update' ? { a, b, x, y } : { a, b, x: modified(x), y: modified(y) };
        });
    return { replace: of('replace'), update: of('update'), delete: of('delete') };
  }

  apply({ kind, key, x, y }: Operation): void {
    const name = key.join('\t');
    const before = this.#rows.get(name);
    if (kind === 'delete') this.#rows.delete(name);
    else if (kind === 'replace') this.#rows.set(name, [...key, modified(x), shown(modified(y))]);
    else if (before !== undefined) {
      this.#rows.set(name, [...key, kept(x, before[2]), shown(kept(y, before[3]))]);
    }
  }

  rows(): readonly (readonly unknown[])[] {
    return [...this.#rows.values()];
  }
}

interface Version {
  readonly x: string | null;
  readonly y: string | null;
  readonly start: number;
  end: number;
  active: boolean;
}

/** Some changes of one row, one after the other. */
export interface KeyChanges {
  readonly key: readonly [string, string];
  readonly changes: readonly { readonly operation: Operation; readonly after: number }[];
}

const endOfTime = Date.parse('9999-12-31T23:59:59.999Z');

/** A table that keeps every version of a row. */
export class HistoryModel {
  readonly #versions = new Map<string, { key: readonly [string, string]; all: Version[] }>();

  /**
   * Makes the changes, which begin at a time in milliseconds.
   * @returns the rows of the files that say so.
   */
  write(keys: readonly KeyChanges[], begin: number): Rows {
    const files: Record<keyof Rows, Row[]> = {
      earliestStart: [],
      replace: [],
      update: [],
      delete: [],
    };
    for (const { key, changes } of keys) {
      const name = key.join('\t');
      const all: Version[] = this.#versions.get(name)?.all ?? [];
      this.#versions.set(name, { key, all });
      const [a, b] = key;
      const active = () => all.find((version) => version.active);
      let time = begin;
      let first = true;
      // A row that is deleted is over for the batch.
      for (const { operation, after } of changes) {
        const { kind, x, y } = operation;
        time += after;
        const before = all.at(-1);
        const current = active();
        if (kind === 'delete') {
          files.delete.push({ a, b, _fivetran_end: iso(time) });
          if (current !== undefined) Object.assign(current, { active: false, end: time });
          break;
        }
        if (kind === 'update' && before === undefined) {
          // Fivetran may send it all the same.
          files.update.push({ a, b, x, y, ...span(time, endOfTime) });
          if (first) files.earliestStart.push({ a, b, _fivetran_start: iso(time) });
          break;
        }
        if (first) files.earliestStart.push({ a, b, _fivetran_start: iso(time) });
        else this.#endFileVersion(files, key, time);
        first = false;
        if (current !== undefined) Object.assign(current, { active: false, end: time - 1 });
        const values: { readonly x: Field; readonly y: Field } =
          kind === 'replace' ? { x: modified(x), y: modified(y) } : { x, y };
        files[kind].push({ a, b, ...values, ...span(time, endOfTime) });
        all.push({
          x: kept(values.x, before?.x),
          y: shown(kept(values.y, before?.y)),
          start: time,
          end: endOfTime,
          active: true,
        });
      }
    }
    return files;
  }

  rows(): readonly (readonly unknown[])[] {
    return [...this.#versions.values()].flatMap(({ key, all }) =>
      all.map(({ x, y, start, end, active }) => [...key, x, y, String(start), String(end), active]),
    );
  }

  /** Of several versions in one batch Fivetran says itself when all but the last are over. */
  #endFileVersion(files: Record<keyof Rows, Row[]>, [a, b]: readonly [string, string], at: number) {
    for (const rows of [files.replace, files.update]) {
      const index = rows.findLastIndex(
        (row) => row['a'] === a && row['b'] === b && row['_fivetran_active'] === 'true',
      );
      const row = rows[index];
      if (row === undefined) continue;
      rows[index] = { ...row, _fivetran_end: iso(at - 1), _fivetran_active: 'false' };
    }
  }
}

function span(start: number, end: number): Row {
  return { _fivetran_start: iso(start), _fivetran_end: iso(end), _fivetran_active: 'true' };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function modified(field: Field): string | null {
  return field === unmodifiedField ? null : field;
}

function kept(field: Field, before: string | null | undefined): string | null {
  return field === unmodifiedField ? (before ?? null) : field;
}

/** A number as DuckDB writes it. */
function shown(text: string | null): string | null {
  if (text === null) return null;
  return (
    ({ '-1.0E-4': '-0.0001', '9007199254740993': '9007199254740992.0' } as Record<string, string>)[
      text
    ] ?? text
  );
}
