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

/** An answer that is no error, as JSON. Rows are in it as the bytes that they are. */
export function encodeAnswer(tables: readonly TableRows[], terms: AnswerTerms): Uint8Array {
  const rowBytes = tables.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const out = new ByteWriter(rowBytes + 64 * 1024);
  out.ascii('{"state":');
  out.utf8(JSON.stringify(terms.state));
  writeRows(out, tables);
  out.ascii(',"schema":');
  out.utf8(JSON.stringify(schemaOf(terms.tables)));
  if (terms.softDelete.length > 0) {
    out.ascii(',"softDelete":');
    out.utf8(JSON.stringify(terms.softDelete));
  }
  out.ascii(`,"hasMore":${terms.hasMore}}`);
  return out.view();
}

/** Bytes that an answer has at most beside its rows, when this is its state. */
export function overheadBytes(tables: readonly FunctionTable[], state: Json): number {
  const names = tables.map(({ name }) => 4 * Buffer.byteLength(JSON.stringify(name)) + 16);
  const told = [schemaOf(tables), state].map((part) => Buffer.byteLength(JSON.stringify(part)));
  return [...names, ...told].reduce((sum, bytes) => sum + bytes, 256);
}

function writeRows(out: ByteWriter, tables: readonly TableRows[]): void {
  out.ascii(',"insert":');
  writeTables(out, tables, ({ inserts }) => inserts);
  if (tables.every(({ deletes }) => deletes.liveCount === 0)) return;
  out.ascii(',"delete":');
  writeTables(out, tables, ({ deletes }) => deletes);
}

function writeTables(
  out: ByteWriter,
  tables: readonly TableRows[],
  rowsOf: (table: TableRows) => RowBuffer,
): void {
  let isFirst = true;
  out.byte(openBrace);
  for (const table of tables) {
    const rows = rowsOf(table);
    if (rows.liveCount === 0) continue;
    if (!isFirst) out.byte(comma);
    isFirst = false;
    encodeString(table.table.name, out);
    out.ascii(':[');
    out.bytes(rows.encode());
    out.byte(closeBracket);
  }
  out.byte(closeBrace);
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const closeBracket = 0x5d;
const comma = 0x2c;

function schemaOf(tables: readonly FunctionTable[]): Json {
  const entries = tables.map(({ name, key }) => [
    name,
    key.length === 0 ? {} : { primary_key: key.map((column) => column.name) },
  ]);
  return Object.fromEntries(entries);
}
