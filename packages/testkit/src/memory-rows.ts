import { ByteWriter, decodeValue, encodeValue, extract, parsePointer } from '@fairlead/json';
import {
  type Column,
  countOf,
  type Documents,
  Failure,
  Op,
  startOf,
  type Table,
} from '@fairlead/sdk';
import type { MemoryColumn, RowWork } from './memory-disk.ts';
import { typeOf } from './memory-plan.ts';

/**
 * The documents as work on rows.
 * @throws {Failure} data, when one of them does not fit.
 */
export function rowsOf(
  table: Table<{ readonly table: string }>,
  columns: readonly MemoryColumn[] | undefined,
  documents: Documents,
): RowWork[] {
  const known = new Map((columns ?? []).map((column) => [column.name, column]));
  const wanted = table.columns.map((column) => ({ ...column, path: parsePointer(column.pointer) }));
  const text = Buffer.from(
    documents.bytes.buffer,
    documents.bytes.byteOffset,
    documents.bytes.length,
  );
  return Array.from({ length: countOf(documents) }, (_, index) => {
    const op = documents.ops?.[index] ?? Op.upsert;
    const start = startOf(documents, index);
    const end = (documents.ends[index] ?? 0) - 1;
    const values = new Map<string, string>();
    const key: string[] = [];
    for (const column of wanted) {
      const at = extract(text, start, end, column.path);
      const json = at === undefined ? undefined : text.toString('utf8', at.start, at.end);
      if (column.key) {
        if (at === undefined || json === 'null') throw keyMissing(table, column);
        key.push(canonicalJson(text, at.start, at.end));
      }
      if (json === undefined) continue;
      // A delete tells only the key for certain.
      if (op !== Op.delete) checkType(table, known.get(column.name), column, json);
      values.set(column.name, json);
    }
    const is = op === Op.delete ? 'delete' : op === Op.patch ? 'patch' : 'put';
    return { is, key: `[${key.join(',')}]`, values };
  });
}

function checkType(
  { resource }: Table<{ readonly table: string }>,
  column: MemoryColumn | undefined,
  { name }: Column,
  json: string,
): void {
  const type = typeOf(json);
  if (type === 'null' || column?.types.includes(type) === true) return;
  const takes = column === undefined ? 'is not there' : `takes ${column.types.join(', ')}`;
  throw new Failure('data', `the column ${takes}, and a value is ${type}`, {
    where: `table ${resource.table}, column ${name}`,
  });
}

function keyMissing({ resource }: Table<{ readonly table: string }>, { name }: Column): Failure {
  return new Failure('data', 'a document has no value for a key column', {
    where: `table ${resource.table}, column ${name}`,
  });
}

/** JSON that is the same text for the same value. */
export function canonicalJson(bytes: Uint8Array, start: number, end: number): string {
  const out = new ByteWriter();
  encodeValue(decodeValue(bytes, start, end), out);
  return Buffer.from(out.view()).toString('utf8');
}
