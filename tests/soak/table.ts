import { DuckDBInstance } from '@duckdb/node-api';
import type { FakeFirestore } from '@fairlead/fake-firestore';

/** The shape that was loaded, as far as it is needed here. */
type Shape = ReturnType<FakeFirestore['store']['synthesise']>;

/** The column that holds the full name of a document. */
const key = '"_meta_path"';

/**
 * Compares a table with the synthetic documents that it was loaded from.
 * @returns what is wrong; nothing when each document is there once and a thousand of them have their values.
 */
export async function tableProblems(database: string, table: string, shape: Shape) {
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  const row = async (query: string) =>
    (await connection.runAndReadAll(query)).getRowsJson()[0] ?? [];
  try {
    const { count } = shape;
    const problems: string[] = [];
    const expect = (what: string, found: unknown, wanted: unknown) => {
      if (String(found) !== String(wanted)) {
        problems.push(`${what}: ${String(found)} instead of ${String(wanted)}`);
      }
    };
    const [rows, keys, indexes, sum] = await row(
      `select count(*), count(distinct ${key}), count(distinct "index"), sum("index")::varchar from "${table}"`,
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
    const sample = await connection.runAndReadAll(
      `select "index", ${key}, "label", "score" from "${table}" where "index" % ${step} = 0`,
    );
    for (const [index, path, label, score] of sample.getRowsJson()) {
      const { path: wanted, fields } = shape.document(Number(index));
      const field = (name: string) =>
        fields.find(({ key: one }) => one === name)?.value?.type.value;
      const place = `document ${Number(index)}`;
      expect(`${place}, name`, String(path).split('/documents/')[1], wanted);
      expect(`${place}, label`, label, field('label'));
      expect(`${place}, score`, score, field('score'));
    }
    return problems;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
