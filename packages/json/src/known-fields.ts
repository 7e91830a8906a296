import {
  fieldCount,
  fieldName,
  fieldSize,
  initializeTable,
  layOutTable,
  nameOverhead,
  setScratch,
} from './field-table.ts';
import type { TableRoom } from './field-table.ts';
import { Word, wordsPerField } from './field-words.ts';
import type { Kernel } from './kernel.ts';
import { ValueClass } from './shape.ts';
import type { Shape } from './shape.ts';

/** The members that the documents of an input had so far, kept in the form of the kernel between calls. */
export class KnownFields {
  #room: TableRoom = { fields: 64, textSize: 64 * (16 + nameOverhead) };
  #table = layOutTable(0, this.#room);
  #names: string[] = [];
  /** The table as it was left, without what was seen; its addresses hold for {@link #address}. */
  #snapshot: Uint8Array | undefined;
  #address = -1;

  /** How many bytes of the kernel's memory the table takes. */
  get size(): number {
    return this.#table.textEnd - this.#table.table;
  }

  /** Puts the table at `address`; `longKeyAt` is memory as large as the input. Call {@link take} afterwards. */
  lay(kernel: Kernel, address: number, longKeyAt: number): void {
    if (this.#snapshot === undefined || address !== this.#address) {
      this.#table = layOutTable(address, this.#room);
      this.#address = address;
      this.#names = [];
      initializeTable(kernel, this.#table);
      this.#snapshot = Buffer.from(kernel.bytes.subarray(address, this.#table.textEnd));
    } else kernel.bytes.set(this.#snapshot, address);
    setScratch(kernel, this.#table, longKeyAt);
  }

  /**
   * The shape of what was seen since {@link lay}; undefined when not all of it was kept, or a document
   * has a member twice. Members are said to be optional, and their own members are not looked at.
   */
  take(kernel: Kernel): Shape | undefined {
    const { run } = kernel;
    if (run.tableFull.value !== 0) {
      this.#grow();
      return undefined;
    }
    const count = fieldCount(kernel, this.#table);
    const isNew = count > this.#names.length;
    for (let index = this.#names.length; index < count; index++) {
      this.#names.push(fieldName(kernel, this.#table.fields + index * fieldSize));
    }
    const properties = new Map<string, Shape>();
    const { words } = kernel;
    let at = this.#table.fields >> 2;
    for (const name of this.#names) {
      const own = (word: number): number => words[at + word] ?? 0;
      const classes = own(Word.classes);
      if (classes !== 0) {
        const integerDigits = own(Word.integerDigits);
        properties.set(name, { classes, integerDigits, scale: own(Word.scale), optional: true });
      }
      if (isNew) words.fill(0, at + Word.lastSeen, at + wordsPerField);
      at += wordsPerField;
    }
    if (isNew)
      this.#snapshot = Buffer.from(kernel.bytes.subarray(this.#address, this.#table.textEnd));
    if (run.duplicate.value >= 0) return undefined;
    return { classes: ValueClass.object, integerDigits: 0, scale: 0, optional: false, properties };
  }

  #grow(): void {
    this.#snapshot = undefined;
    const { fields, textSize } = this.#room;
    if (fields < mostFields) this.#room = { fields: fields * 2, textSize: textSize * 2 };
    this.#table = layOutTable(0, this.#room);
  }
}

/** Documents with more members are not what a table is made of. */
const mostFields = 8192;
