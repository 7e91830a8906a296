import { parsePointer, type ValueColumn, type ValueType } from '@fairlead/json';
import type { ColumnType } from '@fairlead/parquet';
import type { EffectiveColumn } from '@fairlead/sql-materialize';

/** A column as it is staged. */
export interface StagedColumn extends ValueColumn {
  /** The type in the file. */
  readonly stored: ColumnType;
  /** The type that DuckDB reads from there. Where a column has another one, values are cast. */
  readonly readAs: string;
}

/**
 * How columns are staged so that no value loses anything: numbers that a double does not hold are
 * the text of their own digits, from which DuckDB casts exactly.
 */
export function stagedColumns(columns: readonly EffectiveColumn[]): StagedColumn[] {
  return columns.map(({ column, type }) => ({
    pointer: parsePointer(column.pointer),
    ...forms[type.is],
  }));
}

type Form = Pick<StagedColumn, 'type' | 'stored' | 'readAs'>;

const text: Form = { type: 'text', stored: 'text', readAs: 'VARCHAR' };
const digits: Form = { type: 'json', stored: 'text', readAs: 'VARCHAR' };

const forms: Readonly<Record<EffectiveColumn['type']['is'], Form>> = {
  boolean: { type: 'boolean', stored: 'boolean', readAs: 'BOOLEAN' },
  integer: { type: 'integer', stored: 'int64', readAs: 'BIGINT' },
  number: { type: 'number', stored: 'double', readAs: 'DOUBLE' },
  string: text,
  date: { type: 'date', stored: 'date', readAs: 'DATE' },
  'date-time': { type: 'date-time', stored: 'timestamp', readAs: 'TIMESTAMP WITH TIME ZONE' },
  uuid: text,
  decimal: digits,
  'integer-wide': digits,
  json: { type: 'json', stored: 'json', readAs: 'JSON' },
};

/** How it is found out which columns a patch replaces. */
export interface PatchColumns {
  /** Columns of which only the presence is looked at. They come after the others. */
  readonly witnesses: readonly ValueColumn[];
  /** For each column, the number of the one whose presence means that the patch replaces it. */
  readonly witnessOf: readonly number[];
}

/**
 * A patch replaces members of a document as a whole. So a column that is inside of a member is replaced,
 * by null if need be, when the patch has that member.
 */
export function patchColumns(columns: readonly Pick<ValueColumn, 'pointer'>[]): PatchColumns {
  const numbers = new Map<string, number>();
  for (const [i, { pointer }] of columns.entries()) {
    const [member] = pointer;
    if (pointer.length === 1 && member !== undefined) numbers.set(member, i);
  }
  const witnesses: ValueColumn[] = [];
  const witnessOf = columns.map(({ pointer }, i) => {
    const [member] = pointer;
    if (pointer.length <= 1 || member === undefined) return i;
    const known = numbers.get(member);
    if (known !== undefined) return known;
    const number = columns.length + witnesses.length;
    numbers.set(member, number);
    witnesses.push({ pointer: [member], type: jsonType });
    return number;
  });
  return { witnesses, witnessOf };
}

const jsonType: ValueType = 'json';
