import { nextWindow } from './document-windows.ts';
import {
  addField,
  fieldCount,
  fieldName,
  fieldSize,
  initializeTable,
  layOutTable,
  nameOverhead,
  setScratch,
} from './field-table.ts';
import type { TableLayout, TableRoom } from './field-table.ts';
import { anyNumber, boundsDigits, Word, wordsPerField } from './field-words.ts';
import { align, freeAddress, inputPadding, openKernel, scratchSize, writeInput } from './kernel.ts';
import type { Kernel } from './kernel.ts';
import type { Lines } from './lines.ts';
import type { Shape } from './shape.ts';

/** What some documents hold. */
export interface Sighting {
  readonly documents: number;
  /** Indices of the documents outside of what is accepted, ascending. */
  readonly misfits: Uint32Array;
  /** Index of the first document that has a field twice, or -1. */
  readonly duplicate: number;
  /** The accepted fields in their order, then the others as they came. */
  readonly fields: () => readonly SeenField[];
}

/** What is known of a field of the documents. */
export interface SeenField {
  readonly name: string;
  readonly classes: number;
  readonly integerDigits: number;
  readonly scale: number;
  /** Whether any of the documents has it. */
  readonly isThere: boolean;
  /** Whether any of them does not. */
  readonly optional: boolean;
  readonly accepted: number;
  /** Whether it has more digits than accepted. */
  readonly tooLong: boolean;
}

/** Accepted fields, kept in the form of the kernel between calls. */
export class FieldWatch {
  #accepted: ReadonlyMap<string, Shape> = new Map();
  #names: readonly string[] = [];
  #room: TableRoom = roomFor([]);
  #snapshot: Uint8Array | undefined;

  accept(fields: ReadonlyMap<string, Shape>): void {
    this.#accepted = new Map(fields);
    this.#names = [...fields.keys()];
    this.#room = roomFor(this.#names);
    this.#snapshot = undefined;
  }

  /** Looks at the members of JSON objects. Leaves no trace of them: what is accepted stays. */
  look(lines: Lines): Sighting {
    for (;;) {
      const sighting = this.#tryToLook(lines);
      if (sighting !== undefined) return sighting;
      const { fields, textSize } = this.#room;
      this.#room = { fields: fields * 2, textSize: textSize * 2 };
      this.#snapshot = undefined;
    }
  }

  /** Undefined when the table has no room for all fields. */
  #tryToLook(lines: Lines): Sighting | undefined {
    const layout = layOutTable(tableAt, this.#room);
    const kernel = openKernel(layout.textEnd);
    this.#restore(kernel, layout);
    const misfits: Uint32Array[] = [];
    let duplicate = -1;
    for (let first = 0; first < lines.ends.length;) {
      const { start, end, next } = nextWindow(lines, first);
      const size = end - start;
      const misfitsAt = layout.textEnd;
      const from = align(misfitsAt + 4 * (next - first));
      const longKeyAt = align(from + size + inputPadding);
      kernel.reserve(longKeyAt + size + inputPadding);
      writeInput(kernel, from, lines.bytes.subarray(start, end));
      setScratch(kernel, layout, longKeyAt);
      const { run } = kernel;
      const status = run.observe(from, from + size, layout.table, first, misfitsAt, scratchAt);
      if (status === tableFull) return undefined;
      if (status !== done || run.observed.value !== next) {
        throw new Error('what is observed is no sequence of JSON objects');
      }
      if (duplicate < 0) duplicate = run.duplicate.value;
      const misfitsEnd = run.misfitsEnd.value >>> 0;
      if (misfitsEnd > misfitsAt) {
        misfits.push(kernel.words.slice(misfitsAt >> 2, misfitsEnd >> 2));
      }
      first = next;
    }
    return {
      documents: lines.ends.length,
      misfits: joined(misfits),
      duplicate,
      fields: this.#seenFields(kernel, layout, lines.ends.length),
    };
  }

  #restore(kernel: Kernel, layout: TableLayout): void {
    if (this.#snapshot === undefined) {
      initializeTable(kernel, layout);
      for (const [name, shape] of this.#accepted) {
        const field = addField(kernel, layout, layout.fields - fieldSize, Buffer.from(name));
        const bounded = boundsDigits(shape);
        const word = field >> 2;
        kernel.words[word + Word.accepted] = shape.classes;
        kernel.words[word + Word.mostDigits] = bounded ? shape.integerDigits : anyNumber;
        kernel.words[word + Word.mostScale] = bounded ? shape.scale : anyNumber;
      }
      this.#snapshot = Buffer.from(kernel.bytes.subarray(layout.table, layout.textEnd));
      return;
    }
    kernel.bytes.set(this.#snapshot, layout.table);
  }

  /** Copies what the kernel knows of the fields; reads it only when asked to. */
  #seenFields(kernel: Kernel, layout: TableLayout, documents: number): () => readonly SeenField[] {
    const count = fieldCount(kernel, layout);
    const start = layout.fields >> 2;
    const words = kernel.words.slice(start, start + count * wordsPerField);
    const names = this.#names;
    const others: string[] = [];
    for (let index = names.length; index < count; index++) {
      others.push(fieldName(kernel, layout.fields + index * fieldSize));
    }
    return () => {
      const own = (index: number, word: number): number => words[index * wordsPerField + word] ?? 0;
      const lastSeen = (index: number): number => own(index, Word.lastSeen);
      return Array.from({ length: count }, (_, index) => ({
        name: names[index] ?? others[index - names.length] ?? '',
        classes: own(index, Word.classes),
        integerDigits: own(index, Word.integerDigits),
        scale: own(index, Word.scale),
        isThere: lastSeen(index) > 0,
        optional: own(index, Word.gaps) > 0 || lastSeen(index) < documents,
        accepted: own(index, Word.accepted),
        tooLong:
          own(index, Word.integerDigits) > own(index, Word.mostDigits) ||
          own(index, Word.scale) > own(index, Word.mostScale),
      }));
    };
  }
}

const done = 0;
const tableFull = 1;

/** Scratch memory of the kernel, then the table. */
const scratchAt = freeAddress;
const tableAt = scratchAt + scratchSize;

/** Room for the names and as many again. */
function roomFor(names: readonly string[]): TableRoom {
  const textSize = names.reduce((sum, name) => sum + Buffer.byteLength(name) + nameOverhead, 0);
  return {
    fields: names.length + Math.max(64, names.length),
    textSize: textSize + Math.max(64 * 64, textSize),
  };
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const [first = none] = parts;
  if (parts.length < 2) return first;
  const whole = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const none = new Uint32Array();
