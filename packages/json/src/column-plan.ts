import {
  addField,
  firstOwnWord,
  initializeTable,
  layOutTable,
  nameOverhead,
  rootOf,
} from './field-table.ts';
import type { TableLayout } from './field-table.ts';
import { freeAddress, openKernel } from './kernel.ts';
import type { Kernel } from './kernel.ts';
import type { ValueColumn } from './columnize.ts';

/** Columns in the form of the kernel: a table of the members they are found by, and a list. */
export class ColumnPlan {
  readonly layout: TableLayout;
  /** Free memory begins at this address. */
  readonly end: number;
  readonly #pointers: readonly (readonly string[])[];
  readonly #columns: number;
  readonly #snapshot: Uint8Array;
  /** The fields of members with columns inside, by name. */
  readonly #owners: ReadonlyMap<string, number>;
  #names: readonly string[] | undefined;
  #found: FoundColumns | undefined;

  constructor(columns: readonly Pick<ValueColumn, 'pointer'>[]) {
    this.#pointers = columns.map(({ pointer }) => pointer);
    this.layout = layOutTable(freeAddress, {
      fields: columns.reduce((sum, { pointer }) => sum + pointer.length, 0) + otherFields,
      textSize: columns.reduce((sum, { pointer }) => sum + textSize(pointer), otherFields * 64),
    });
    this.#columns = this.layout.textEnd;
    this.end = this.#columns + columns.length * columnSize;
    const kernel = openKernel(this.end);
    initializeTable(kernel, this.layout);
    // Adding a field uses the memory after the table.
    const fields = columns.map(({ pointer }) => this.#fieldOf(kernel, pointer));
    const owners = this.#pointers.flatMap(([name, inside]) => (inside === undefined ? [] : [name]));
    this.#owners = new Map(owners.map((name = '') => [name, this.#fieldOf(kernel, [name])]));
    kernel.words.set(fields, this.#columns >> 2);
    this.#snapshot = Buffer.from(kernel.bytes.subarray(this.layout.table, this.end));
  }

  /** Puts the plan into the kernel, which looks for these columns from now on. */
  restore(kernel: Kernel): void {
    kernel.bytes.set(this.#snapshot, this.layout.table);
    kernel.run.setColumns(this.layout.table, this.#columns, this.end);
  }

  /** The columns among members of these names; undefined when one of them is the whole document. */
  find(names: readonly string[]): FoundColumns | undefined {
    if (names !== this.#names) this.#found = this.#find(names);
    this.#names = names;
    return this.#found;
  }

  #find(names: readonly string[]): FoundColumns | undefined {
    const places = new Map(names.map((name, index) => [name, index * placeSize]));
    const offsets: number[] = [];
    for (const [name, inside] of this.#pointers) {
      if (name === undefined) return undefined;
      offsets.push(inside === undefined ? (places.get(name) ?? nowhere) : isInside);
    }
    const owners = [...this.#owners].flatMap(([name, field]) => {
      const place = places.get(name);
      return place === undefined ? [] : [field, place];
    });
    return { offsets, owners };
  }

  #fieldOf(kernel: Kernel, pointer: readonly string[]): number {
    let field = rootOf(this.layout);
    for (const name of pointer) {
      kernel.words[(field >> 2) + firstOwnWord + hasMembersWord] = 1;
      field = addField(kernel, this.layout, field, Buffer.from(name));
    }
    return field;
  }
}

/** What `takePlaces` in `kernel/columns.ts` wants to know of columns. */
export interface FoundColumns {
  /** For each column, where its place is among those of a document, or one of the below. */
  readonly offsets: readonly number[];
  /** Pairs of a field with columns inside, and where its place is. */
  readonly owners: readonly number[];
}

/** There is room for so many fields that are no columns. */
const otherFields = 64;

// As in `kernel/columns.ts`.
/** What a place takes: two words. */
const placeSize = 8;
const isInside = 0xffff_ffff;
const nowhere = 0xffff_fffe;
const columnSize = 4;
const hasMembersWord = 3;

function textSize(pointer: readonly string[]): number {
  return pointer.reduce((sum, name) => sum + Buffer.byteLength(name) + nameOverhead, 0);
}
