import { createColumnizer, type ColumnValues, type ValueColumn } from '@fairlead/json';
import { selectDocuments, type Documents } from '@fairlead/sdk';
import type { ColumnKind } from './columns.ts';

/** Leaves out rows that are older than one of their key that came before. */
export interface Newest {
  /** The documents that are to be stored, in order: the last one of a key is then the newest. */
  select(documents: Documents): Documents;
}

export interface NewestOptions {
  /** Names of the members that make the key. */
  readonly key: readonly string[];
  /** The member that grows with every change. */
  readonly cursor: string;
  readonly kind: ColumnKind;
  /** How many keys are remembered, those that came last; 200,000 unless given. */
  readonly mostKeys?: number;
}

/**
 * For rows whose order is that of a cursor: of the same cursor the later one is newer, and a row without
 * one is older than any that has it. Undefined when the values of such a cursor have no order.
 */
export function newestOf(options: NewestOptions): Newest | undefined {
  const { key, cursor, kind, mostKeys = 200_000 } = options;
  const read = readers[kind];
  if (read === undefined) return undefined;
  const type = kind === 'date-time' ? 'date-time' : 'text';
  const columnizer = createColumnizer([
    { pointer: [cursor], type },
    ...key.map((name): ValueColumn => ({ pointer: [name], type: 'json' })),
  ]);
  const known = new Map<string, Cursor>();
  return {
    select(documents) {
      const count = documents.ends.length;
      const cursors: Cursor[] = [];
      const keys: string[] = Array.from({ length: count }, () => '');
      const done = new Uint32Array(key.length + 1);
      columnizer.columnize(documents, (column, values) => {
        const from = done[column] ?? 0;
        if (column === 0) for (const at of read(values)) cursors.push(at);
        else
          for (const [row, text] of textsOf(values).entries()) keys[from + row] += ` ${text ?? ''}`;
        done[column] = from + values.rowCount;
      });
      let late: Set<number> | undefined;
      for (let row = 0; row < count; row++) {
        const id = keys[row] ?? '';
        const at = cursors[row];
        const before = known.get(id);
        if (before !== undefined && (at === undefined || at < before)) {
          (late ??= new Set()).add(row);
          continue;
        }
        // What came last is at the end, and what came first is forgotten.
        known.delete(id);
        known.set(id, at);
      }
      for (const id of known.keys()) {
        if (known.size <= mostKeys) break;
        known.delete(id);
      }
      const left = late;
      return left === undefined ? documents : selectDocuments(documents, (row) => !left.has(row));
    },
  };
}

/** A value that can be compared with others of its column; undefined for null. */
type Cursor = bigint | number | string | undefined;

type Read = (values: ColumnValues) => Cursor[];

const readers: Readonly<Partial<Record<ColumnKind, Read>>> = {
  integer: (values) => textsOf(values).map((text) => (text === undefined ? text : BigInt(text))),
  number: (values) => textsOf(values).map((text) => (text === undefined ? text : Number(text))),
  string: (values) => textsOf(values),
  date: (values) => textsOf(values),
  'date-time': microsOf,
};

/** The texts of a column, a character for each byte, whose order is that of the characters that they are of. */
function textsOf({ rowCount, validity, values }: ColumnValues): (string | undefined)[] {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.length);
  const texts: (string | undefined)[] = [];
  let at = 0;
  for (let row = 0; row < rowCount; row++) {
    if (!isValid(validity, row)) {
      texts.push(undefined);
      continue;
    }
    const end = at + 4 + bytes.readUInt32LE(at);
    texts.push(bytes.toString('latin1', at + 4, end));
    at = end;
  }
  return texts;
}

function microsOf({ rowCount, validity, values }: ColumnValues): Cursor[] {
  const view = new DataView(values.buffer, values.byteOffset, values.length);
  const times: Cursor[] = [];
  let at = 0;
  for (let row = 0; row < rowCount; row++) {
    if (!isValid(validity, row)) {
      times.push(undefined);
      continue;
    }
    times.push(view.getBigInt64(at, true));
    at += 8;
  }
  return times;
}

function isValid(validity: Uint8Array, row: number): boolean {
  return (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
}
