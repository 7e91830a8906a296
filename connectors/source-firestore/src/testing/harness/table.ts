import type { Row } from './row.ts';

/** The rows of one binding under `merge`, and whether each version came once and in order. */
export class Table {
  readonly #name: string;
  readonly #rows = new Map<string, Row>();
  /** The last that came of each path since the binding was last read anew, and from where. */
  readonly #last = new Map<string, { readonly row: Row; readonly origin: string }>();
  /** All that came of each path, in words. */
  readonly #histories = new Map<string, string[]>();
  /** What came that should not have come, in words. */
  readonly problems: string[] = [];
  /** How often the binding was read anew. */
  beginnings = 0;

  constructor(name: string) {
    this.#name = name;
  }

  get rows(): ReadonlyMap<string, Row> {
    return this.#rows;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** The binding is read anew. */
  begin(): void {
    this.beginnings++;
    this.#rows.clear();
    this.#last.clear();
    for (const history of this.#histories.values()) history.push('all was begun anew');
  }

  /** What came of a path, in words. */
  historyOf(path: string): string {
    return this.#histories.get(path)?.join(', ') ?? 'nothing ever came';
  }

  add(row: Row, origin: string): void {
    const history = this.#histories.get(row.path) ?? [];
    history.push(tell(row, origin));
    this.#histories.set(row.path, history);
    const before = this.#last.get(row.path);
    if (before !== undefined) this.#compare(row, origin, before);
    this.#last.set(row.path, { row, origin });
    if (row.isDelete) this.#rows.delete(row.path);
    else this.#rows.set(row.path, row);
  }

  #compare(row: Row, origin: string, before: { readonly row: Row; readonly origin: string }): void {
    const { row: old } = before;
    const what = `${this.#name}: ${row.path}`;
    if (row.isNew) this.problems.push(`${what} came before, and is said to be new`);
    const both = `${tell(old, before.origin)}, then ${tell(row, origin)}`;
    if (row.mtime < old.mtime) this.problems.push(`${what} went back in time: ${both}`);
    else if (row.mtime === old.mtime && !row.isDelete && !old.isDelete) {
      this.problems.push(`${what} came twice: ${both}`);
    } else if (row.mtime === old.mtime && row.isDelete !== old.isDelete) {
      this.problems.push(`${what} is both there and deleted at one time: ${both}`);
    }
  }
}

function tell({ mtime, isDelete, isSnapshot }: Row, origin: string): string {
  const kind = isDelete ? 'tombstone' : isSnapshot ? 'snapshot' : 'change';
  return `${kind} of ${mtime} µs in ${origin}`;
}
