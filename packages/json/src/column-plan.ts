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
  readonly #columns: number;
  readonly #snapshot: Uint8Array;

  constructor(columns: readonly Pick<ValueColumn, 'pointer'>[]) {
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
    kernel.words.set(fields, this.#columns >> 2);
    this.#snapshot = Buffer.from(kernel.bytes.subarray(this.layout.table, this.end));
  }

  /** Puts the plan into the kernel, which looks for these columns from now on. */
  restore(kernel: Kernel): void {
    kernel.bytes.set(this.#snapshot, this.layout.table);
    kernel.run.setColumns(this.layout.table, this.#columns, this.end);
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

/** There is room for so many fields that are no columns. */
const otherFields = 64;

// As in `kernel/columns.ts`.
const columnSize = 4;
const hasMembersWord = 3;

function textSize(pointer: readonly string[]): number {
  return pointer.reduce((sum, name) => sum + Buffer.byteLength(name) + nameOverhead, 0);
}
