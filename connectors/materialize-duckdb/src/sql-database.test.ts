import {
  Failure,
  parseSettings,
  silentLog,
  type Documents,
  type SqlColumn,
  type SqlDatabase,
} from '@fairlead/sdk';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { duckdb } from './materialization.ts';
import { openSqlDatabase } from './sql-database.ts';
import { documentsOf } from './test-database.ts';

interface TestSql extends AsyncDisposable {
  readonly database: SqlDatabase;
  readonly abort: AbortController;
}

async function testSql(advanced: Record<string, string> = {}): Promise<TestSql> {
  const folder = await tempFolder();
  const path = folder.join('shop.duckdb');
  const config = parseSettings(duckdb.config, { path, advanced }, 'test');
  const abort = new AbortController();
  const database = await openSqlDatabase({ config, signal: abort.signal, log: silentLog });
  return {
    database,
    abort,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function* batches(...all: readonly Documents[]): AsyncGenerator<Documents> {
  yield* all;
}

const columns: readonly SqlColumn[] = [
  { name: 'id', type: { is: 'long' }, key: true },
  { name: 'a "b"', type: { is: 'text' }, key: false },
  { name: 'doc', type: { is: 'xml' }, key: false },
];
const table = { schema: 'shop', table: 'orders' };

test('stages rows by number, with null where there is nothing', async () => {
  await using sql = await testSql();
  const rows = await sql.database.transaction(async (transaction) => {
    const first = documentsOf(['["1","x\\ny",null]', '["2"]']);
    const staged = await transaction.stage(
      'st',
      columns,
      batches(first, documentsOf(['["3",null]'])),
    );
    expect(staged).toBe(3);
    return await transaction.query('SELECT * FROM st ORDER BY fairlead_row');
  });
  expect(rows).toEqual([
    ['1', 'x\ny', null, '0'],
    ['2', null, null, '1'],
    ['3', null, null, '2'],
  ]);
});

test('stages nothing of no rows', async () => {
  await using sql = await testSql();
  const count = await sql.database.transaction((transaction) =>
    transaction.stage('st', columns, batches()),
  );
  expect(count).toBe(0);
});

test('names the column and the row of a text that is no value of its type', async () => {
  await using sql = await testSql();
  const staging = sql.database.transaction((transaction) =>
    transaction.stage('st', columns, batches(documentsOf(['["1"]']), documentsOf(['["one"]']))),
  );
  const error: unknown = await staging.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Failure);
  expect(error).toMatchObject({
    kind: 'data',
    where: 'column id',
    message: 'row 2 has a value that BIGINT cannot hold',
  });
});

test('tells of a table what it was made of, in a schema that is called like the file', async () => {
  await using sql = await testSql();
  const { database } = sql;
  const found = await database.transaction(async (transaction) => {
    expect(await transaction.describe(table)).toBeUndefined();
    for (const statement of database.dialect.createTable(table, columns)) {
      await transaction.execute(statement);
    }
    return await transaction.describe(table);
  });
  expect(found).toEqual(columns);
});

test('what throws changes nothing', async () => {
  await using sql = await testSql();
  const { database } = sql;
  const creating = database.transaction(async (transaction) => {
    for (const statement of database.dialect.createTable(table, columns)) {
      await transaction.execute(statement);
    }
    throw new Error('on purpose');
  });
  await expect(creating).rejects.toThrow('on purpose');
  expect(await database.transaction((transaction) => transaction.describe(table))).toBeUndefined();
});

test('an abort ends the statement that is running', async () => {
  await using sql = await testSql();
  const endless = sql.database.transaction(async (transaction) => {
    setTimeout(() => sql.abort.abort(new Error('enough')), 50);
    return await transaction.query('SELECT count(*) FROM range(1000000000000) a, range(1000000) b');
  });
  await expect(endless).rejects.toThrow('enough');
});

test('rows that are more than memory holds, and longer than it, are staged', async () => {
  await using sql = await testSql({ memoryLimit: '32MiB' });
  const long = 'x'.repeat(20 * 1024 * 1024);
  const many = Array.from({ length: 500 }, (_, id) => `["${id}",null,"${id}${'y'.repeat(1000)}"]`);
  async function* rows(): AsyncGenerator<Documents> {
    for (let turn = 0; turn < 120; turn++) yield documentsOf(many);
    yield documentsOf([`["0",null,"${long}"]`]);
  }
  const [found] = await sql.database.transaction(async (transaction) => {
    expect(await transaction.stage('st', columns, rows())).toBe(60_001);
    return await transaction.query('SELECT count(*), max(length(doc)) FROM st');
  });
  expect(found).toEqual(['60001', String(long.length)]);
});
