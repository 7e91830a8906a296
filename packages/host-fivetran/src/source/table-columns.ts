import { decodeValue, type JsonSchema, type Shape } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import type { Table } from '../protocol/common.gen.ts';
import {
  type ColumnType,
  columnTypeOf,
  foundType,
  isSameType,
  mergedType,
  widened,
} from './column-type.ts';
import { tableMessage } from './schema-message.ts';
import {
  membersOf,
  plainName,
  sameColumn,
  type SourceColumn,
  type SourceTable,
} from './source-table.ts';
import type { WriteValue } from './value-type.ts';
import { valueWriter } from './value-writers.ts';
import { widthOf, WireBuffer } from './wire-buffer.ts';

/** A column as the rows of a table are written. */
export interface WireColumn extends SourceColumn {
  /** Whether the user wants it. */
  readonly isWanted: boolean;
  /** The name of the member as documents usually have it, in quotes; absent for what is inside of one. */
  readonly token?: Uint8Array;
  /** What an entry of the row's map begins with: the name, and the tag of the value. */
  readonly head: Uint8Array;
  /** The whole entry of a null. */
  readonly nullEntry: Uint8Array;
  readonly write: WriteValue;
}

/** Which columns of a table a user wants; those of the key are always. */
export type WantsColumn = (name: string) => boolean;

/**
 * The columns of a table, which become more and wider while rows are written. What was not known
 * before is found by `find`, and what a document's own value needs by `add` and `widen`.
 */
export class TableColumns {
  readonly table: SourceTable;
  readonly #wants: WantsColumn;
  readonly #byToken = new Map<string, number>();
  /** Names that have no column. */
  readonly #unknown = new Set<string>();
  #columns: readonly WireColumn[];

  constructor(table: SourceTable, wants: WantsColumn) {
    this.table = table;
    this.#wants = wants;
    this.#columns = table.columns.map((column) => this.#wire(column));
    for (const [index, { path }] of table.columns.entries()) {
      if (path.length === 1) this.#byToken.set(tokenOf(path[0] ?? ''), index);
    }
  }

  /** An index of a column stays the same. */
  get all(): readonly WireColumn[] {
    return this.#columns;
  }

  /** The table with the columns that are wanted. */
  get message(): Table {
    return tableMessage(
      this.table.name,
      this.#columns.filter(({ isWanted }) => isWanted),
    );
  }

  /** The column of a member by its name as JSON, a character for each byte; -1 when there is none. */
  find(token: string): number {
    const known = this.#byToken.get(token);
    if (known !== undefined) return known;
    if (this.#unknown.has(token)) return -1;
    const name = nameOf(token);
    const index = this.#columns.findIndex(({ path }) => path.length === 1 && path[0] === name);
    // One member may be written in many ways, but is so in few.
    if (index < 0 && this.#unknown.size < mostColumns) this.#unknown.add(token);
    else if (this.#byToken.size < 2 * mostColumns) this.#byToken.set(token, index);
    return index;
  }

  /**
   * Adds the column of a member by its name as `find` takes it, for such values. Answers its index.
   * @throws {Failure} data, when the table has no room for it.
   */
  add(token: string, value: Shape): number {
    const member = nameOf(token);
    return this.#add(member, foundType(value));
  }

  /** Makes a column one that can have such a value too. */
  widen(index: number, value: Shape): void {
    const column = this.#columns[index];
    if (column !== undefined) this.#set(index, widened(column.type, value));
  }

  /**
   * Adds and widens what documents of this schema need. Answers whether that changed the table as it
   * is wanted.
   */
  accept(schema: JsonSchema): boolean {
    let changed = false;
    for (const [member, content] of membersOf(schema)) {
      const type = columnTypeOf(content);
      const index = this.#columns.findIndex(({ path }) => path.length === 1 && path[0] === member);
      const before = this.#columns[index];
      if (before === undefined) {
        const added = this.#columns[this.#add(member, type)];
        changed ||= added?.isWanted === true;
      } else {
        const both = mergedType(before.type, type);
        if (both === before.type) continue;
        this.#set(index, both);
        changed ||= before.isWanted && !isSameType(both, before.type);
      }
    }
    return changed;
  }

  #add(member: string, type: ColumnType): number {
    const name = plainName(member);
    if (this.#columns.some((column) => column.name === name)) throw sameColumn(name);
    if (this.#columns.length >= mostColumns) throw tooMany();
    const column = this.#wire({ name, path: [member], isKey: false, type });
    this.#byToken.set(tokenOf(member), this.#columns.length);
    this.#unknown.clear();
    this.#columns = [...this.#columns, column];
    return this.#columns.length - 1;
  }

  #set(index: number, type: ColumnType): void {
    this.#columns = this.#columns.map((column, at) =>
      at === index ? { ...column, type, write: valueWriter(type) } : column,
    );
  }

  #wire(column: SourceColumn): WireColumn {
    const head = entryHead(column.name);
    return {
      ...column,
      isWanted: column.isKey || this.#wants(column.name),
      ...(column.path.length === 1
        ? { token: Buffer.from(JSON.stringify(column.path[0] ?? '')) }
        : {}),
      head,
      nullEntry: nullEntry(head),
      write: valueWriter(column.type),
    };
  }
}

/** More columns than any destination takes: the members are rather data than names. */
const mostColumns = 10_000;

function tokenOf(member: string): string {
  return Buffer.from(JSON.stringify(member)).toString('latin1');
}

function nameOf(token: string): string {
  return String(decodeValue(Buffer.from(token, 'latin1')));
}

function tooMany(): Failure {
  return new Failure('data', `the documents have more than ${mostColumns} different members`, {
    hint: 'Have the source put them into one member, or leave the table out.',
  });
}

function entryHead(name: string): Uint8Array {
  const bytes = Buffer.from(name);
  const out = new WireBuffer(bytes.length + 8);
  out.byte(0x0a);
  out.varint(bytes.length);
  out.put(bytes);
  out.byte(0x12);
  return out.bytes.slice(0, out.at);
}

function nullEntry(head: Uint8Array): Uint8Array {
  const length = head.length + 3;
  const out = new WireBuffer(length + 8);
  out.byte(0x22);
  out.varint(length);
  out.put(head);
  // A value of two bytes, whose null is true.
  for (const byte of [0x02, 0x08, 0x01]) out.byte(byte);
  return out.bytes.slice(0, 1 + widthOf(length) + length);
}
