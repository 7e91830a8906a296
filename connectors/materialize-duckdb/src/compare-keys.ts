import type { Documents, KeyComparison, KeySample } from '@fairlead/sdk';
import { doubleQuoted as quote, type EffectiveColumn } from '@fairlead/sql-materialize';
import { keyWriter } from './key-writer.ts';
import { selectSegmentSql } from './load-sql.ts';
import { keyDocuments } from './read-documents.ts';
import type { Cell, Session } from './session.ts';
import type { StagingFolder } from './staging.ts';

/** A table whose keys are compared. */
export interface ComparedTable {
  /** How users call it, for failures. */
  readonly where: string;
  /** Those of the key, as they are in the table. */
  readonly columns: readonly EffectiveColumn[];
  /** Rows that count, as what follows FROM; undefined when there is no table. */
  readonly rows: string | undefined;
}

/** Compares keys, each a JSON array, with those of a table. They wait in a file until all are there. */
export async function compareKeys(
  session: Session,
  staging: StagingFolder,
  table: ComparedTable,
  keys: AsyncIterable<Documents>,
): Promise<KeyComparison> {
  const { columns, where, rows } = table;
  const writer = keyWriter(columns, where);
  const segment = staging.segment(writer.gathered);
  try {
    for await (const batch of keys) {
      if (batch.ends.length === 0) continue;
      await segment.added(writer.add(keyDocuments(batch, columns.length)));
    }
    await segment.close();
    const theirs = segment.rowCount === 0 ? undefined : selectSegmentSql(columns, segment);
    const ours = rows === undefined ? undefined : selectKeysSql(columns, rows);
    const ourCount = await countOf(session, ours, where);
    const parts = Math.ceil(Math.max(segment.rowCount, ourCount, 1) / partRows);
    let whole: KeyComparison | undefined;
    for (let part = 0; part < parts; part++) {
      const sql = compareSql(columns, { theirs, ours }, { part, parts });
      const [found = []] = await session.rows(sql, where);
      whole = sum(whole, comparisonOf(found));
    }
    return whole ?? comparisonOf([]);
  } finally {
    await segment.remove();
  }
}

/** So many keys are compared at a time, which takes as much memory as a segment. */
const partRows = 250_000;
const mostExamples = 5;

interface Part {
  readonly part: number;
  readonly parts: number;
}

/** A query of the keys of rows, as the columns `k0`, `k1` and so on. */
function selectKeysSql(columns: readonly EffectiveColumn[], rows: string): string {
  const values = columns.map(({ name }, i) => `${quote(name)} AS ${quote(`k${i}`)}`);
  return `SELECT ${values.join(', ')} FROM ${rows}`;
}

/** A query of one row: how many keys each side has, and which only one has, of those whose hash belongs to a part. */
function compareSql(
  columns: readonly EffectiveColumn[],
  sides: { readonly theirs: string | undefined; readonly ours: string | undefined },
  { part, parts }: Part,
): string {
  const names = columns.map((_, i) => quote(`k${i}`));
  const nothing = columns.map(({ sqlType }, i) => `CAST(NULL AS ${sqlType}) AS ${quote(`k${i}`)}`);
  const grouped = (query: string | undefined) =>
    `SELECT ${names.join(', ')}, count(*) AS n
FROM (${query ?? `SELECT ${nothing.join(', ')} LIMIT 0`})
${parts === 1 ? '' : `WHERE hash(${names.join(', ')}) % ${parts} = ${part}\n`}GROUP BY ALL`;
  const same = names.map((name) => `t.${name} = o.${name}`);
  const texts = names.map((name) => `CAST(to_json(coalesce(t.${name}, o.${name})) AS VARCHAR)`);
  const text = `'[' || ${texts.join(" || ',' || ")} || ']'`;
  const only = (side: 't' | 'o') => {
    const condition = `${side === 't' ? 'o' : 't'}.n IS NULL`;
    return `count(*) FILTER (${condition}), to_json(min(${text}, ${mostExamples}) FILTER (${condition}))`;
  };
  return `WITH t AS (${grouped(sides.theirs)}), o AS (${grouped(sides.ours)})
SELECT count(t.n), coalesce(sum(o.n), 0)::BIGINT, count(o.n), ${only('t')}, ${only('o')}
FROM t FULL JOIN o ON ${same.join(' AND ')}`;
}

async function countOf(session: Session, query: string | undefined, where: string) {
  if (query === undefined) return 0;
  const [row] = await session.rows(`SELECT count(*) FROM (${query})`, where);
  return Number(row?.[0] ?? 0);
}

function comparisonOf([source, rows, keys, missing, lacking, surplus, extra]: readonly (
  | Cell
  | undefined
)[]): KeyComparison {
  return {
    source: Number(source ?? 0),
    rows: Number(rows ?? 0),
    keys: Number(keys ?? 0),
    missing: sampleOf(missing, lacking),
    surplus: sampleOf(surplus, extra),
  };
}

function sampleOf(count: Cell | undefined, examples: Cell | undefined): KeySample {
  // A list of texts is what the query makes.
  const texts = typeof examples === 'string' ? (JSON.parse(examples) as string[]) : [];
  return { count: Number(count ?? 0), examples: texts };
}

function sum(a: KeyComparison | undefined, b: KeyComparison): KeyComparison {
  if (a === undefined) return b;
  return {
    source: a.source + b.source,
    rows: a.rows + b.rows,
    keys: a.keys + b.keys,
    missing: sumOfSamples(a.missing, b.missing),
    surplus: sumOfSamples(a.surplus, b.surplus),
  };
}

function sumOfSamples(a: KeySample, b: KeySample): KeySample {
  return {
    count: a.count + b.count,
    examples: [...a.examples, ...b.examples].toSorted().slice(0, mostExamples),
  };
}
