import {
  callFunction,
  type CheckedAnswer,
  ModelTables,
  sourceEndpoint,
} from '@fairlead/host-fivetran';
import { Decimal } from '@fairlead/json';
import { generatedStream, memorySource, randomFrom, tempFolder } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { Warehouse } from '../warehouse/warehouse.ts';
import { functionTables, type FunctionTablesOptions } from './function-tables.ts';

type Row = Readonly<Record<string, unknown>>;

interface Said {
  readonly insert?: readonly Row[];
  readonly delete?: readonly Row[];
  readonly key?: readonly string[];
  readonly soft?: boolean;
  readonly state?: unknown;
}

/** An answer about one table, `a`. */
function answerOf({
  insert,
  delete: deleted,
  key = ['id'],
  soft,
  state = {},
}: Said): CheckedAnswer {
  const of = (rows: readonly Row[] | undefined) =>
    new Map(rows === undefined ? [] : [['a', rows] as const]);
  return {
    state,
    insert: of(insert),
    delete: of(deleted),
    keys: new Map([['a', key]]),
    softDelete: soft === true ? ['a'] : [],
    hasMore: false,
  };
}

/** What is in table `a` after some answers. */
async function after(answers: readonly Said[], sql: string, options?: FunctionTablesOptions) {
  await using folder = await tempFolder();
  await using warehouse = await Warehouse.open(`${folder.path}/w.db`);
  const tables = functionTables(warehouse, options);
  for (const said of answers) await tables.apply(answerOf(said));
  return await warehouse.query(sql);
}

const columnsSql =
  "SELECT column_name AS name, data_type AS type FROM duckdb_columns() WHERE table_name = 'a' AND NOT starts_with(column_name, '_fivetran') AND column_name <> 'id' ORDER BY 1";

describe('the type of a column', () => {
  test.each<{ what: string; values: unknown[]; type: string; is: unknown[] }>([
    { what: 'booleans', values: [true, false], type: 'BOOLEAN', is: [true, false] },
    { what: 'small numbers', values: [1, -32_768], type: 'SMALLINT', is: [1, -32_768] },
    { what: 'numbers', values: [1, 32_768], type: 'INTEGER', is: [1, 32_768] },
    {
      what: 'large numbers',
      values: [1, 2n ** 63n - 1n],
      type: 'BIGINT',
      is: ['1', '9223372036854775807'],
    },
    {
      what: 'numbers beyond 64 bits',
      values: [1, 2n ** 64n],
      type: 'DECIMAL(20,0)',
      is: ['1', '18446744073709551616'],
    },
    { what: 'fractions', values: [1, 0.5], type: 'DOUBLE', is: [1, 0.5] },
    {
      what: 'a fraction, and a number that no double is',
      values: [0.5, 2n ** 53n + 1n],
      type: 'VARCHAR',
      is: ['0.5', '9007199254740993'],
    },
    {
      what: 'a fraction of many digits',
      values: [new Decimal('0.1000000000000000000001')],
      type: 'DECIMAL(23,22)',
      is: ['0.1000000000000000000001'],
    },
    { what: 'texts and numbers', values: ['x', 1], type: 'VARCHAR', is: ['x', '1'] },
    {
      what: 'objects and arrays',
      values: [{ a: [2n ** 64n] }, [null]],
      type: 'VARCHAR',
      is: ['{"a":[18446744073709551616]}', '[null]'],
    },
    { what: 'booleans and numbers', values: [true, 1], type: 'VARCHAR', is: ['true', '1'] },
  ])('of $what', async ({ values, type, is }) => {
    const together = [{ insert: values.map((v, id) => ({ id, v })) }];
    const apart = values.map((v, id) => ({ insert: [{ id, v }] }));
    for (const answers of [together, apart, apart.toReversed()]) {
      expect(await after(answers, columnsSql)).toEqual([{ name: 'v', type }]);
      const rows = await after(answers, 'SELECT v FROM tester.a ORDER BY id');
      expect(rows.map(({ v }) => v)).toEqual(is);
    }
  });

  test('is known with the first value that is not null', async () => {
    const answers = [{ insert: [{ id: 1, v: null }] }];
    expect(await after(answers, columnsSql)).toEqual([]);
    const more = [...answers, { insert: [{ id: 2, v: 'x' }] }];
    expect(await after(more, 'SELECT id, v FROM tester.a ORDER BY id')).toEqual([
      { id: 1, v: null },
      { id: 2, v: 'x' },
    ]);
  });
});

describe('a row', () => {
  test('replaces the one of its key as a whole', async () => {
    const answers = [
      { insert: [{ id: 1, a: 1, b: 1 }] },
      {
        insert: [
          { id: 1, a: 2 },
          { id: 1, a: 3 },
        ],
      },
    ];
    expect(await after(answers, 'SELECT id, a, b FROM tester.a')).toEqual([
      { id: 1, a: 3, b: null },
    ]);
  });

  test('without a key is added, and has numbers of its own', async () => {
    const insert = [{ v: 'x' }, { v: 'x' }];
    const sql =
      'SELECT _fivetran_batch::INT AS b, _fivetran_index::INT AS i, v FROM tester.a ORDER BY 1, 2';
    expect(
      await after(
        [
          { insert, key: [] },
          { insert, key: [] },
        ],
        sql,
      ),
    ).toEqual([
      { b: 0, i: 0, v: 'x' },
      { b: 0, i: 1, v: 'x' },
      { b: 1, i: 0, v: 'x' },
      { b: 1, i: 1, v: 'x' },
    ]);
  });

  test('that is deleted is removed; of a table that is not there, nothing happens', async () => {
    const answers = [
      { delete: [{ id: 9 }] },
      { insert: [{ id: 1 }, { id: 2 }] },
      { delete: [{ id: 1, other: 'x' }] },
    ];
    expect(await after(answers, 'SELECT * EXCLUDE _fivetran_synced FROM tester.a')).toEqual([
      { id: 2 },
    ]);
  });

  test('of a table under softDelete is marked unless it comes again', async () => {
    const answers = [
      { insert: [{ id: 1 }, { id: 2 }] },
      { insert: [{ id: 2 }, { id: 3 }], soft: true },
    ];
    const sql = 'SELECT id, coalesce(_fivetran_deleted, false) AS gone FROM tester.a ORDER BY id';
    expect(await after(answers, sql)).toEqual([
      { id: 1, gone: true },
      { id: 2, gone: false },
      { id: 3, gone: false },
    ]);
  });

  test('that is deleted is marked, where that is what softDelete means', async () => {
    const answers = [
      { insert: [{ id: 1 }, { id: 2 }, { id: 3 }] },
      { delete: [{ id: 1 }], soft: true },
      { delete: [{ id: 2 }] },
    ];
    const sql = 'SELECT id, coalesce(_fivetran_deleted, false) AS gone FROM tester.a ORDER BY id';
    expect(await after(answers, sql, { softDelete: 'marks deletes' })).toEqual([
      { id: 1, gone: true },
      { id: 3, gone: false },
    ]);
  });
});

test('rows and state of an answer are there together, or not at all', async () => {
  await using folder = await tempFolder();
  await using warehouse = await Warehouse.open(`${folder.path}/w.db`);
  const tables = functionTables(warehouse);
  await tables.apply(answerOf({ insert: [{ id: 1 }], state: { at: 12345678901234567890n } }));
  // Two columns that would have one name.
  const wrong = answerOf({ insert: [{ id: 2, x: 1, X: 2 }], state: { at: 2 } });
  await expect(tables.apply(wrong)).rejects.toMatchObject({ kind: 'data' });
  expect(await warehouse.state()).toBe('{"at":12345678901234567890}');
  expect(await warehouse.counts()).toMatchObject([{ table: 'a', rows: 1, deleted: 0 }]);
});

test('a sync of a source fills the tables', async () => {
  await using folder = await tempFolder();
  await using warehouse = await Warehouse.open(`${folder.path}/w.db`);
  const streams = ['orders', 'Customers'].map((name) =>
    generatedStream(name, { count: 5_000, batch: 500 }),
  );
  const endpoint = sourceEndpoint(memorySource({ streams }), {
    write: () => {},
    budget: { stopBytes: 400_000 },
  });
  const report = await callFunction(endpoint, functionTables(warehouse));
  expect(report).toMatchObject({ ended: 'caught-up', inserted: 10_000 });
  expect(await warehouse.counts()).toMatchObject([
    { table: 'customers', rows: 5_000 },
    { table: 'orders', rows: 5_000 },
  ]);
  const sums = await warehouse.query(
    'SELECT sum(id)::BIGINT AS ids, count(DISTINCT big) AS bigs FROM tester.orders',
  );
  expect(sums).toEqual([{ ids: String((4_999 * 5_000) / 2), bigs: '5000' }]);
});

/** A value as text, by which one that has become wider is the same. */
function plain(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  const text = String(value);
  const isNumber = text.trim() !== '' && Number.isFinite(Number(text));
  return isNumber ? String(Number(text)) : text;
}

test.each(Array.from({ length: 12 }, (_, seed) => seed))(
  'any answers come to what the model says (%i)',
  async (seed) => {
    const random = randomFrom(seed);
    const key = random.pick<readonly string[]>([['id'], ['id', 'part'], []]);
    await using folder = await tempFolder();
    await using warehouse = await Warehouse.open(`${folder.path}/w.db`);
    const [tables, model] = [functionTables(warehouse), new ModelTables()];
    const keyRow = () => ({ id: random.integer(0, 12), part: random.pick(['x', 'y']) });
    const value = () =>
      random.pick<unknown>([null, true, 7, 70_000, 5_000_000_000, 0.25, 'text', 2n ** 62n + 1n]);
    const row = () => {
      const columns = ['a', 'b', 'c', 'd'].filter(() => random.integer(0, 3) > 0);
      return { ...keyRow(), ...Object.fromEntries(columns.map((name) => [name, value()])) };
    };
    const some = <T>(make: () => T) => Array.from({ length: random.integer(0, 6) }, make);
    for (let turn = 0; turn < 12; turn++) {
      const answer = answerOf({
        key,
        insert: some(row),
        ...(key.length === 0 ? {} : { delete: some(keyRow) }),
        soft: random.integer(0, 5) === 0,
      });
      await tables.apply(answer);
      model.apply(answer);
      const names = ['id', 'part', 'a', 'b', 'c', 'd'];
      const known = await warehouse.query(
        "SELECT column_name AS name FROM duckdb_columns() WHERE table_name = 'a'",
      );
      if (known.length === 0) continue;
      const hasMarks = known.some(({ name }) => name === '_fivetran_deleted');
      const stored = await warehouse.query(
        `SELECT * FROM tester.a ${hasMarks ? 'WHERE _fivetran_deleted IS DISTINCT FROM true' : ''}`,
      );
      const told = (rows: readonly Row[]) =>
        rows.map((each) => names.map((name) => plain(each[name])).join()).toSorted();
      expect(told(stored)).toEqual(told(model.rowsOf('a')));
    }
  },
);
