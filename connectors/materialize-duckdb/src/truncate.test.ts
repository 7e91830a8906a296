import { Op, encodeDocuments } from '@fairlead/sdk';
import { doubleQuoted } from '@fairlead/sql-materialize';
import { expect, test } from 'vitest';
import { tableOf, testDatabase } from './test-database.ts';

const columns = { 'id!': { type: 'integer' }, name: { type: 'string' } };
const options = { resource: { table: `it's "t"` } };
const table = tableOf(columns, options);
const target = doubleQuoted(options.resource.table);

const tablesOf = `SELECT schema_name, sql, comment, index_count FROM duckdb_tables() WHERE table_name = 'it''s "t"'`;
const columnsOf = `SELECT column_name, data_type, is_nullable, column_default, comment FROM duckdb_columns() WHERE table_name = 'it''s "t"'`;

test.each([
  { rows: 10, schema: 'main', index: false },
  { rows: 600_000, schema: 'main', index: false },
  { rows: 600_000, schema: `an "other"`, index: false },
  { rows: 600_000, schema: 'main', index: true },
])(
  'a table of $rows rows in $schema is empty afterwards, and else what it was (index: $index)',
  async ({ rows, schema, index }) => {
    await using database = await testDatabase({ schema });
    await database.write([table], async (writer) => void (await writer.commit('1')));
    const place = `${doubleQuoted(schema)}.${target}`;
    await database.run(
      `ALTER TABLE ${place} ADD COLUMN own VARCHAR DEFAULT 'x'`,
      `COMMENT ON TABLE ${place} IS 'it''s mine'`,
      `COMMENT ON COLUMN ${place}.name IS 'a "name"'`,
      `INSERT INTO ${place} BY NAME SELECT i AS id, 'n' AS name FROM range(${rows}) r(i)`,
      ...(index ? [`CREATE INDEX mine ON ${place} (own)`] : []),
    );
    const before = [await database.rows(tablesOf), await database.rows(columnsOf)];
    await database.write([table], async (writer) => {
      await writer.truncate(0);
      await writer.store(0, encodeDocuments([{ id: 5, name: 'new' }], Op.insert));
      await writer.commit('2');
    });
    expect(await database.rows(`SELECT * FROM ${place}`)).toEqual([['5', 'new', 'x']]);
    expect([await database.rows(tablesOf), await database.rows(columnsOf)]).toEqual(before);
  },
);

test('a large table that is truncated can get columns in the same transaction', async () => {
  await using database = await testDatabase();
  await database.write([table], async (writer) => void (await writer.commit('1')));
  await database.run(`INSERT INTO ${target} BY NAME SELECT i AS id FROM range(600000) r(i)`);
  const wider = tableOf({ ...columns, more: { type: 'integer' } }, options);
  await database.write([table], async (writer) => {
    await writer.truncate(0);
    await writer.store(0, encodeDocuments([{ id: 5, name: 'new' }], Op.insert));
    await writer.alter([wider]);
    await writer.store(0, encodeDocuments([{ id: 6, more: 1 }]));
    await writer.store(0, encodeDocuments([{ id: 5 }], Op.delete));
    await writer.commit('2');
  });
  expect(await database.rows(`SELECT id, name, more FROM ${target}`)).toEqual([['6', null, '1']]);
});

test('a large table whose truncation is not committed has its rows', async () => {
  await using database = await testDatabase();
  await database.write([table], async (writer) => void (await writer.commit('1')));
  await database.run(`INSERT INTO ${target} BY NAME SELECT i AS id FROM range(600000) r(i)`);
  await database.write([table], async (writer) => {
    await writer.truncate(0);
    await writer.store(0, encodeDocuments([{ id: 5 }], Op.insert));
  });
  expect(await database.rows(`SELECT count(*) FROM ${target}`)).toEqual([['600000']]);
});

test('a large table of many parts is truncated within the memory limit', async () => {
  const advanced = { memoryLimit: '32MiB', rowGroupSize: 2048 };
  await using database = await testDatabase({ advanced });
  await database.write([table], async (writer) => void (await writer.commit('1')));
  // Each leaves a row group that is not full.
  const insert = `INSERT INTO ${target} BY NAME SELECT i AS id FROM range(3000) r(i)`;
  await database.run(...Array.from({ length: 4_000 }, () => insert));
  await database.write([table], async (writer) => {
    await writer.truncate(0);
    await writer.commit('2');
  });
  expect(await database.rows(`SELECT count(*) FROM ${target}`)).toEqual([['0']]);
}, 120_000);
