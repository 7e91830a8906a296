import { stat, writeFile } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';

const tick = { rows: '3', streams: 'orders', token: 'tok-12345' };
const configured = (settings: object) => ({ 'configuration.json': JSON.stringify(settings) });

test('debug syncs a source into a warehouse for SQL, and goes on the next time', async () => {
  await using folder = await pipelineFolder(configured(tick));
  const at = { folder: folder.path };
  const first = await callCommand(['fivetran', 'debug', 'tick', '-q'], at);
  // How many there are depends on how fast it is.
  const stdout = first.stdout.replace(/^\d+ checkpoints/m, 'N checkpoints');
  expect({ ...first, stdout }).toEqual({
    exitCode: 0,
    stderr: '',
    stdout: `test Connecting with these settings: passed
test Reading from the first table: passed

sent    upserts  updates  deletes  truncates
orders        3        0        0          1

stored         rows  deleted
tester.orders     3        0

N checkpoints; the rows are in files/warehouse.db, the state in files/state.json
`,
  });
  const rows = 'SELECT id, name, _fivetran_deleted AS gone FROM tester.orders ORDER BY id';
  expect(await query(folder.join('files/warehouse.db'), rows)).toEqual([
    { id: '1', name: 'orders 1', gone: false },
    { id: '2', name: 'orders 2', gone: false },
    { id: '3', name: 'orders 3', gone: false },
  ]);
  await writeFile(folder.join('configuration.json'), JSON.stringify({ ...tick, rows: '5' }));
  const again = await callCommand(['fivetran', 'debug', 'tick', '-q', '--json'], at);
  expect(JSON.parse(again.stdout)).toMatchObject({
    operations: [{ table: 'orders', upserts: 2, truncates: 0 }],
    findings: [],
    tables: [{ schema: 'tester', table: 'orders', rows: 5, deleted: 0 }],
    warehouse: 'files/warehouse.db',
    state: 'files/state.json',
  });
  expect(again.stdout).not.toContain('tok-12345');
});

test('files are tables, whose columns follow what the files hold', async () => {
  await using folder = await pipelineFolder({
    ...configured({ paths: './data/*.csv' }),
    'data/Shop.csv': 'id,order,seen\n9007199254740993,5,2024-02-29T01:02:03.5Z\n2,6,\n',
  });
  const words = ['fivetran', 'debug', 'file', '-q', '--json'];
  const first = await callCommand(words, { folder: folder.path });
  expect(JSON.parse(first.stdout)).toMatchObject({ findings: [], warnings: [] });
  const shop = 'SELECT id, _order, seen FROM tester.shop WHERE NOT _fivetran_deleted ORDER BY id';
  expect(await query(folder.join('files/warehouse.db'), shop)).toEqual([
    { id: '2', _order: '6', seen: null },
    { id: '9007199254740993', _order: '5', seen: '2024-02-29 01:02:03.5+00' },
  ]);
  await writeFile(folder.join('data/Shop.csv'), 'id,order,seen,more\n1,many,never,0.5\n');
  const second = await callCommand(words, { folder: folder.path });
  expect(second).toMatchObject({ exitCode: 0, stderr: '' });
  const wider = shop.replace('seen FROM', 'seen, more FROM');
  expect(await query(folder.join('files/warehouse.db'), wider)).toEqual(
    expect.arrayContaining([{ id: '1', _order: 'many', seen: 'never', more: 0.5 }]),
  );
});

test('debug begins with another state and other names where it is told to', async () => {
  await using folder = await pipelineFolder({
    'own.json': JSON.stringify({ ...tick, streams: 'orders_old' }),
    'state.json': '{}',
  });
  const words = ['fivetran', 'debug', 'tick', '-q', '--json', '--configuration', 'own.json'];
  const more = ['--state', 'state.json', '--naming', 'SOURCE', '--schema-name', 'Mine'];
  const ended = await callCommand([...words, ...more], { folder: folder.path });
  expect(JSON.parse(ended.stdout)).toMatchObject({
    tables: [{ schema: 'Mine', table: 'orders_old', rows: 3 }],
  });
});

test('reset removes what debug has left, and nothing else', async () => {
  await using folder = await pipelineFolder({ ...configured(tick), 'files/notes.txt': 'mine' });
  const at = { folder: folder.path };
  await callCommand(['fivetran', 'debug', 'tick', '-q'], at);
  expect(await callCommand(['fivetran', 'reset'], at)).toEqual({
    exitCode: 0,
    stdout: 'removed files/warehouse.db\nremoved files/state.json\n',
    stderr: '',
  });
  expect(await folder.read('files/notes.txt')).toBe('mine');
  const again = await callCommand(['fivetran', 'reset', '--json'], at);
  expect(again.stdout).toBe('{"removed":[]}\n');
});

test('a form is filled in by asking, kept for its owner, and tested', async () => {
  await using folder = await pipelineFolder();
  const at = { folder: folder.path };
  const words = ['fivetran', 'configuration', 'tick', '-q'];
  expect(await callCommand(words, at)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('there is nobody to ask'),
  });
  const asked = await callCommand(words, { ...at, answer: '' });
  expect(asked).toMatchObject({ exitCode: 0, stdout: 'written to configuration.json\n' });
  expect(asked.stderr).toContain('Rows (Rows of each stream.; optional) [3]: ');
  expect(JSON.parse(await folder.read('configuration.json'))).toMatchObject({ rows: '3' });
  expect((await stat(folder.join('configuration.json'))).mode & 0o777).toBe(0o600);
  expect(await callCommand([...words, '--test'], at)).toEqual({
    exitCode: 0,
    stdout:
      'test Connecting with these settings: passed\ntest Reading from the first table: passed\n',
    stderr: '',
  });
});

test('what a test says is told without the secret, and ends with an exit code', async () => {
  const failing = { ...tick, fail: 'access' };
  await using folder = await pipelineFolder(configured(failing));
  const ended = await callCommand(['fivetran', 'debug', 'tick', '-q'], { folder: folder.path });
  expect(ended.exitCode).toBe(2);
  expect(ended.stdout).toContain('failed: the clock is out of reach');
  expect(ended.stderr).toContain('the clock is out of reach');
  expect(`${ended.stdout}${ended.stderr}`).not.toContain('tok-12345');
});

test.each([
  [{}, ['debug', 'tock'], 2, /no source connector "tock" is installed; did you mean "tick"/],
  [{}, ['debug', '127.0.0.1:1'], 4, /nothing listens at 127\.0\.0\.1:1/],
  [{}, ['debug', '127.0.0.1:70000'], 2, /there is no port 70000/],
  [{}, ['debug', 'tick', '--configuration', 'none.json'], 2, /there is no file none\.json/],
  [{ rows: 3 }, ['debug', 'tick'], 2, /configuration\.json, rows: the value is no text/],
  [{ row: '3' }, ['debug', 'tick'], 2, /the form has no row; did you mean rows\?/],
  [{ token: 'fivetran_encrypted:x' }, ['debug', 'tick'], 2, /encrypted by another tool/],
  [{}, ['debug', 'tick', '--state', 'configuration.json', '--naming', 'MINE'], 2, /naming/],
  [{}, ['test-destination', 'duckdb', '.'], 2, /there is no input file/],
  [{}, ['serve', 'tick', '--port', 'x'], 2, /--port/],
])('%j and %j end with %i', async (settings, words, exitCode, message) => {
  await using folder = await pipelineFolder(configured(settings));
  const ended = await callCommand(['fivetran', ...words], { folder: folder.path });
  expect(ended).toMatchObject({ exitCode, stdout: '' });
  expect(ended.stderr).toMatch(message);
});

test('a destination gets what the input files say', async () => {
  const at = (second: number) => `2024-01-01T00:00:0${second}Z`;
  const columns = { id: 'LONG', name: 'STRING', more: { type: 'DECIMAL', precision: 6, scale: 2 } };
  await using folder = await pipelineFolder({
    'duckdb.json': JSON.stringify({ path: 'shop.duckdb' }),
    'inputs/1.json': JSON.stringify({
      create_table: {
        orders: { columns, primary_key: ['id'] },
        versions: {
          columns: { id: 'INT', v: 'STRING' },
          primary_key: ['id'],
          history_mode: true,
        },
      },
      ops: [
        {
          upsert: {
            orders: [1, 2, 3].map((id) => ({ id, name: `line\n"${id}"`, more: 1.5 })),
            versions: [{ id: 1, v: 'a', op_time: at(1) }],
          },
        },
        { update: { orders: [{ id: 1, name: null }], versions: [{ id: 1, op_time: at(3) }] } },
        { soft_delete: { orders: [{ id: 2 }] } },
        { delete: { orders: [{ id: 3 }] } },
      ],
    }),
    'inputs/2.json': JSON.stringify({
      schema_migration: [
        { rename_column: { table: 'orders', from_column: 'more', to_column: 'price' } },
        { change_column_data_type: { table: 'orders', column: 'price', data_type: 'STRING' } },
      ],
    }),
  });
  const words = ['fivetran', 'test-destination', 'duckdb', 'inputs', '-q', '--json'];
  const options = ['--configuration', 'duckdb.json', '--schema-name', 'store'];
  for (const more of [[], ['--plain-text']]) {
    const ended = await callCommand([...words, ...options, ...more], { folder: folder.path });
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject({ findings: [], warnings: [] });
    const orders =
      'SELECT id, name, CAST(price AS DOUBLE) AS price, _fivetran_deleted AS gone FROM store.orders ORDER BY id';
    expect(await query(folder.join('shop.duckdb'), orders)).toEqual([
      { id: '1', name: null, price: 1.5, gone: false },
      { id: '2', name: 'line\n"2"', price: 1.5, gone: true },
    ]);
    const versions =
      'SELECT v, _fivetran_active AS active, second(_fivetran_end) AS until FROM store.versions ORDER BY _fivetran_start';
    expect(await query(folder.join('shop.duckdb'), versions)).toEqual([
      { v: 'a', active: false, until: '2' },
      { v: 'a', active: true, until: '59' },
    ]);
    await query(folder.join('shop.duckdb'), 'DROP SCHEMA store CASCADE');
  }
});

/** The connection is closed as well: a file that is still open would be opened twice. */
async function query(path: string, sql: string) {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
