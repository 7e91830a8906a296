import { align, inputPadding, writeInput } from './kernel.ts';
import type { Kernel } from './kernel.ts';

/** Where the parts of a table of `kernel/fields.ts` are, as addresses. */
export interface TableLayout {
  readonly table: number;
  readonly fields: number;
  readonly fieldsEnd: number;
  readonly slots: number;
  readonly slotMask: number;
  readonly text: number;
  readonly textEnd: number;
}

/** How much a table can hold. */
export interface TableRoom {
  readonly fields: number;
  /** Bytes of all names, each with {@link nameOverhead} more. */
  readonly textSize: number;
}

/** How many bytes more than itself a name takes at most. */
export const nameOverhead = 48;
/** How many bytes a field takes; the last 32 belong to whoever uses the table. */
export const fieldSize = 64;
/** Where those begin in a field, in words. */
export const firstOwnWord = 8;

export function layOutTable(table: number, room: TableRoom): TableLayout {
  const fields = table + headerSize + fieldSize;
  const fieldsEnd = fields + room.fields * fieldSize;
  const slotCount = 2 ** Math.ceil(Math.log2(room.fields * 2 + 2));
  const text = align(fieldsEnd + slotCount * 4);
  const textEnd = align(text + room.textSize);
  return { table, fields, fieldsEnd, slots: fieldsEnd, slotMask: slotCount - 1, text, textEnd };
}

/** The object that is the document, whose members the outermost fields are. */
export function rootOf(layout: TableLayout): number {
  return layout.table + headerSize;
}

/** Makes the table an empty one. Until {@link setScratch} it can be added to, but not be used. */
export function initializeTable(kernel: Kernel, layout: TableLayout): void {
  const { table, fieldsEnd, slots, slotMask, text, textEnd } = layout;
  kernel.run.initialize(table, fieldsEnd, slots, slotMask, text, textEnd, 0);
}

/** Gives the table memory as large as the longest key of an input. */
export function setScratch(kernel: Kernel, layout: TableLayout, address: number): void {
  kernel.words[(layout.table >> 2) + scratchWord] = address;
}

/** The address of the field of `owner` called `name`; it is new unless it was there. */
export function addField(
  kernel: Kernel,
  layout: TableLayout,
  owner: number,
  name: Uint8Array,
): number {
  const at = layout.textEnd;
  kernel.reserve(at + name.length + inputPadding);
  writeInput(kernel, at, name);
  return kernel.run.add(layout.table, owner, at, name.length) >>> 0;
}

/** How many fields the table has. */
export function fieldCount(kernel: Kernel, layout: TableLayout): number {
  return ((kernel.words[layout.table >> 2] ?? 0) - layout.fields) / fieldSize;
}

/** The name of the field at `address`. */
export function fieldName(kernel: Kernel, address: number): string {
  const pattern = kernel.words[address >> 2] ?? 0;
  const length = kernel.words[(address >> 2) + 1] ?? 0;
  return kernel.bytes.toString('utf8', pattern + 1, pattern + length - 2);
}

const headerSize = 64;
const scratchWord = 6;
