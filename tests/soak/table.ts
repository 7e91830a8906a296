import { DuckDBInstance } from '@duckdb/node-api';

/** What a table holds that synthetic documents were loaded into. Columns are expressions of SQL. */
export interface TableShape {
  readonly count: number;
  /** What differs from one document to the next. */
  readonly key: string;
  /** The place of a document, from 0 on. */
  readonly index: string;
  /** Other columns, by names. */
  readonly columns: Readonly<Record<string, string>>;
  /** What these columns have in the row of the document at a place. */
  readonly document: (index: number) => Readonly<Record<string, unknown>>;
}

/**
 * Compares a table with the synthetic documents that it was loaded from.
 * @returns what is wrong; nothing when each document is there once and a thousand of them have their values.
 */
export async function tableProblems(
  database: string,
  table: string,
  { count, key, index, columns, document }: TableShape,
): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  const row = async (query: string) =>
    (await connection.runAndReadAll(query)).getRowsJson()[0] ?? [];
  try {
    const problems: string[] = [];
    const expect = (what: string, found: unknown, wanted: unknown) => {
      if (String(found) !== String(wanted)) {
        problems.push(`${what}: ${String(found)} instead of ${String(wanted)}`);
      }
    };
    const [rows, keys, indexes, sum] = await row(
      `select count(*), count(distinct ${key}), count(distinct ${index}), sum(${index})::varchar from "${table}"`,
    );
    expect('rows', rows, count);
    expect('different keys', keys, count);
    expect('different indexes', indexes, count);
    // Larger than what a number holds exactly.
    expect('sum of the indexes', sum, (BigInt(count) * BigInt(count - 1)) / 2n);
    const [tables] = await row(
      `select count(*) from information_schema.tables where table_name = 'fairlead_quarantine'`,
    );
    if (Number(tables) > 0) {
      const [quarantined] = await row('select count(*) from fairlead_quarantine');
      expect('rows set aside', quarantined, 0);
    }
    const step = Math.max(1, Math.floor(count / 1000));
    const names = Object.keys(columns);
    const sample = await connection.runAndReadAll(
      `select ${[index, ...Object.values(columns)].join(', ')} from "${table}" where ${index} % ${step} = 0`,
    );
    for (const [place, ...values] of sample.getRowsJson()) {
      const wanted = document(Number(place));
      for (const [i, name] of names.entries()) {
        expect(`document ${Number(place)}, ${name}`, values[i], wanted[name]);
      }
    }
    return problems;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
