import { duckdb } from '@fairlead/materialize-duckdb';
import { tempFolder } from '@fairlead/testkit';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import type { MaterializeResponse } from '../protocol/materialize-messages.ts';
import { connectInProcess, type Connection } from './connection.ts';
import { drive } from './drive.ts';
import {
  collections,
  expectedLog,
  expectedAccounts,
  makeTransactions,
  total,
} from './test-workload.ts';

const transactions = makeTransactions(6, 20);
const published = collections.map((wanted) => ({
  ...wanted,
  ...(wanted.fields === undefined ? {} : { fields: [...wanted.fields, 'flow_published_at'] }),
}));

test.each([
  ['json', false, collections],
  ['json', true, published],
  ['proto', true, collections],
  ['proto', true, published],
] as const)(
  'a DuckDB file has every document once: %s, packed: %s',
  async (codec, packed, wanted) => {
    await using folder = await tempFolder();
    const path = folder.join('test.duckdb');
    const loaded: string[] = [];
    const connect = () => listening(connectInProcess(duckdb, codec), loaded);
    const options = {
      connect,
      task: 'acmeCo/test',
      config: { path, hardDelete: true },
      collections: wanted,
      transactions,
      reduce: total,
      packed,
      perSession: 2,
    };
    const { actions, log } = await drive(options);
    expect(actions).toContain('CREATE TABLE');
    expect((await drive({ ...options, log })).actions).toBe('');
    expect(await texts(path, 'SELECT flow_document FROM accounts', documentText)).toEqual(
      expectedAccounts(transactions, total, true),
    );
    expect(await texts(path, `SELECT id || ' ' || seq FROM log`)).toEqual(
      expectedLog(transactions),
    );
    const dated = 'count(*) FILTER (CAST(flow_document->>\'at\' AS TIMESTAMPTZ) = "at") = count(*)';
    expect(await texts(path, `SELECT ${dated} FROM accounts`)).toEqual(['true']);
    expect(loaded.length).toBeGreaterThan(0);
    for (const at of loaded) expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    if (wanted !== published) return;
    const latest = await texts(
      path,
      'SELECT CAST(max(epoch(flow_published_at)) AS BIGINT) // 3600 FROM accounts',
    );
    expect(latest).toEqual(['5']);
  },
);

/** Notes the date-times of documents that are loaded. */
function listening(connection: Connection, loaded: string[]): Connection {
  return {
    send: (request) => connection.send(request),
    end: () => connection.end(),
    kill: () => connection.kill(),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
    async next() {
      const response: MaterializeResponse = await connection.next();
      if (response.is === 'loaded') {
        const text = Buffer.from(response.documents.bytes).toString('utf8');
        for (const line of text.trimEnd().split('\n')) {
          loaded.push((JSON.parse(line) as { at: string }).at);
        }
      }
      return response;
    },
  };
}

function documentText(text: string): string {
  const { id, balance, at, _meta } = JSON.parse(text) as Record<string, unknown>;
  return `${String(id)}: ${String(balance)}, ${String(at)}, ${JSON.stringify(_meta)}`;
}

async function texts(
  path: string,
  sql: string,
  describe: (text: string) => string = (text) => text,
): Promise<string[]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    return reader
      .getRows()
      .map(([text]) => describe(String(text)))
      .sort();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
