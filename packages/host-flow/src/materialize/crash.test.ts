import { buildProgram, randomFrom, tempFolder } from '@fairlead/testkit';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, test } from 'vitest';
import { spawnConnector, type Connection } from './connection.ts';
import { drive } from './drive.ts';
import {
  collections,
  expectedAccounts,
  expectedLog,
  makeTransactions,
  total,
} from './test-workload.ts';

/** In each codec; together a hundred unless the environment asks for others. */
const kills = Math.ceil(Number(process.env['FAIRLEAD_KILLS'] ?? 100) / 2);
const transactions = makeTransactions(kills, 12);
const program = await buildProgram(new URL('test-connector.ts', import.meta.url));
afterAll(() => program[Symbol.asyncDispose]());

test.concurrent.each(['json', 'proto'] as const)(
  `a materialization that is killed ${kills} times, spoken to in %s, has every document once`,
  async (codec) => {
    const [node, main] = program.command;
    await using folder = await tempFolder();
    const path = folder.join('crash.duckdb');
    const random = randomFrom(codec === 'json' ? 17 : 18);
    let running: Connection | undefined;
    let killed = 0;
    let left = Infinity;
    const { sessions } = await drive({
      connect: () => {
        left = random.integer(1, 25);
        running = spawnConnector(
          {
            command: node,
            args: [main, 'duckdb'],
          },
          codec,
        );
        return running;
      },
      task: 'acmeCo/crash',
      config: { path, hardDelete: true },
      collections,
      transactions,
      reduce: total,
      packed: codec === 'proto',
      restarts: kills,
      leavesLast: true,
      at: () => {
        if (killed >= kills || --left !== 0) return;
        killed++;
        const victim = running;
        setTimeout(() => victim?.kill(), random.integer(0, 12));
      },
    });
    expect(killed).toBe(kills);
    // Some of them may have been done just before.
    expect(sessions).toBeGreaterThan(kills / 2);
    const accounts = await texts(
      path,
      `SELECT id || ': ' || balance || ', ' || (flow_document->>'at') || ', ' || (flow_document->'_meta') FROM accounts
       WHERE CAST(flow_document->>'balance' AS BIGINT) = balance AND CAST(flow_document->>'at' AS TIMESTAMPTZ) = "at"`,
    );
    expect(accounts).toEqual(expectedAccounts(transactions, total, true));
    expect(await texts(path, `SELECT id || ' ' || seq FROM log`)).toEqual(
      expectedLog(transactions),
    );
  },
  60_000 + kills * 12_000,
);

async function texts(path: string, sql: string): Promise<string[]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    return reader
      .getRows()
      .map(([text]) => String(text))
      .sort();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
