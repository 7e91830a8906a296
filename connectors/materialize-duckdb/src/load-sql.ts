import {
  columnForm,
  doubleQuoted as quote,
  singleQuoted as literal,
  type EffectiveColumn,
} from '@fairlead/sql-materialize';

/** A segment as DuckDB reads it. */
export interface SegmentFile {
  readonly file: string;
  /** The bytes of its longest row. */
  readonly longest: number;
}

/** Members of a staged row beside the columns, which are called `0`, `1` and so on. */
export const stagedSequence = 's';
export const stagedOp = 'o';
export const stagedPresence = 'p';

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
  const values = columns.map(loadedValue);
  const more = deletedAt === undefined ? [] : [quote(deletedAt)];
  const marks = deletedAt === undefined ? [] : [`CASE WHEN ${quote(stagedOp)} = 3 THEN now() END`];
  return `INSERT INTO ${target} (${[...names, ...more].join(', ')})
SELECT ${[...values, ...marks].join(', ')}
FROM ${readSegment(columns, segment, deletedAt === undefined ? [] : [[stagedOp, 'UTINYINT']])}`;
}

/** Makes the temporary table in which many changes to rows wait for the commit. */
export function createStageSql(stage: string, columns: readonly EffectiveColumn[]): string {
  const definitions = [
    ...extras.map(([name, type]) => `${quote(name)} ${type}`),
    ...columns.map(({ sqlType }, i) => `${quote(String(i))} ${sqlType}`),
  ];
  return `CREATE TEMP TABLE ${stage} (${definitions.join(', ')})`;
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
    ...extras.map(([name, type]) => `CAST(${quote(name)} AS ${type}) AS ${quote(name)}`),
    ...columns.map((column, i) => `${loadedValue(column, i)} AS ${quote(String(i))}`),
  ];
  return `SELECT ${values.join(', ')}
FROM ${readSegment(columns, segment, extrasAsRead)}`;
}

/** A query of the values of a segment, as the columns `k0`, `k1` and so on. */
export function selectSegmentSql(
  columns: readonly EffectiveColumn[],
  segment: SegmentFile,
): string {
  const values = columns.map((column, i) => `${loadedValue(column, i)} AS ${quote(`k${i}`)}`);
  return `SELECT ${values.join(', ')} FROM ${readSegment(columns, segment, [])}`;
}

const extras: readonly (readonly [string, string])[] = [
  [stagedSequence, 'BIGINT'],
  [stagedOp, 'UTINYINT'],
  [stagedPresence, 'BIT'],
];

const extrasAsRead = extras.map(([name, type]): [string, string] => [
  name,
  type === 'BIT' ? 'VARCHAR' : type,
]);

function loadedValue({ type, sqlType }: EffectiveColumn, i: number): string {
  const staged = quote(String(i));
  return columnForm(type).direct ? staged : `CAST(${staged} AS ${sqlType})`;
}

function readSegment(
  columns: readonly EffectiveColumn[],
  segment: SegmentFile,
  more: readonly (readonly [string, string])[],
): string {
  const types = [
    ...columns.map(({ type, sqlType }, i): [string, string] => [
      String(i),
      columnForm(type).direct ? sqlType : 'VARCHAR',
    ]),
    ...more,
  ].map(([name, type]) => `${quote(name)}: ${literal(type)}`);
  return readJson(segment, types.join(', '));
}

/** The table function that reads a segment. `types` are the members of a struct, `name: 'TYPE'`. */
export function readJson({ file, longest }: SegmentFile, types: string): string {
  const size = longest > usualSize ? `, maximum_object_size = ${longest}` : '';
  return `read_json(${literal(file)}, format = 'newline_delimited', columns = {${types}}${size})`;
}

/** What DuckDB takes for the size of the longest row at least. Its buffers are of twice the size. */
const usualSize = 16 * 1024 * 1024;
