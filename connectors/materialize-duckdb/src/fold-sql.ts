import { doubleQuoted as quote } from '@fairlead/sql-materialize';
import { stagedOp, stagedPresence, stagedSequence } from './load-sql.ts';

/** A table, and changes to its rows. */
export interface Fold {
  /** The table, quoted. */
  readonly target: string;
  /** The changes: a table or a query in parentheses, whose columns are numbered like `columns`. */
  readonly changes: string;
  /** The names of the target's columns, those of the key first. */
  readonly columns: readonly string[];
  readonly keyCount: number;
  /** For each column, the place in a patch's presence that says whether the patch replaces it. */
  readonly witnessOf: readonly number[];
  /** The column that marks deleted rows, where deletes only mark. */
  readonly deletedAt?: string;
}

/** A query of how many changes there are, and of how many keys. */
export function countSql(fold: Fold): string {
  const key = keys(fold);
  const distinct = key.length === 1 ? (key[0] ?? '') : `(${key.join(', ')})`;
  return `SELECT count(*), count(DISTINCT ${distinct}) FROM ${fold.changes}`;
}

/**
 * Makes changes that are all whole documents or deletes of rows: for each key the last one counts, the
 * stored row goes, and a new one comes unless it was a delete.
 * @param repeated whether there are several for one key.
 */
export function replaceSql(fold: Fold, repeated: boolean): readonly string[] {
  const { target, changes, columns } = fold;
  const last = `SELECT max(${sequence}) FROM ${changes} GROUP BY ${keys(fold).join(', ')}`;
  return [
    deleteSql(fold, changes),
    `INSERT INTO ${target} (${columns.map(quote).join(', ')})
SELECT ${columns.map((_, i) => number(i)).join(', ')}
FROM ${changes}
WHERE ${op} <> 3${repeated ? ` AND ${sequence} IN (${last})` : ''}`,
  ];
}

/**
 * Makes a temporary table of what changes of any kind make of the rows of their keys. For each key, the
 * last whole document or (where deletes remove rows) delete is the base, the stored row if there
 * is none; what comes after it is laid over it.
 *
 * Its columns are numbered like the table's. `deleted_at` is that mark; `alive` says whether there
 * is a row then; `patched`, `based` and `from` are what `overlay-documents.ts` asks for.
 */
export function overlaySql(fold: Fold, rows: string): string {
  const { target, changes, columns, keyCount, deletedAt } = fold;
  const by = keys(fold).join(', ');
  const values = columns.map((name, i) => {
    const folded = `f.${number(i)}`;
    if (i < keyCount) return folded;
    const stored = `t.${quote(name)}`;
    return `CASE WHEN f."based" OR ${folded} IS NOT NULL THEN ${folded}."v" ELSE ${stored} END AS ${number(i)}`;
  });
  const lives = deletedAt === undefined ? `f."last" <> 3` : `f."alive" OR t.rowid IS NOT NULL`;
  return `CREATE TEMP TABLE ${rows} AS
WITH marked AS (
  SELECT *, max(CASE WHEN ${isBase(fold)} THEN ${sequence} END) OVER (PARTITION BY ${by}) AS "base"
  FROM ${changes}
), folded AS (
  SELECT
    ${foldedColumns(fold).join(',\n    ')}
  FROM marked
  WHERE "base" IS NULL OR ${sequence} >= "base"
  GROUP BY ${by}
)
SELECT
  ${values.join(',\n  ')},
  CASE WHEN f."last" = 3 THEN now() END AS "deleted_at",
  ${lives} AS "alive",
  f."patched", f."based", f."from"
FROM folded f LEFT JOIN ${target} t ON ${sameKey(fold)}`;
}

/** Puts the rows that {@link overlaySql} made in place of those that are stored. */
export function overlaidSql(fold: Fold, rows: string): readonly string[] {
  const { target, columns, deletedAt } = fold;
  const names = columns.map(quote);
  const values = columns.map((_, i) => number(i));
  if (deletedAt !== undefined) {
    names.push(quote(deletedAt));
    values.push('"deleted_at"');
  }
  return [
    deleteSql(fold, rows),
    `INSERT INTO ${target} (${names.join(', ')})
SELECT ${values.join(', ')}
FROM ${rows}
WHERE "alive"`,
    `DROP TABLE ${rows}`,
  ];
}

/** The condition that a change `f` and a stored row `t` have the same key. */
export function sameKey({ columns, keyCount }: Fold): string {
  return columns
    .slice(0, keyCount)
    .map((name, i) => `t.${quote(name)} = f.${number(i)}`)
    .join(' AND ');
}

function deleteSql(fold: Fold, source: string): string {
  return `DELETE FROM ${fold.target} t USING ${source} f
WHERE ${sameKey(fold)}`;
}

/**
 * The columns of the key, and for each other one a struct of the value that changes give it, null when they
 * give it none. (A FILTER for each would copy all columns for each.)
 */
function foldedColumns(fold: Fold): string[] {
  const { columns, keyCount, witnessOf } = fold;
  const values = columns.slice(keyCount).map((_, rest) => {
    const i = keyCount + rest;
    const has = `${op} < 2 OR (${op} = 2 AND get_bit(${presence}, ${witnessOf[i] ?? i}) = 1)`;
    return `arg_max(struct_pack("v" := ${number(i)}), CASE WHEN ${has} THEN ${sequence} END) AS ${number(i)}`;
  });
  return [
    ...keys(fold),
    ...values,
    `coalesce(bool_or(${isBase(fold)}), false) AS "based"`,
    `coalesce(bool_or(${op} < 3), false) AS "alive"`,
    `coalesce(bool_or(${op} = 2), false) AS "patched"`,
    `coalesce(max("base"), 0) AS "from"`,
    `arg_max(${op}, ${sequence}) AS "last"`,
  ];
}

function isBase({ deletedAt }: Fold): string {
  return deletedAt === undefined ? `${op} <> 2` : `${op} < 2`;
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
