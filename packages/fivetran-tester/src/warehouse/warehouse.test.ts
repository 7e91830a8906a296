import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { testWarehouse } from '../testing/test-warehouse.ts';
import type { Cell, ColumnType, DataTypeName } from './column-type.ts';
import type { TableShape } from './table-shape.ts';
import { Warehouse } from './warehouse.ts';

test('writes rows with the columns that Fivetran adds', async () => {
  await using file = await testWarehouse();
  await file.warehouse.transaction((tables) =>
    tables.upsert(shape(), [
      [1n, 'a', null],
      [2n, 'b', 0.5],
    ]),
  );
  expect(await file.rows('orders')).toEqual([
    { id: '1', name: 'a', price: null, _fivetran_deleted: false },
    { id: '2', name: 'b', price: 0.5, _fivetran_deleted: false },
  ]);
  expect(await columnsOf(file.warehouse, 'orders')).toEqual([
    'id BIGINT NOT NULL',
    'name VARCHAR',
    'price DOUBLE',
    '_fivetran_synced TIMESTAMP WITH TIME ZONE',
    '_fivetran_deleted BOOLEAN',
  ]);
  expect(
    await file.warehouse.query(
      "SELECT constraint_column_names AS key FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY' AND schema_name = 'tester'",
    ),
  ).toEqual([{ key: ['id'] }]);
});

test('replaces a row as a whole, and takes the last of several', async () => {
  await using file = await testWarehouse();
  await file.warehouse.transaction(async (tables) => {
    await tables.upsert(shape(), [[1n, 'a', 1]]);
    await tables.upsert({ ...shape(), columns: shape().columns.slice(0, 2) }, [
      [1n, 'b'],
      [1n, 'c'],
    ]);
  });
  expect(await file.rows('orders')).toMatchObject([{ id: '1', name: 'c', price: null }]);
});

test('updates the columns given of rows that are there', async () => {
  await using file = await testWarehouse();
  const named = { ...shape(), columns: shape().columns.slice(0, 2) };
  const counts = await file.warehouse.transaction(async (tables) => {
    const before = await tables.update(named, [[1n, 'x']]);
    await tables.upsert(shape(), [
      [1n, 'a', 1],
      [2n, 'b', 2],
    ]);
    return [
      before,
      await tables.update(named, [
        [1n, 'x'],
        [1n, 'y'],
        [3n, 'z'],
      ]),
    ];
  });
  expect(counts).toEqual([0, 1]);
  expect(await file.rows('orders')).toMatchObject([
    { id: '1', name: 'y', price: 1 },
    { id: '2', name: 'b', price: 2 },
  ]);
});

test('marks deleted rows, which live again when they are sent again', async () => {
  await using file = await testWarehouse();
  const keys = { ...shape(), columns: shape().columns.slice(0, 1) };
  await file.warehouse.transaction(async (tables) => {
    await tables.upsert(shape(), [
      [1n, 'a', 1],
      [2n, 'b', 2],
      [3n, 'c', 3],
    ]);
    expect(await tables.delete(keys, [[1n], [2n], [9n]])).toBe(2);
    await tables.upsert(shape(), [[2n, 'again', 2]]);
    expect(await tables.delete(keys, [[3n]], { hard: true })).toBe(1);
  });
  expect(await file.rows('orders')).toMatchObject([
    { id: '1', name: 'a', _fivetran_deleted: true },
    { id: '2', name: 'again', _fivetran_deleted: false },
  ]);
  expect(await file.warehouse.counts()).toEqual([
    { schema: 'tester', table: 'orders', rows: 1, deleted: 1 },
  ]);
});

test('truncates what was written before, even within the same millisecond', async () => {
  await using file = await testWarehouse({ now: () => 1_700_000_000_000 });
  await file.warehouse.transaction(async (tables) => {
    expect(await tables.truncate({ table: 'orders' })).toBe(0);
    await tables.upsert(shape(), [
      [1n, 'a', 1],
      [2n, 'b', 2],
    ]);
    const before = tables.now();
    await tables.upsert(shape(), [[2n, 'b', 2]]);
    expect(await tables.truncate({ table: 'orders' }, { before })).toBe(1);
    expect(await tables.truncate({ table: 'orders' }, { before })).toBe(0);
    await tables.upsert({ ...shape(), table: 'gone' }, [[1n, 'a', 1]]);
    expect(await tables.truncate({ table: 'gone' }, { hard: true })).toBe(1);
  });
  expect(await file.rows('orders')).toMatchObject([
    { id: '1', _fivetran_deleted: true },
    { id: '2', _fivetran_deleted: false },
  ]);
  expect(await file.rows('gone')).toEqual([]);
});

test('a table that is truncated can get another column in the same transaction', async () => {
  await using file = await testWarehouse();
  await file.warehouse.transaction((tables) => tables.upsert(shape(), [[1n, 'a', 1]]));
  const wider: TableShape = {
    ...shape(),
    columns: [...shape().columns, { name: 'note', type: { name: 'STRING' } }],
  };
  await file.warehouse.transaction(async (tables) => {
    await tables.truncate(shape(), { hard: true });
    await tables.upsert(wider, [[2n, 'b', 2, 'new']]);
  });
  expect(await file.rows('orders')).toMatchObject([{ id: '2', note: 'new' }]);
});

test('equal rows without a key are one, also when the table has got more columns', async () => {
  await using file = await testWarehouse();
  const keyless = { ...shape(), key: [] };
  await file.warehouse.transaction(async (tables) => {
    await tables.upsert(keyless, [
      [1n, 'a', 1],
      [1n, 'a', 1],
      [1n, 'b', null],
    ]);
    const wider = { ...keyless, columns: [...keyless.columns, column('more', 'STRING')] };
    await tables.upsert(wider, [
      [1n, 'a', 1, null],
      [1n, 'b', null, 'x'],
    ]);
  });
  const rows = await file.rows('orders');
  expect(rows.map(({ name, more }) => `${String(name)} ${String(more)}`).toSorted()).toEqual([
    'a null',
    'b null',
    'b x',
  ]);
  expect(new Set(rows.map((row) => row['_fivetran_id'])).size).toBe(3);
});

test('numbers rows without a key by batch, where asked to', async () => {
  await using file = await testWarehouse();
  const numbered: TableShape = { ...shape(), key: [], keyless: 'number', marksDeleted: false };
  await file.warehouse.transaction(async (tables) => {
    await tables.upsert(numbered, [
      [1n, 'a', 1],
      [1n, 'a', 1],
    ]);
    await tables.upsert(numbered, [[1n, 'a', 1]]);
  });
  await file.warehouse.transaction((tables) => tables.upsert(numbered, [[1n, 'a', 1]]));
  const rows = await file.rows('orders');
  expect(rows.map((row) => [row['_fivetran_batch'], row['_fivetran_index']])).toEqual([
    ['0', '0'],
    ['0', '1'],
    ['0', '2'],
    ['1', '0'],
  ]);
  expect(rows[0]).not.toHaveProperty('_fivetran_deleted');
});

test('rows and state are kept together, or not at all', async () => {
  await using file = await testWarehouse();
  await file.warehouse.transaction(async (tables) => {
    await tables.upsert(shape(), [[1n, 'a', 1]]);
    await tables.saveState('{"at":1}');
  });
  const failing = file.warehouse.transaction(async (tables) => {
    await tables.upsert({ ...shape(), columns: [...shape().columns, column('more', 'INT')] }, [
      [2n, 'b', 2, 3],
    ]);
    await tables.saveState('{"at":2}');
    throw new Error('stop');
  });
  await expect(failing).rejects.toThrow('stop');
  await file.reopen();
  expect(await file.warehouse.state()).toBe('{"at":1}');
  expect(await file.rows('orders')).toEqual([
    { id: '1', name: 'a', price: 1, _fivetran_deleted: false },
  ]);
});

const edges: readonly (readonly [
  DataTypeName | ColumnType,
  readonly Cell[],
  readonly unknown[],
])[] = [
  ['BOOLEAN', [true, false], [true, false]],
  ['SHORT', [-32768, 32767], [-32768, 32767]],
  ['INT', [-2147483648, 2147483647], [-2147483648, 2147483647]],
  ['LONG', [-(2n ** 63n), 9007199254740993n, 7], ['-9223372036854775808', '9007199254740993', '7']],
  ['DECIMAL', ['105.340', '-0.5', '1e3'], ['105.340', '-0.500', '1000.000']],
  [
    { name: 'DECIMAL', precision: 10, scale: 2 },
    ['12345678901.5', '0.125'],
    ['12345678901.500', '0.125'],
  ],
  ['FLOAT', [10.5, null], [10.5, null]],
  ['DOUBLE', [1e-4, 1.7976931348623157e308], [1e-4, 1.7976931348623157e308]],
  [
    'NAIVE_DATE',
    ['2007-12-03', '0001-01-01', '9999-12-31'],
    ['2007-12-03', '0001-01-01', '9999-12-31'],
  ],
  ['NAIVE_DATETIME', ['1969-12-31T23:59:59.999999'], ['1969-12-31 23:59:59.999999']],
  [
    'UTC_DATETIME',
    ['2007-12-03T10:15:30.123456789Z', '2007-12-03T10:15:30+02:00'],
    ['2007-12-03 10:15:30.123456+00', '2007-12-03 08:15:30+00'],
  ],
  ['NAIVE_TIME', ['10:15:30'], ['10:15:30']],
  ['BINARY', [Uint8Array.of(0, 255, 65)], ['\\x00\\xFFA']],
  ['XML', ['<a/>'], ['<a/>']],
  ['STRING', ['a\0b'], ['a\0b']],
  ['STRING', ['', 'ä\n"\u{1F600}', "o'clock"], ['', 'ä\n"\u{1F600}', "o'clock"]],
  ['JSON', ['{"a":[1,null]}'], ['{"a":[1,null]}']],
];

test.each(edges)('keeps every %j', async (type, cells, expected) => {
  await using file = await testWarehouse();
  const columns = [column('n', 'INT'), column('v', type)];
  await file.warehouse.transaction((tables) =>
    tables.upsert(
      { table: 't', key: ['n'], columns },
      cells.map((cell, i) => [i, cell]),
    ),
  );
  expect((await file.rows('t')).map(({ v }) => v)).toEqual(expected);
});

test.each<readonly [DataTypeName, Cell]>([
  ['SHORT', 32768],
  ['INT', 0.5],
  ['LONG', 2n ** 63n],
  ['DOUBLE', 'x'],
  ['DECIMAL', 'x'],
  ['NAIVE_DATE', 'yesterday'],
  ['BINARY', 'text'],
])('a value that is no %s is refused without being told', async (type, cell) => {
  await using file = await testWarehouse();
  const columns = [column('n', 'INT'), column('v', type)];
  const written = file.warehouse.transaction((tables) =>
    tables.upsert({ table: 't', key: ['n'], columns }, [[1, cell]]),
  );
  await expect(written).rejects.toMatchObject({
    kind: 'data',
    where: expect.stringMatching(/table t/),
  });
  await expect(written).rejects.not.toThrow(/yesterday|32768/);
});

test('a row without its whole key is refused', async () => {
  await using file = await testWarehouse();
  const written = file.warehouse.transaction((tables) => tables.upsert(shape(), [[null, 'a', 1]]));
  await expect(written).rejects.toMatchObject({ kind: 'data', where: 'table orders: column id' });
});

test('names are those that Fivetran would give', async () => {
  await using file = await testWarehouse();
  const columns = [
    column('ID', 'INT'),
    column('order', 'STRING'),
    column('unitPrice é', 'INT'),
    column('2nd', 'INT'),
  ];
  await file.warehouse.transaction((tables) =>
    tables.upsert({ schema: 'Main', table: 'Order-Lines', key: ['ID'], columns }, [[1, 'a', 2, 3]]),
  );
  expect(
    await file.warehouse.query(
      'SELECT id, _order, unit_price_e, _2nd FROM tester_main.order_lines',
    ),
  ).toEqual([{ id: 1, _order: 'a', unit_price_e: 2, _2nd: 3 }]);
  const clash = file.warehouse.transaction((tables) =>
    tables.ensure({ table: 't', key: [], columns: [column('a b', 'INT'), column('a_b', 'INT')] }),
  );
  await expect(clash).rejects.toMatchObject({ kind: 'data', where: 'table t: column a_b' });
  const same = file.warehouse.transaction(async (tables) => {
    await tables.upsert({ ...shape(), table: 'T' }, [[1n, 'a', 1]]);
    await tables.upsert({ ...shape(), table: 't' }, [[1n, 'a', 1]]);
  });
  await expect(same).rejects.toMatchObject({ kind: 'data', where: 'table t' });
});

test('a schema may be called as the file is', async () => {
  await using file = await testWarehouse({ schema: 'warehouse' });
  await file.warehouse.transaction((tables) => tables.upsert(shape(), [[1n, 'a', 1]]));
  expect(await file.warehouse.counts()).toMatchObject([{ schema: 'warehouse', rows: 1 }]);
});

test('names stay as they are where asked to', async () => {
  await using file = await testWarehouse({ naming: 'SOURCE' });
  const columns = [column('order', 'INT'), column('Say "x"', 'INT')];
  await file.warehouse.transaction((tables) =>
    tables.upsert({ table: 'My Table', key: ['order'], columns }, [[1, 2]]),
  );
  expect(await file.warehouse.query('SELECT "order", "Say ""x""" FROM tester."My Table"')).toEqual([
    { order: 1, 'Say "x"': 2 },
  ]);
});

test('rows are written by many chunks', async () => {
  await using file = await testWarehouse();
  await file.warehouse.transaction(async (tables) => {
    for (let begin = 0; begin < 200_000; begin += 50_000) {
      const rows = Array.from({ length: 50_000 }, (_, i) => [begin + i, `row ${i}`, i / 2]);
      await tables.upsert(shape(), rows);
    }
  });
  expect(await file.warehouse.counts()).toMatchObject([{ rows: 200_000 }]);
});

test('a file that another process has open is busy, and that process is named', async () => {
  await using folder = await tempFolder();
  const path = folder.join('busy.db');
  const api = createRequire(import.meta.url).resolve('@duckdb/node-api');
  const script = `require(${JSON.stringify(api)}).DuckDBInstance.create(process.argv[1])
    .then((held) => { globalThis.held = held; console.log('open'); setInterval(() => {}, 1000); });`;
  const child = spawn(process.execPath, ['-e', script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    await expect(Warehouse.open(path)).rejects.toMatchObject({
      kind: 'transient',
      message: `the warehouse is in use by another process (PID ${child.pid})`,
      where: path,
    });
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});

test('a file that is something else is left alone', async () => {
  await using file = await testWarehouse();
  const path = `${file.path}.txt`;
  await writeFile(path, 'some text that is longer than the header of a database');
  await expect(Warehouse.open(path)).rejects.toMatchObject({ kind: 'config' });
  expect(await readFile(path, 'utf8')).toMatch(/^some text/);
});

function shape(): TableShape {
  return {
    table: 'orders',
    columns: [column('id', 'LONG'), column('name', 'STRING'), column('price', 'DOUBLE')],
    key: ['id'],
  };
}

function column(name: string, type: DataTypeName | ColumnType) {
  return { name, type: typeof type === 'string' ? { name: type } : type };
}

async function columnsOf(warehouse: Warehouse, table: string) {
  const found = await warehouse.query(
    `SELECT column_name || ' ' || data_type || if(is_nullable, '', ' NOT NULL') AS text FROM duckdb_columns()
     WHERE table_name = '${table}' ORDER BY column_index`,
  );
  return found.map(({ text }) => text);
}
