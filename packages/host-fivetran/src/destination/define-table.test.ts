import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Column, DataType } from '../protocol/common.gen.ts';
import { DestinationConnector } from '../protocol/destination_sdk.gen.ts';
import {
  column,
  syncedColumn,
  testDestination,
  type TestDestination,
} from './testing/test-destination.ts';
import { writeRows } from './testing/write-rows.ts';

const { method } = DestinationConnector;
const success = { case: 'success', value: true };
const schemaName = 'Shop "1"';
const time = (second: number, fraction = '000') => `2024-01-01T00:00:0${second}.${fraction}Z`;

let destination: TestDestination;
beforeAll(async () => {
  destination = await testDestination();
});
afterAll(() => destination[Symbol.asyncDispose]());

async function create(name: string, columns: readonly Column[]) {
  const { configuration, call } = destination;
  const table = { name, columns: [...columns] };
  return (await call(method.createTable, { configuration, schemaName, table })).response;
}

async function alter(name: string, columns: readonly Column[], dropColumns = false) {
  const { configuration, call } = destination;
  const request = {
    configuration,
    schemaName,
    table: { name, columns: [...columns] },
    dropColumns,
  };
  return (await call(method.alterTable, request)).response;
}

async function described(tableName: string) {
  const { configuration, call } = destination;
  const { response } = await call(method.describeTable, { configuration, schemaName, tableName });
  if (response.case !== 'table') return response;
  return response.value.columns.map(({ name, type, primaryKey }) => [name, type, primaryKey]);
}

test('a table that is not there is not found', async () => {
  expect(await described('nothing')).toEqual({ case: 'notFound', value: true });
});

test('names stay as they are given', async () => {
  const name = 'Select * FROM "Tables"; --';
  const columns = [column('Order!', DataType.INT), column(`it's "x", é\\`, DataType.STRING)];
  expect(await create(name, columns)).toEqual(success);
  expect(await described(name)).toEqual([
    ['Order', DataType.INT, true],
    [`it's "x", é\\`, DataType.STRING, false],
  ]);
  const written = { schemaName, table: { name, columns } };
  const rows = { replace: [{ Order: '1', [`it's "x", é\\`]: 'a' }] };
  expect(await writeRows(destination, written, rows)).toEqual(success);
});

test('a table that is there is not created again, but an empty one of the same columns may be', async () => {
  const columns = [column('id!', DataType.INT), syncedColumn];
  expect(await create('twice', columns)).toEqual(success);
  expect(await create('twice', columns)).toEqual(success);
  const other = await create('twice', [column('id!', DataType.LONG), syncedColumn]);
  expect(other).toMatchObject({
    case: 'task',
    value: { message: expect.stringContaining('there is a table of that name already') },
  });
  await destination.execute('INSERT INTO "Shop ""1"""."twice" VALUES (1, now())');
  expect(await create('twice', columns)).toMatchObject({ case: 'task' });
});

test('columns are added, types changed with their values, and the key', async () => {
  const columns = [
    column('id!', DataType.INT),
    column('amount', DataType.INT),
    column('when', DataType.UTC_DATETIME),
    column('data', DataType.BINARY),
  ];
  await create('altered', columns);
  const table = { name: 'altered', columns };
  await writeRows(
    destination,
    { schemaName, table },
    {
      replace: [{ id: '1', amount: '5', when: time(1, '5'), data: 'AP8=' }, { id: '2' }],
    },
  );
  const wanted = [
    column('id!', DataType.STRING),
    column('amount', DataType.DECIMAL, {
      params: { case: 'decimal', value: { precision: 10, scale: 2 } },
    } as Column['params']),
    column('when!', DataType.STRING),
    column('data', DataType.STRING),
    column('more', DataType.JSON),
  ];
  expect(await alter('altered', wanted)).toEqual(success);
  expect(await described('altered')).toEqual(
    wanted.map(({ name, type, primaryKey }) => [name, type, primaryKey]),
  );
  expect(await destination.query('SELECT * FROM "Shop ""1"""."altered" ORDER BY id')).toEqual([
    ['1', '5.00', '2024-01-01T00:00:01.500000Z', 'AP8=', null],
    ['2', null, null, null, null],
  ]);
  // Once more, as after an answer that was lost.
  expect(await alter('altered', wanted)).toEqual(success);
});

test.each([
  { from: DataType.SHORT, to: DataType.INT, value: '-7', becomes: '-7' },
  { from: DataType.INT, to: DataType.LONG, value: '7', becomes: '7' },
  { from: DataType.LONG, to: DataType.DOUBLE, value: '7', becomes: '7.0' },
  { from: DataType.FLOAT, to: DataType.DOUBLE, value: '0.1', becomes: '0.1' },
  { from: DataType.DOUBLE, to: DataType.STRING, value: '1.5', becomes: '1.5' },
  { from: DataType.DOUBLE, to: DataType.LONG, value: '3.0', becomes: '3' },
  {
    from: DataType.LONG,
    to: DataType.STRING,
    value: '9007199254740993',
    becomes: '9007199254740993',
  },
  { from: DataType.BOOLEAN, to: DataType.STRING, value: 'true', becomes: 'true' },
  { from: DataType.BOOLEAN, to: DataType.JSON, value: 'false', becomes: 'false' },
  {
    from: DataType.NAIVE_DATE,
    to: DataType.NAIVE_DATETIME,
    value: '2024-02-29',
    becomes: '2024-02-29 00:00:00',
  },
  {
    from: DataType.NAIVE_DATETIME,
    to: DataType.UTC_DATETIME,
    value: '2024-02-29T01:02:03',
    becomes: '2024-02-29 01:02:03+00',
  },
  {
    from: DataType.NAIVE_DATETIME,
    to: DataType.STRING,
    value: '2024-02-29T01:02:03',
    becomes: '2024-02-29T01:02:03.000000',
  },
  { from: DataType.NAIVE_TIME, to: DataType.STRING, value: '01:02:03', becomes: '01:02:03' },
  { from: DataType.JSON, to: DataType.STRING, value: '{"a":1}', becomes: '{"a":1}' },
  { from: DataType.STRING, to: DataType.JSON, value: 'plain', becomes: '"plain"' },
  { from: DataType.STRING, to: DataType.JSON, value: '[1]', becomes: '[1]' },
  { from: DataType.STRING, to: DataType.INT, value: '12', becomes: '12' },
  { from: DataType.STRING, to: DataType.XML, value: '<a/>', becomes: '<a/>' },
  { from: DataType.STRING, to: DataType.BINARY, value: 'AP8=', becomes: '\\x00\\xFF' },
])('type $from becomes $to with its values: $value', async ({ from, to, value, becomes }) => {
  const name = `retyped ${from} ${to} ${Buffer.from(value).toString('hex')}`;
  const columns = (type: DataType) => [column('id!', DataType.INT), column('v', type)];
  await create(name, columns(from));
  const table = { name, columns: columns(from) };
  const rows = { replace: [{ id: '1', v: value }, { id: '2' }] };
  expect(await writeRows(destination, { schemaName, table }, rows)).toEqual(success);
  expect(await alter(name, columns(to))).toEqual(success);
  expect(await described(name)).toEqual([
    ['id', DataType.INT, true],
    ['v', to, false],
  ]);
  const found = await destination.query(
    `SELECT CAST(v AS VARCHAR) FROM "Shop ""1"""."${name}" ORDER BY id`,
  );
  expect(found).toEqual([[becomes], [null]]);
});

test('a type that does not hold the values is refused, and nothing has changed', async () => {
  const columns = [column('id!', DataType.INT), column('v', DataType.STRING)];
  await create('refused', columns);
  const rows = { replace: [{ id: '1', v: 'secret words' }] };
  await writeRows(destination, { schemaName, table: { name: 'refused', columns } }, rows);
  const wanted = [
    column('id!', DataType.INT),
    column('new', DataType.INT),
    column('v', DataType.INT),
  ];
  const response = await alter('refused', wanted);
  expect(response).toMatchObject({ case: 'task' });
  expect(JSON.stringify(response)).not.toContain('secret');
  expect(await described('refused')).toEqual([
    ['id', DataType.INT, true],
    ['v', DataType.STRING, false],
  ]);
});

test('columns go only when that is asked for', async () => {
  const columns = [
    column('id!', DataType.INT),
    column('a', DataType.STRING),
    column('b', DataType.STRING),
  ];
  await create('dropped', columns);
  const fewer = [column('id!', DataType.INT), column('b', DataType.STRING)];
  expect(await alter('dropped', fewer)).toEqual(success);
  expect(await described('dropped')).toHaveLength(3);
  expect(await alter('dropped', fewer, true)).toEqual(success);
  expect(await described('dropped')).toHaveLength(2);
});

test('a table without a type, and one that is not there, are tasks', async () => {
  expect(await create('typeless', [column('id', DataType.UNSPECIFIED)])).toMatchObject({
    case: 'task',
    value: { message: 'table typeless: column id: it has a type that is not known: 0' },
  });
  expect(await alter('missing', [column('id!', DataType.INT)])).toMatchObject({
    case: 'task',
    value: { message: expect.stringContaining('there is no such table') },
  });
});

test('rows that were synced before a time are deleted, or marked, to the millisecond', async () => {
  const { configuration, call } = destination;
  const columns = [
    column('id!', DataType.INT),
    column('_fivetran_deleted', DataType.BOOLEAN),
    syncedColumn,
  ];
  const table = { name: 'truncated', columns };
  await create('truncated', columns);
  await writeRows(
    destination,
    { schemaName, table },
    {
      replace: [
        { id: '1', _fivetran_deleted: 'false', _fivetran_synced: time(1, '122') },
        { id: '2', _fivetran_deleted: 'false', _fivetran_synced: time(1, '123') },
        { id: '3', _fivetran_deleted: 'false', _fivetran_synced: time(1, '124') },
      ],
    },
  );
  const request = {
    configuration,
    schemaName,
    tableName: 'truncated',
    syncedColumn: '_fivetran_synced',
    utcDeleteBefore: { seconds: BigInt(Date.parse(time(1)) / 1000), nanos: 123_000_000 },
  };
  const soft = { deletedColumn: '_fivetran_deleted' };
  const rows = () =>
    destination.query('SELECT id, _fivetran_deleted FROM "Shop ""1"""."truncated" ORDER BY id');
  expect((await call(method.truncate, { ...request, soft })).response).toEqual(success);
  expect(await rows()).toEqual([
    [1, true],
    [2, false],
    [3, false],
  ]);
  expect((await call(method.truncate, request)).response).toEqual(success);
  expect(await rows()).toEqual([
    [2, false],
    [3, false],
  ]);
  const missing = await call(method.truncate, { ...request, tableName: 'nothing' });
  expect(missing.response).toEqual(success);
});
