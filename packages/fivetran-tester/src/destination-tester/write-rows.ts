import { createHash } from 'node:crypto';
import { ByteWriter, encodeValue } from '@fairlead/json';
import type { FieldRow } from './batch-files.ts';
import { unmodified } from './field-text.ts';
import { allColumns, keyOf, type KnownTable } from './known-table.ts';
import type { InputRow, WriteName } from './read-input.ts';

/** Rows by the kind of file that they go into. */
export interface FileRows {
  readonly earliestStart?: readonly FieldRow[];
  readonly replace?: readonly FieldRow[];
  readonly update?: readonly FieldRow[];
  readonly delete?: readonly FieldRow[];
}

/** The rows of an operation as the files of WriteBatch have them. `synced` is in RFC 3339. */
export function batchRows(
  table: KnownTable,
  op: WriteName,
  rows: readonly InputRow[],
  synced: string,
): FileRows {
  const known = onePerKey(table, op, rows);
  switch (op) {
    case 'upsert':
      return {
        replace: known.map((row) =>
          fields(row, { _fivetran_synced: synced, _fivetran_deleted: false }),
        ),
      };
    case 'update':
      return { update: known.map((row) => changed(table, row, { _fivetran_synced: synced })) };
    case 'soft_delete':
      return {
        update: known.map((row) =>
          changed(table, keyFields(table, row), {
            _fivetran_synced: synced,
            _fivetran_deleted: true,
          }),
        ),
      };
    case 'delete':
      return {
        delete: known.map((row) => fields(keyFields(table, row), { _fivetran_synced: synced })),
      };
  }
}

/** The rows of an operation as the files of WriteHistoryBatch have them. A row says when in `op_time`. */
export function historyRows(
  table: KnownTable,
  op: WriteName,
  rows: readonly InputRow[],
  synced: string,
): FileRows {
  const versions = versionsOf(table, rows, synced);
  if (op === 'delete' || op === 'soft_delete') {
    return {
      delete: versions.map(({ row, start }) =>
        fields(keyFields(table, row), {
          _fivetran_synced: synced,
          _fivetran_end: start,
          _fivetran_active: false,
        }),
      ),
    };
  }
  const written = versions.map(({ row, start, end }) => {
    const system = {
      _fivetran_synced: synced,
      _fivetran_start: start,
      _fivetran_end: end ?? endOfTime,
      _fivetran_active: end === undefined,
    };
    return op === 'update' ? changed(table, row, system) : fields(row, system);
  });
  const earliestStart = versions
    .filter(({ isFirst }) => isFirst)
    .map(({ row, start }) => fields(keyFields(table, row), { _fivetran_start: start }));
  return { earliestStart, [op === 'update' ? 'update' : 'replace']: written };
}

/** Until when the version of a row is valid that no other follows. */
const endOfTime = '9999-12-31T23:59:59.999Z';

interface Version {
  readonly row: InputRow;
  readonly start: string;
  /** Absent for the last version. */
  readonly end?: string;
  readonly isFirst: boolean;
}

/** The versions of each row, in the order of their starts. */
function versionsOf(table: KnownTable, rows: readonly InputRow[], now: string): readonly Version[] {
  const byKey = new Map<string, { row: InputRow; start: string }[]>();
  for (const { op_time: given, ...rest } of rows) {
    const row = identified(table, rest);
    const id = keyText(table, row);
    const same = byKey.get(id) ?? [];
    byKey.set(id, same);
    same.push({ row, start: typeof given === 'string' ? given : now });
  }
  return [...byKey.values()].flatMap((same) => {
    const ordered = same.toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start));
    return ordered.map(({ row, start }, i): Version => {
      const next = ordered[i + 1];
      const end = next && new Date(Date.parse(next.start) - 1).toISOString();
      return { row, start, isFirst: i === 0, ...(end === undefined ? {} : { end }) };
    });
  });
}

/** A key is in a batch once: the last row of it counts, and updates of it come together. */
function onePerKey(
  table: KnownTable,
  op: WriteName,
  rows: readonly InputRow[],
): readonly InputRow[] {
  const byKey = new Map<string, InputRow>();
  for (const given of rows) {
    const row = identified(table, given);
    const id = keyText(table, row);
    byKey.set(id, op === 'update' ? { ...byKey.get(id), ...row } : row);
  }
  return [...byKey.values()];
}

function keyText(table: KnownTable, row: InputRow): string {
  return jsonText(keyOf(table).map((name) => row[name] ?? null));
}

/** A row of a table without a key gets the hash that Fivetran would give it, unless it brings one. */
function identified(table: KnownTable, row: InputRow): InputRow {
  if (table.key.length > 0 || row['_fivetran_id'] !== undefined) return row;
  const id = createHash('sha1').update(jsonText(row)).digest('base64');
  return { ...row, _fivetran_id: id };
}

function keyFields(table: KnownTable, row: InputRow): InputRow {
  return Object.fromEntries(keyOf(table).map((name) => [name, row[name] ?? null]));
}

/** The columns that a row has, and that the others stay what they are. */
function changed(table: KnownTable, row: InputRow, system: InputRow): FieldRow {
  const untouched = [...allColumns(table).keys()].map((name) => [name, unmodified] as const);
  return new Map([...untouched, ...fields(row, system)]);
}

function fields(row: InputRow, system: InputRow): FieldRow {
  return new Map([...Object.entries(row), ...Object.entries(system)]);
}

function jsonText(value: unknown): string {
  const bytes = new ByteWriter();
  encodeValue(value, bytes);
  return Buffer.from(bytes.take()).toString();
}
