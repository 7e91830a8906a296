import { Op, encodeDocuments } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { tableOf, testDatabase } from './test-database.ts';

const table = tableOf(
  { 'id!': { type: 'integer' }, name: { type: 'string' } },
  { resource: { table: `it's "t"` } },
);
const target = `"it's ""t"""`;

const tablesOf = `SELECT sql, comment, column_count FROM duckdb_tables() WHERE table_name = 'it''s "t"'`;
const columnsOf = `SELECT column_name, data_type, is_nullable, column_default, comment FROM duckdb_columns() WHERE table_name = 'it''s "t"'`;

test.each([
  { rows: 10, more: [] },
  { rows: 600_000, more: [] },
  { rows: 600_000, more: [`CREATE INDEX mine ON ${target} (own)`] },
  {
    rows: 600_000,
    more: [
      `CREATE TABLE other (id BIGINT PRIMARY KEY); CREATE TABLE "it's" (a BIGINT REFERENCES other (id))`,
    ],
  },
])(
  'a table of $rows rows is empty afterwards, and else what it was: $more',
  async ({ rows, more }) => {
    await using database = await testDatabase();
    await database.write([table], async (writer) => writer.commit('1').then(() => {}));
    await database.run(
      `ALTER TABLE ${target} ADD COLUMN own VARCHAR DEFAULT 'x'`,
      `COMMENT ON TABLE ${target} IS 'it''s mine'`,
      `COMMENT ON COLUMN ${target}.name IS 'a "name"'`,
      `INSERT INTO ${target} BY NAME SELECT i AS id, 'n' AS name FROM range(${rows}) r(i)`,
      ...more,
    );
    const before = [await database.rows(tablesOf), await database.rows(columnsOf)];
    await database.write([table], async (writer) => {
      await writer.truncate(0);
      await writer.store(0, encodeDocuments([{ id: 5, name: 'new' }], Op.insert));
      await writer.commit('2');
    });
    expect(await database.rows(`SELECT * FROM ${target}`)).toEqual([['5', 'new', 'x']]);
    expect([await database.rows(tablesOf), await database.rows(columnsOf)]).toEqual(before);
  },
);

test('a large table whose truncation is not committed has its rows', async () => {
  await using database = await testDatabase();
  await database.write([table], async (writer) => writer.commit('1').then(() => {}));
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
  await database.write([table], async (writer) => writer.commit('1').then(() => {}));
  // Each leaves a row group that is not full.
  const insert = `INSERT INTO ${target} BY NAME SELECT i AS id FROM range(3000) r(i)`;
  await database.run(...Array.from({ length: 4_000 }, () => insert));
  await database.write([table], async (writer) => {
    await writer.truncate(0);
    await writer.commit('2');
  });
  expect(await database.rows(`SELECT count(*) FROM ${target}`)).toEqual([['0']]);
}, 120_000);
