import { ByteWriter, encodeString } from '@fairlead/json';
import type { Json } from '@fairlead/sdk';
import type { FunctionTable } from './function-table.ts';
import type { RowBuffer } from './row-buffer.ts';
import type { TableRows } from './table-rows.ts';

/** What an answer says beside its rows. */
export interface AnswerTerms {
  readonly state: Json;
  /** All that the sync has, also those of which there are no rows. */
  readonly tables: readonly FunctionTable[];
  /** Names of tables. */
  readonly softDelete: readonly string[];
  readonly hasMore: boolean;
}

/**
 * An answer that is no error, as JSON in pieces, which are good until the next row is added. Rows are
 * in it as the bytes that they are; without tables it says nothing of rows, which are in a file then.
 */
export function encodeAnswer(
  tables: readonly TableRows[] | undefined,
  { state, tables: all, softDelete, hasMore }: AnswerTerms,
): readonly Uint8Array[] {
  const soft = softDelete.length === 0 ? '' : `,"softDelete":${JSON.stringify(softDelete)}`;
  return [
    Buffer.from(`{"state":${JSON.stringify(state)}`),
    ...(tables === undefined ? [] : rowsOf(tables)),
    Buffer.from(`,"schema":${JSON.stringify(schemaOf(all))}${soft},"hasMore":${hasMore}}`),
  ];
}

/** Bytes that an answer has at most beside its rows, when this is its state. */
export function overheadBytes(tables: readonly FunctionTable[], state: Json): number {
  const names = tables.map(({ name }) => 4 * Buffer.byteLength(JSON.stringify(name)) + 16);
  const told = [schemaOf(tables), state].map((part) => Buffer.byteLength(JSON.stringify(part)));
  return [...names, ...told].reduce((sum, bytes) => sum + bytes, 256);
}

/**
 * The file of a call whose rows go into one, in pieces, which are good until the next row is added.
 */
export function rowFile(tables: readonly TableRows[]): readonly Uint8Array[] {
  const pieces = [...insertsOf(tables), Buffer.from(','), ...deletesOf(tables)];
  return [Buffer.from('{'), ...pieces, Buffer.from('}')];
}

function rowsOf(tables: readonly TableRows[]): readonly Uint8Array[] {
  const inserts = [Buffer.from(','), ...insertsOf(tables)];
  if (tables.every(({ deletes }) => deletes.liveCount === 0)) return inserts;
  return [...inserts, Buffer.from(','), ...deletesOf(tables)];
}

function insertsOf(tables: readonly TableRows[]): Iterable<Uint8Array> {
  return member('insert', tables, ({ inserts }) => inserts);
}

function deletesOf(tables: readonly TableRows[]): Iterable<Uint8Array> {
  return member('delete', tables, ({ deletes }) => deletes);
}

/** A member whose value has an array of rows for each table that has some. */
function* member(
  name: string,
  tables: readonly TableRows[],
  bufferOf: (table: TableRows) => RowBuffer,
): Generator<Uint8Array> {
  const before = new ByteWriter(64);
  before.ascii(`"${name}":{`);
  let isFirst = true;
  for (const table of tables) {
    const rows = bufferOf(table);
    if (rows.liveCount === 0) continue;
    if (!isFirst) before.ascii('],');
    isFirst = false;
    encodeString(table.table.name, before);
    before.ascii(':[');
    yield before.take();
    yield* rows.encode();
  }
  before.ascii(isFirst ? '}' : ']}');
  yield before.take();
}

function schemaOf(tables: readonly FunctionTable[]): Json {
  const entries = tables.map(({ name, key }) => [
    name,
    key.length === 0 ? {} : { primary_key: key.map((column) => column.name) },
  ]);
  return Object.fromEntries(entries);
}
