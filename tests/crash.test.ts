import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crashLoop, lineitemColumns, tempFolder, writeLineitem } from '@fairlead/testkit';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';

const command = fileURLToPath(new URL('../packages/cli/bin/fairlead.js', import.meta.url));

/** Rows enough for some hundred transactions of the size below. */
const rows = 300_000;

/** What a table holds, without regard to order: the number of rows and a sum over each column. */
async function contentOf(database: string, from: string, columns: readonly string[]) {
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  try {
    const sums = columns.map((column) => `sum(hash("${column}"::varchar))::varchar`);
    const reader = await connection.runAndReadAll(
      `select count(*)::varchar, count(distinct (l_orderkey, l_linenumber))::varchar, ${sums.join(', ')} from ${from}`,
    );
    return reader.getRowsJson()[0];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const columns = lineitemColumns.map(({ name }) => name);

test.each([
  { format: 'csv', kills: 100, atOnce: 1 },
  { format: 'jsonl', kills: 100, atOnce: 1 },
  { format: 'csv', kills: 100, atOnce: 2 },
] as const)(
  'a load of $format that is killed $kills times, with $atOnce at once, holds each row once',
  async ({ format, kills, atOnce }) => {
    await using folder = await tempFolder();
    const file = join(folder.path, `lineitem.${format}`);
    await writeLineitem(file, { format, rows });
    const database = join(folder.path, 'crash.duckdb');
    const report = await crashLoop({
      command: process.execPath,
      args: [
        command,
        'copy',
        file,
        `duckdb:${database}`,
        '--table',
        'lineitem',
        '--commit-bytes',
        '1MiB',
        '--verbose',
      ],
      cwd: folder.path,
      env: { FAIRLEAD_STATE: join(folder.path, 'state') },
      kills,
      seed: kills + atOnce + format.length,
      minMs: 150,
      maxMs: 1_000,
      progress: /committed/,
      atOnce,
      // Refused, because the other one runs.
      exits: [0, 4],
    });
    expect(report.kills).toBeGreaterThanOrEqual(kills);

    const reader = format === 'csv' ? 'read_csv' : 'read_json';
    const expected = await contentOf(':memory:', `${reader}('${file}')`, columns);
    expect(await contentOf(database, 'lineitem', columns)).toEqual(expected);
    expect(expected?.slice(0, 2)).toEqual([String(rows), String(rows)]);
  },
  600_000,
);
