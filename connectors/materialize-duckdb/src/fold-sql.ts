import { doubleQuoted as quote } from '@fairlead/sql-materialize';
import { stagedOp, stagedPresence, stagedSequence } from './load-sql.ts';

/** A table, and the temporary table with the changes to its rows. */
export interface Fold {
  /** Quoted, with schema. */
  readonly target: string;
  /** Quoted. Its columns are numbered like `columns`. */
  readonly stage: string;
  /** The names of the target's columns, those of the key first. */
  readonly columns: readonly string[];
  readonly keyCount: number;
  /** For each column, the place in a patch's presence that says whether the patch replaces it. */
  readonly witnessOf: readonly number[];
  /** The column that marks deleted rows, where deletes only mark. */
  readonly deletedAt?: string;
}

/**
 * Applies staged rows that are all whole documents or deletes of rows: for each key the last one
 * counts, the old row goes, and a new one comes unless it was a delete.
 */
export function replaceSql(fold: Fold): readonly string[] {
  const { target, stage, columns } = fold;
  const names = columns.map(quote).join(', ');
  const values = columns.map((_, i) => number(i)).join(', ');
  const last = `SELECT max(${sequence}) FROM ${stage} GROUP BY ${keys(fold).join(', ')}`;
  return [
    deleteSql(fold, stage),
    `INSERT INTO ${target} (${names})
SELECT ${values}
FROM ${stage}
WHERE ${op} <> 3 AND ${sequence} IN (${last})`,
  ];
}

/**
 * Folds staged rows of any kind into one row for each key, in a temporary table. For each key, the last
 * whole document or (where deletes remove rows) delete is the base, the stored row if there is none;
 * what comes after it is laid over it.
 *
 * The row has the columns as far as staged rows say, and for each `h<i>`: whether they do; `based`:
 * whether the stored row does not matter; and what {@link applyFoldSql} and `overlay-documents.ts` ask.
 */
export function foldSql(fold: Fold, folded: string): string {
  const { stage, columns, keyCount, witnessOf, deletedAt } = fold;
  const based = deletedAt === undefined ? `${op} <> 2` : `${op} < 2`;
  const overlaid = columns.slice(keyCount).flatMap((_, rest) => {
    const i = keyCount + rest;
    const has = `(${op} < 2 OR (${op} = 2 AND ${presence}[${(witnessOf[i] ?? i) + 1}] = '1'))`;
    return [
      `last(${number(i)} ORDER BY ${sequence}) FILTER (${has}) AS ${number(i)}`,
      `coalesce(bool_or(${has}), false) AS ${quote(`h${i}`)}`,
    ];
  });
  const by = keys(fold).join(', ');
  const values = [
    ...keys(fold),
    ...overlaid,
    `coalesce(bool_or(${based}), false) AS "based"`,
    `coalesce(bool_or(${op} < 3), false) AS "alive"`,
    `coalesce(bool_or(${op} = 2), false) AS "patched"`,
    `coalesce(max("base"), 0) AS "from"`,
    `arg_max(${op}, ${sequence}) AS "last"`,
  ];
  return `CREATE TEMP TABLE ${folded} AS
SELECT
  ${values.join(',\n  ')}
FROM (
  SELECT *, max(CASE WHEN ${based} THEN ${sequence} END) OVER (PARTITION BY ${by}) AS "base"
  FROM ${stage}
)
WHERE "base" IS NULL OR ${sequence} >= "base"
GROUP BY ${by}`;
}

/** Replaces stored rows by those that were folded, by way of the temporary table `result`. */
export function applyFoldSql(fold: Fold, folded: string, result: string): readonly string[] {
  const { target, columns, deletedAt } = fold;
  const names = [...columns, ...(deletedAt === undefined ? [] : [deletedAt])].map(quote);
  return [
    resultSql(fold, folded, result),
    deleteSql(fold, folded),
    `INSERT INTO ${target} (${names.join(', ')})
SELECT * FROM ${result}`,
    `DROP TABLE ${result}`,
    `DROP TABLE ${folded}`,
  ];
}

/** The rows as they are to be stored. */
function resultSql(fold: Fold, folded: string, result: string): string {
  const { target, columns, keyCount, deletedAt } = fold;
  const values = columns.map((name, i) =>
    i < keyCount
      ? `f.${number(i)}`
      : `CASE WHEN f.${quote(`h${i}`)} OR f."based" THEN f.${number(i)} ELSE t.${quote(name)} END`,
  );
  const marks = deletedAt === undefined ? [] : [`CASE WHEN f."last" = 3 THEN now() END`];
  const lives =
    deletedAt === undefined ? `f."last" <> 3` : `f."alive" OR t.rowid IS NOT NULL`;
  return `CREATE TEMP TABLE ${result} AS
SELECT ${[...values, ...marks].map((value, i) => `${value} AS ${quote(`c${i}`)}`).join(',\n  ')}
FROM ${folded} f LEFT JOIN ${target} t ON NOT f."based" AND ${sameKey(fold, 'f', 't')}
WHERE ${lives}`;
}

function deleteSql(fold: Fold, source: string): string {
  return `DELETE FROM ${fold.target} t USING ${source} f
WHERE ${sameKey(fold, 'f', 't')}`;
}

/** The condition that a staged and a stored row have the same key. */
export function sameKey({ columns, keyCount }: Fold, staged: string, stored: string): string {
  return columns
    .slice(0, keyCount)
    .map((name, i) => `${stored}.${quote(name)} = ${staged}.${number(i)}`)
    .join(' AND ');
}

function keys({ keyCount }: Fold): string[] {
  return Array.from({ length: keyCount }, (_, i) => number(i));
}

function number(column: number): string {
  return quote(String(column));
}

const sequence = quote(stagedSequence);
const op = quote(stagedOp);
const presence = quote(stagedPresence);
