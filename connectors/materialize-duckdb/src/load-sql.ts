import type { ColumnType } from '@fairlead/parquet';
import {
  doubleQuoted as quote,
  singleQuoted as literal,
  type EffectiveColumn,
} from '@fairlead/sql-materialize';
import { stagedColumns } from './staged-columns.ts';

/** A segment as DuckDB reads it: a Parquet file, whose columns are called `0`, `1` and so on. */
export interface SegmentFile {
  readonly file: string;
}

/** Columns of a staged row beside its own. */
export const stagedSequence = 's';
export const stagedOp = 'o';
export const stagedPresence = 'p';

/** What is staged beside the columns of a table. */
export type Extras = 'none' | 'op' | 'change';

interface ExtraColumn {
  readonly name: string;
  readonly stored: ColumnType;
  /** In the table in which changes wait. */
  readonly sqlType: string;
}

const op: ExtraColumn = { name: stagedOp, stored: 'int32', sqlType: 'UTINYINT' };

const changeColumns: readonly ExtraColumn[] = [
  { name: stagedSequence, stored: 'int64', sqlType: 'BIGINT' },
  op,
  { name: stagedPresence, stored: 'text', sqlType: 'BIT' },
];

/** The columns after those of the table, in their order. */
export const extraColumns: Readonly<Record<Extras, readonly ExtraColumn[]>> = {
  none: [],
  op: [op],
  change: changeColumns,
};

/**
 * Loads a segment straight into its table.
 * @param deletedAt the column that is set for documents that were deletes, if they are to be kept.
 */
export function insertSql(
  target: string,
  columns: readonly EffectiveColumn[],
  segment: SegmentFile,
  deletedAt?: string,
): string {
  const names = columns.map(({ name }) => quote(name));
  const values = loadedValues(columns);
  const more = deletedAt === undefined ? [] : [quote(deletedAt)];
  const marks = deletedAt === undefined ? [] : [`CASE WHEN ${quote(stagedOp)} = 3 THEN now() END`];
  return `INSERT INTO ${target} (${[...names, ...more].join(', ')})
SELECT ${[...values, ...marks].join(', ')}
FROM ${readSegment(segment)}`;
}

/** Makes the temporary table in which many changes to rows wait for the commit, unless it is there. */
export function createStageSql(stage: string, columns: readonly EffectiveColumn[]): string {
  const definitions = [
    ...changeColumns.map(({ name, sqlType }) => `${quote(name)} ${sqlType}`),
    ...columns.map(({ sqlType }, i) => `${quote(String(i))} ${sqlType}`),
  ];
  return `CREATE TEMP TABLE IF NOT EXISTS ${stage} (${definitions.join(', ')})`;
}

/** Loads a segment of changes into the table that {@link createStageSql} makes. */
export function stageSql(
  stage: string,
  columns: readonly EffectiveColumn[],
  segment: SegmentFile,
): string {
  return `INSERT INTO ${stage}
${selectChangesSql(columns, segment)}`;
}

/** A query of the changes in a segment, with the columns of {@link createStageSql}. */
export function selectChangesSql(
  columns: readonly EffectiveColumn[],
  segment: SegmentFile,
): string {
  const values = [
    ...changeColumns.map(
      ({ name, sqlType }) => `CAST(${quote(name)} AS ${sqlType}) AS ${quote(name)}`,
    ),
    ...loadedValues(columns).map((value, i) => `${value} AS ${quote(String(i))}`),
  ];
  return `SELECT ${values.join(', ')}
FROM ${readSegment(segment)}`;
}

/** A query of the values of a segment, as the columns `k0`, `k1` and so on. */
export function selectSegmentSql(
  columns: readonly EffectiveColumn[],
  segment: SegmentFile,
): string {
  const values = loadedValues(columns).map((value, i) => `${value} AS ${quote(`k${i}`)}`);
  return `SELECT ${values.join(', ')} FROM ${readSegment(segment)}`;
}

/** The values of the columns, each of the type that it has in the table. */
function loadedValues(columns: readonly EffectiveColumn[]): string[] {
  const staged = stagedColumns(columns);
  return columns.map(({ sqlType }, i) => {
    const name = quote(String(i));
    return staged[i]?.readAs === sqlType ? name : `CAST(${name} AS ${sqlType})`;
  });
}

/** The table function that reads a segment. */
export function readSegment({ file }: SegmentFile): string {
  return `read_parquet(${literal(file)})`;
}
