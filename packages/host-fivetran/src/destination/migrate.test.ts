import type { MessageInitShape } from '@bufbuild/protobuf';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Column, DataType } from '../protocol/common.gen.ts';
import {
  DestinationConnector,
  type MigrationDetailsSchema,
  TableSyncModeMigrationType,
} from '../protocol/destination_sdk.gen.ts';
import {
  column,
  historyColumns,
  syncedColumn,
  testDestination,
  type TestDestination,
} from './testing/test-destination.ts';
import { type Row, writeRows } from './testing/write-rows.ts';

const { method } = DestinationConnector;
const schemaName = 'm';
const success = { case: 'success', value: true };
const deletedColumn = column('_fivetran_deleted', DataType.BOOLEAN);
const own = [column('id!', DataType.INT), column('name', DataType.STRING)];
const at = (second: number) => new Date(second * 1000).toISOString();
const end = '9999-12-31T23:59:59.999Z';

let destination: TestDestination;
let name: string;
let count = 0;
beforeAll(async () => {
  destination = await testDestination();
});
afterAll(() => destination[Symbol.asyncDispose]());
beforeEach(() => {
  name = `t${count++}`;
});

type Operation = NonNullable<MessageInitShape<typeof MigrationDetailsSchema>['operation']>;

/** Migrates twice, as after an answer that was lost: both times must succeed, and leave the same. */
async function migrate(operation: Operation) {
  const { configuration, call } = destination;
  const details = { schema: schemaName, table: name, operation };
  const responses = [];
  for (let times = 0; times < 2; times++) {
    responses.push((await call(method.migrate, { configuration, details })).response);
  }
  return responses;
}

const twice = [success, success];

async function create(columns: readonly Column[], rows: readonly Row[]) {
  const { configuration, call } = destination;
  const table = { name, columns: [...columns] };
  await call(method.createTable, { configuration, schemaName, table });
  const response = await writeRows(destination, { schemaName, table }, { replace: rows });
  expect(response).toEqual(success);
}

/** The rows of a table without when they were synced, times as seconds after 1970. */
async function rowsOf(table = name) {
  return await destination.query(
    `SELECT * EXCLUDE (_fivetran_synced) REPLACE (${await timesOf(table)}) FROM m."${table}" ORDER BY ALL`,
  );
}

async function timesOf(table: string) {
  const found = await destination.query(
    `SELECT column_name FROM duckdb_columns() WHERE table_name = '${table}' AND data_type LIKE 'TIMESTAMP%' AND column_name <> '_fivetran_synced'`,
  );
  const times = found.map(([time]) => {
    const quoted = `"${String(time)}"`;
    return `CASE WHEN year(${quoted}) > 9000 THEN 'max' WHEN year(${quoted}) = 1 THEN 'min' ELSE CAST(epoch(${quoted}) AS VARCHAR) END AS ${quoted}`;
  });
  return times.length === 0 ? 'id AS id' : times.join(', ');
}

async function keyOf(tableName = name) {
  const { configuration, call } = destination;
  const { response } = await call(method.describeTable, { configuration, schemaName, tableName });
  if (response.case !== 'table') return response;
  return response.value.columns
    .filter(({ primaryKey }) => primaryKey)
    .map((keyColumn) => keyColumn.name);
}

const twoRows = [
  { id: '1', name: 'a', _fivetran_synced: at(10) },
  { id: '2', name: null, _fivetran_synced: at(20) },
];

test('a table is copied with its rows and key, renamed and dropped', async () => {
  await create([...own, syncedColumn], twoRows);
  const copyTable = { fromTable: name, toTable: `${name}_copy` };
  expect(
    await migrate({ case: 'copy', value: { entity: { case: 'copyTable', value: copyTable } } }),
  ).toEqual(twice);
  const rows = [
    [1, 'a'],
    [2, null],
  ];
  expect(await rowsOf(`${name}_copy`)).toEqual(rows);
  expect(await keyOf(`${name}_copy`)).toEqual(['id']);

  const renameTable = { fromTable: `${name}_copy`, toTable: `${name}_new` };
  expect(
    await migrate({
      case: 'rename',
      value: { entity: { case: 'renameTable', value: renameTable } },
    }),
  ).toEqual(twice);
  expect(await rowsOf(`${name}_new`)).toEqual(rows);
  expect(await keyOf(`${name}_new`)).toEqual(['id']);
  expect(await keyOf(`${name}_copy`)).toEqual({ case: 'notFound', value: true });

  expect(
    await migrate({ case: 'drop', value: { entity: { case: 'dropTable', value: true } } }),
  ).toEqual(twice);
  expect(await keyOf()).toEqual({ case: 'notFound', value: true });
});

test('a table that is copied to itself stays', async () => {
  await create([...own, syncedColumn], twoRows);
  const copyTable = { fromTable: name, toTable: name };
  const [response] = await migrate({
    case: 'copy',
    value: { entity: { case: 'copyTable', value: copyTable } },
  });
  expect(response).toMatchObject({ case: 'task' });
  expect(await rowsOf()).toHaveLength(2);
});

test('a column is copied, renamed, added with a value, and set', async () => {
  await create([...own, syncedColumn], twoRows);
  const copyColumn = { fromColumn: 'name', toColumn: 'copied' };
  expect(
    await migrate({ case: 'copy', value: { entity: { case: 'copyColumn', value: copyColumn } } }),
  ).toEqual(twice);
  const renameColumn = { fromColumn: 'id', toColumn: 'number' };
  expect(
    await migrate({
      case: 'rename',
      value: { entity: { case: 'renameColumn', value: renameColumn } },
    }),
  ).toEqual(twice);
  expect(await keyOf()).toEqual(['number']);
  const added = { column: 'price', columnType: DataType.DECIMAL, defaultValue: '1.25' };
  expect(
    await migrate({
      case: 'add',
      value: { entity: { case: 'addColumnWithDefaultValue', value: added } },
    }),
  ).toEqual(twice);
  expect(
    await migrate({ case: 'updateColumnValue', value: { column: 'name', value: "it's" } }),
  ).toEqual(twice);
  const select = `SELECT number, name, copied, CAST(price AS DOUBLE) FROM m.${name} ORDER BY 1`;
  expect(await destination.query(select)).toEqual([
    [1, "it's", 'a', 1.25],
    [2, "it's", null, 1.25],
  ]);
  expect(
    await migrate({ case: 'updateColumnValue', value: { column: 'price', value: 'NULL' } }),
  ).toEqual(twice);
  expect(await destination.query(`SELECT count(price) FROM m.${name}`)).toEqual([['0']]);
});

const history = [...own, syncedColumn, ...historyColumns];
const threeVersions = [
  ['1', 'a', 1, 4],
  ['1', 'b', 5, undefined],
  ['2', null, 2, undefined],
  ['3', 'gone', 3, 6],
].map(([id, text, start, over]) => ({
  id: String(id),
  name: text === null ? null : String(text),
  _fivetran_synced: at(50),
  _fivetran_start: at(Number(start)),
  _fivetran_end: over === undefined ? end : at(Number(over)),
  _fivetran_active: String(over === undefined),
}));

test('a column that is added in history mode has its value in new versions', async () => {
  await create(history, threeVersions);
  const value = {
    column: 'size',
    columnType: DataType.INT,
    defaultValue: '7',
    operationTimestamp: at(9),
  };
  expect(
    await migrate({ case: 'add', value: { entity: { case: 'addColumnInHistoryMode', value } } }),
  ).toEqual(twice);
  expect(await rowsOf()).toEqual([
    [1, 'a', '1.0', '4.0', false, null],
    [1, 'b', '5.0', '8.999', false, null],
    [1, 'b', '9.0', 'max', true, 7],
    [2, null, '2.0', '8.999', false, null],
    [2, null, '9.0', 'max', true, 7],
    [3, 'gone', '3.0', '6.0', false, null],
  ]);
  const late = { ...value, operationTimestamp: at(8) };
  const [response] = await migrate({
    case: 'add',
    value: { entity: { case: 'addColumnInHistoryMode', value: late } },
  });
  expect(response).toMatchObject({
    case: 'task',
    value: { message: expect.stringContaining('begin after') },
  });
});

test('a column that is dropped in history mode has no value in new versions', async () => {
  await create(history, threeVersions);
  const value = { column: 'name', operationTimestamp: at(9) };
  expect(
    await migrate({ case: 'drop', value: { entity: { case: 'dropColumnInHistoryMode', value } } }),
  ).toEqual(twice);
  expect(await rowsOf()).toEqual([
    [1, 'a', '1.0', '4.0', false],
    [1, 'b', '5.0', '8.999', false],
    [1, null, '9.0', 'max', true],
    [2, null, '2.0', 'max', true],
    [3, 'gone', '3.0', '6.0', false],
  ]);
});

const mode = (type: TableSyncModeMigrationType, more: object = {}) =>
  migrate({ case: 'tableSyncModeMigration', value: { type, ...more } });

const marked = [
  { ...twoRows[0], _fivetran_deleted: 'false' },
  { ...twoRows[1], _fivetran_deleted: 'true' },
  { id: '3', name: 'c', _fivetran_synced: at(15), _fivetran_deleted: null },
] as readonly Row[];

test('soft deletes become history', async () => {
  await create([...own, deletedColumn, syncedColumn], marked);
  const more = { softDeletedColumn: '_fivetran_deleted' };
  expect(await mode(TableSyncModeMigrationType.SOFT_DELETE_TO_HISTORY, more)).toEqual(twice);
  expect(await rowsOf()).toEqual([
    [1, 'a', '20.0', 'max', true],
    [2, null, 'min', 'min', false],
    [3, 'c', '20.0', 'max', true],
  ]);
  expect(await keyOf()).toEqual(['id', '_fivetran_start']);
});

test('a copy becomes history, and the table stays', async () => {
  await create([...own, deletedColumn, syncedColumn], marked);
  const value = { fromTable: name, toTable: `${name}_h`, softDeletedColumn: '_fivetran_deleted' };
  expect(
    await migrate({ case: 'copy', value: { entity: { case: 'copyTableToHistoryMode', value } } }),
  ).toEqual(twice);
  expect(await rowsOf(`${name}_h`)).toHaveLength(3);
  expect(await keyOf(`${name}_h`)).toEqual(['id', '_fivetran_start']);
  expect(await keyOf()).toEqual(['id']);
});

test('history becomes soft deletes', async () => {
  await create(history, threeVersions);
  const more = { softDeletedColumn: '_fivetran_deleted' };
  expect(await mode(TableSyncModeMigrationType.HISTORY_TO_SOFT_DELETE, more)).toEqual(twice);
  expect(await rowsOf()).toEqual([
    [1, 'b', false],
    [2, null, false],
    [3, 'gone', true],
  ]);
  expect(await keyOf()).toEqual(['id']);
});

test.each([
  { keepDeletedRows: false, ids: [[1], [2]] },
  { keepDeletedRows: true, ids: [[1], [2], [3]] },
])(
  'history becomes live rows, deleted ones kept: $keepDeletedRows',
  async ({ keepDeletedRows, ids }) => {
    await create(history, threeVersions);
    expect(await mode(TableSyncModeMigrationType.HISTORY_TO_LIVE, { keepDeletedRows })).toEqual(
      twice,
    );
    expect(await destination.query(`SELECT id FROM m.${name} ORDER BY id`)).toEqual(ids);
    expect(await keyOf()).toEqual(['id']);
  },
);

test('live rows become history', async () => {
  await create([...own, syncedColumn], twoRows);
  expect(await mode(TableSyncModeMigrationType.LIVE_TO_HISTORY)).toEqual(twice);
  expect(await rowsOf()).toEqual([
    [1, 'a', '20.0', 'max', true],
    [2, null, '20.0', 'max', true],
  ]);
});

test('live rows get a mark for deletes, and lose it', async () => {
  await create([...own, syncedColumn], twoRows);
  const more = { softDeletedColumn: '_fivetran_deleted' };
  expect(await mode(TableSyncModeMigrationType.LIVE_TO_SOFT_DELETE, more)).toEqual(twice);
  expect(await rowsOf()).toEqual([
    [1, 'a', false],
    [2, null, false],
  ]);
  await destination.execute(`UPDATE m.${name} SET _fivetran_deleted = true WHERE id = 2`);
  expect(await mode(TableSyncModeMigrationType.SOFT_DELETE_TO_LIVE, more)).toEqual(twice);
  expect(await rowsOf()).toEqual([[1, 'a']]);
});

test('tables without rows are migrated too', async () => {
  await create([...own, deletedColumn, syncedColumn], []);
  const more = { softDeletedColumn: '_fivetran_deleted' };
  expect(await mode(TableSyncModeMigrationType.SOFT_DELETE_TO_HISTORY, more)).toEqual(twice);
  const value = {
    column: 'size',
    columnType: DataType.INT,
    defaultValue: '7',
    operationTimestamp: at(9),
  };
  expect(
    await migrate({ case: 'add', value: { entity: { case: 'addColumnInHistoryMode', value } } }),
  ).toEqual(twice);
  expect(await mode(TableSyncModeMigrationType.HISTORY_TO_SOFT_DELETE, more)).toEqual(twice);
  expect(await rowsOf()).toEqual([]);
});

test('what is not known is not supported', async () => {
  const unsupported = { case: 'unsupported', value: true };
  expect(await migrate({ case: undefined })).toEqual([unsupported, unsupported]);
  expect(await mode(99 as TableSyncModeMigrationType)).toEqual([unsupported, unsupported]);
});

test('a table that is not there is a task', async () => {
  const [response] = await migrate({
    case: 'updateColumnValue',
    value: { column: 'name', value: '' },
  });
  expect(response).toMatchObject({
    case: 'task',
    value: {
      message: `table m.${name}: there is no such table. Was it dropped meanwhile? Re-sync it.`,
    },
  });
});
