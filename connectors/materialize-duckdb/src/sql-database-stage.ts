import {
  within,
  Failure,
  isFailure,
  stagedRow,
  type Documents,
  type SqlColumn,
} from '@fairlead/sdk';
import { doubleQuoted as quote } from '@fairlead/sql-materialize';
import type { Database } from './database.ts';
import type { Limits } from './limits.ts';
import { Session } from './session.ts';
import { parse, typeOf } from './sql-database-dialect.ts';

/** Where rows are staged. */
export interface StagingPlace {
  readonly database: Database;
  readonly session: Session;
  readonly limits: Limits;
}

/** What is staged: where to, and how it is read. */
interface Stage {
  readonly name: string;
  readonly columns: readonly Pick<SqlColumn, 'name' | 'type'>[];
}

/**
 * Stages documents by handing DuckDB some thousand of them at a time as one text, which it takes apart itself: none of
 * them is ever in a file, and while DuckDB is at work on some the next ones are made.
 * @returns how many there were.
 * @throws {Failure} data, which names the column.
 */
export async function stageDocuments(
  { database, session, limits }: StagingPlace,
  stage: Stage,
  rows: AsyncIterable<Documents>,
): Promise<number> {
  const definitions = stage.columns.map(({ name, type }) => `${quote(name)} ${typeOf(type)}`);
  await session.run(
    `CREATE TEMP TABLE ${quote(stage.name)} (${[...definitions, `${quote(stagedRow)} BIGINT`].join(', ')})`,
  );
  const insert = `INSERT INTO ${quote(stage.name)} ${selectSql(stage.columns)}`;
  let first = 0;
  let longest = 0;
  let loaded = 0;
  let loading: Promise<void> = Promise.resolve();
  const load = async (text: string, from: number, count: number) => {
    const values = [text, from, count];
    try {
      await session.run({ sql: insert, values });
    } catch (error) {
      throw await explained(error, database, stage.columns, values);
    }
  };
  try {
    for await (const documents of rows) {
      const count = documents.ends.length;
      if (count === 0) continue;
      await loading;
      const length = longestOf(documents);
      loaded += documents.bytes.length;
      if (first === 0 || length > longest || loaded >= roundBytes) {
        longest = Math.max(longest, length);
        loaded = 0;
        const next = { table: 0, columnCount: stage.columns.length, longest };
        await session.run(await limits.beforeLoad(next, async () => {}));
      }
      loading = load(linesOf(documents), first, count);
      // It is awaited before anything else is done; until then nobody may call it unhandled.
      loading.catch(() => {});
      first += count;
    }
  } finally {
    await Promise.allSettled([loading]);
  }
  await loading;
  return first;
}

/** So much is loaded until what was freed goes back to the system, as before each segment of a writer. */
const roundBytes = 4 * 1024 * 1024;

function longestOf({ ends }: Documents): number {
  let longest = 0;
  let start = 0;
  for (const end of ends) {
    longest = Math.max(longest, end - start);
    start = end;
  }
  return longest;
}

/** Without the last line break, after which there would be one line more. */
function linesOf({ bytes }: Documents): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length - 1).toString('utf8');
}

/** A query of the rows that some lines are: parameters are the lines, the number of the first, and how many there are. */
function selectSql(columns: Stage['columns']): string {
  const values = columns.map(({ type }, index) => parse(item(index), type));
  return `SELECT ${[...values, 'n'].join(', ')} FROM ${lines}`;
}

/** The item of a line for the column with this index. */
function item(index: number): string {
  return `d[${index + 1}]`;
}

const lines = `(SELECT from_json(l, '["VARCHAR"]') AS d, n FROM (SELECT unnest(string_split($1, chr(10))) AS l, unnest(range(CAST($2 AS BIGINT), CAST($2 AS BIGINT) + CAST($3 AS BIGINT))) AS n))`;

/** The failure of a load that names the column, found out beside the transaction, which is lost. */
async function explained(
  error: unknown,
  database: Database,
  columns: Stage['columns'],
  values: readonly (string | number)[],
): Promise<unknown> {
  if (!isFailure(error) || error.kind !== 'data') return error;
  await using session = await Session.open(database);
  for (const [index, { name, type }] of columns.entries()) {
    const value = item(index);
    const wrong = `${value} IS NOT NULL AND TRY(${parse(value, type)}) IS NULL`;
    const found = await session.rows({
      sql: `SELECT min(n) FROM ${lines} WHERE ${wrong}`,
      values,
    });
    const row = found[0]?.[0] ?? null;
    if (row === null) continue;
    return within(
      `column ${name}`,
      new Failure('data', `row ${Number(row) + 1} has a value that ${typeOf(type)} cannot hold`, {
        hint: 'Make the column one of a type that holds it.',
      }),
    );
  }
  return error;
}
