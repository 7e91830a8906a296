import type { Cell, DataTypeName, WarehouseColumn } from '../warehouse/column-type.ts';
import { widestType } from '../warehouse/widest-type.ts';
import type { TypedCell } from './cell-of.ts';

/** What is done with rows. */
export type RowKind = 'upsert' | 'update' | 'delete';

/** Rows with the columns that at least one of them has a value in. */
export interface GatheredRows {
  readonly kind: RowKind;
  readonly columns: readonly WarehouseColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Rows of one table that are to be written at once, in order. */
export class PendingRows {
  #kind: RowKind = 'upsert';
  #places = new Map<string, number>();
  #types: (DataTypeName | undefined)[] = [];
  #rows: Cell[][] = [];
  #sizeBytes = 0;

  get count(): number {
    return this.#rows.length;
  }

  /** About as much memory as they take. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Whether this row can be written with those before it. */
  fits(kind: RowKind, row: ReadonlyMap<string, TypedCell>): boolean {
    if (this.#rows.length === 0) return true;
    if (kind !== this.#kind) return false;
    // An update leaves columns alone that it does not have.
    if (kind === 'update' && row.size !== this.#places.size) return false;
    for (const [name, { type }] of row) {
      const place = this.#places.get(name);
      if (place === undefined) {
        if (kind === 'update') return false;
        continue;
      }
      const before = this.#types[place];
      if (before !== undefined && type !== undefined && together(before, type) === undefined) {
        return false;
      }
    }
    return true;
  }

  /** Takes a row that {@link fits}. `sizeBytes` is about what it takes. */
  add(kind: RowKind, row: ReadonlyMap<string, TypedCell>, sizeBytes: number): void {
    this.#kind = kind;
    const cells: Cell[] = [];
    for (const [name, { type, cell }] of row) {
      const place = this.#places.get(name) ?? this.#places.size;
      this.#places.set(name, place);
      const before = this.#types[place];
      this.#types[place] =
        before === undefined || type === undefined ? (before ?? type) : together(before, type);
      // No holes.
      while (cells.length < place) cells.push(null);
      cells[place] = cell;
    }
    this.#rows.push(cells);
    this.#sizeBytes += sizeBytes;
  }

  /** All of them, which are forgotten here. A column that only has nulls has no type, and is left out. */
  take(): GatheredRows {
    const names = [...this.#places.keys()];
    const typed = names.flatMap((name, place) => {
      const type = this.#types[place];
      return type === undefined ? [] : [{ name, type: { name: type }, place }];
    });
    const isWhole = typed.length === names.length;
    const taken: GatheredRows = {
      kind: this.#kind,
      columns: typed.map(({ name, type }) => ({ name, type })),
      rows: isWhole
        ? this.#rows
        : this.#rows.map((row) => typed.map(({ place }) => row[place] ?? null)),
    };
    this.#places = new Map();
    this.#types = [];
    this.#rows = [];
    this.#sizeBytes = 0;
    return taken;
  }
}

/** The type that a column has beside another one; undefined when the values decide. */
function together(one: DataTypeName, other: DataTypeName): DataTypeName | undefined {
  if (one === other) return one;
  const names = new Set([one, other]);
  if (names.has('DECIMAL') && (names.has('SHORT') || names.has('INT') || names.has('LONG'))) {
    return 'DECIMAL';
  }
  if (names.has('LONG') && (names.has('FLOAT') || names.has('DOUBLE'))) return undefined;
  return widestType({ name: one }, { name: other }).name;
}
