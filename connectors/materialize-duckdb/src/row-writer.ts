import { createColumnizer, MisfitError, type Columnizer, type ColumnValues } from '@fairlead/json';
import { ParquetWriter } from '@fairlead/parquet';
import { Failure, Op, type Documents } from '@fairlead/sdk';
import type { EffectiveColumn } from '@fairlead/sql-materialize';
import { extraColumns, type Extras } from './load-sql.ts';
import { patchColumns, stagedColumns } from './staged-columns.ts';

/** Makes rows of the documents of one table, and gathers them for a file. */
export interface RowWriter {
  /** What the rows are gathered in. Whoever writes the file takes them out of it. */
  readonly gathered: ParquetWriter;
  /**
   * Gathers the rows of some documents, of which the first has the number `sequence` where changes are numbered.
   * @throws {Failure} data when a document's key is not complete, or a value is not of its column's
   * type; what is gathered is of no use then.
   */
  add(documents: Documents, sequence?: number): AddedRows;
}

export interface AddedRows {
  readonly rowCount: number;
  /** The bytes of the longest document. */
  readonly longest: number;
}

/**
 * The columns in the order in which rows are staged: the key comes first.
 */
export function inStagedOrder(columns: readonly EffectiveColumn[]): EffectiveColumn[] {
  return [
    ...columns.filter(({ column }) => column.key),
    ...columns.filter(({ column }) => !column.key),
  ];
}

/**
 * A writer of rows for columns in staged order. `table` is named by failures. With the extras `op`, a
 * row has the op of its document; with those of a `change` also its number, and which columns a patch has.
 */
export function createRowWriter(
  columns: readonly EffectiveColumn[],
  table: string,
  extras: Extras = 'none',
): RowWriter {
  const staged = stagedColumns(columns);
  const keyCount = columns.filter(({ column }) => column.key).length;
  const { witnesses } = patchColumns(staged);
  const gathered = new ParquetWriter([
    ...staged.map(({ stored }, i) => ({ name: String(i), type: stored })),
    ...extraColumns[extras].map(({ name, stored }) => ({ name, type: stored })),
  ]);
  const usual = lazily(() => createColumnizer(staged));
  const patching = lazily(() => createColumnizer([...staged, ...witnesses], { presence: true }));

  const columnize = (
    columnizer: Columnizer,
    documents: Documents,
    presenceAt: number,
  ): AddedRows => {
    const take = (column: number, values: ColumnValues) => {
      if (column < keyCount && values.nullCount > 0) throw noKey(columns[column], table);
      if (column < columns.length) gathered.add(column, values);
      // Of witnesses nothing but their presence is staged, which comes last.
      else if (column === columns.length + witnesses.length) gathered.add(presenceAt, values);
    };
    try {
      const { longest } = columnizer.columnize(documents, take);
      return { rowCount: documents.ends.length, longest };
    } catch (error) {
      throw error instanceof MisfitError ? wrongType(columns[error.column], table) : error;
    }
  };

  return {
    gathered,
    add(documents, sequence = 0) {
      const rowCount = documents.ends.length;
      const place = columns.length;
      const ops = documents.ops ?? new Uint8Array(rowCount);
      const noNull = { rowCount, nullCount: 0, validity: nothing };
      if (extras === 'none') return columnize(usual(), documents, -1);
      if (extras === 'op') {
        gathered.add(place, { ...noNull, values: opValues(ops) });
        return columnize(usual(), documents, -1);
      }
      gathered.add(place, { ...noNull, values: sequenceValues(sequence, rowCount) });
      gathered.add(place + 1, { ...noNull, values: opValues(ops) });
      if (ops.includes(Op.patch)) return columnize(patching(), documents, place + 2);
      gathered.add(place + 2, { ...noNull, nullCount: rowCount, values: nothing });
      return columnize(usual(), documents, -1);
    },
  };
}

const nothing = new Uint8Array();

function opValues(ops: Uint8Array): Uint8Array {
  return new Uint8Array(Int32Array.from(ops).buffer);
}

function sequenceValues(first: number, count: number): Uint8Array {
  const halves = new Uint32Array(count * 2);
  for (let i = 0; i < count; i++) {
    halves[i * 2] = first + i;
    halves[i * 2 + 1] = Math.floor((first + i) / 2 ** 32);
  }
  return new Uint8Array(halves.buffer);
}

function noKey(column: EffectiveColumn | undefined, table: string): Failure {
  return new Failure('data', `a document has no value for the key column ${column?.name}`, {
    where: table,
    hint: 'Every document needs its whole key: choose other members for it.',
  });
}

function wrongType(column: EffectiveColumn | undefined, table: string): Failure {
  return new Failure(
    'data',
    `a document has a value for the column ${column?.name} that is not of its type, ${column?.sqlType}`,
    { where: table },
  );
}

/** Calls `make` when it is first needed, and only then. */
function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
