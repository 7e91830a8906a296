import { Op, encodeDocuments } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { tableOf, testDatabase } from './test-database.ts';

const id = { type: 'integer' };
const table = tableOf({ 'id!': id, old: id });
const next = tableOf({ 'id!': id, new: id }, { resource: { table: 't_next' } });

test('a table takes the rows of another one, those that are staged included', async () => {
  await using database = await testDatabase();
  await database.write([table, next], async (writer) => {
    await writer.store(0, encodeDocuments([{ id: 1, old: 1 }], Op.insert));
    await writer.store(1, encodeDocuments([{ id: 2, new: 2 }], Op.insert));
    await writer.commit('1');
    await writer.store(0, encodeDocuments([{ id: 3, old: 3 }]));
    await writer.store(1, encodeDocuments([{ id: 2, new: 4 }]));
    await writer.replace?.(0, 1);
    await writer.commit('2');
    expect(await database.rows('SELECT * FROM t')).toEqual([['2', '4']]);
    expect(
      await database.rows("SELECT * FROM duckdb_tables() WHERE table_name = 't_next'"),
    ).toEqual([]);
    await expect(writer.store(0, encodeDocuments([{ id: 5 }]))).rejects.toThrow('was not altered');
  });
  await database.write([tableOf({ 'id!': id, new: id })], async (writer) => {
    await writer.store(0, encodeDocuments([{ id: 5, new: 5 }]));
    await writer.commit('3');
  });
  expect(await database.rows('SELECT * FROM t ORDER BY id')).toEqual([
    ['2', '4'],
    ['5', '5'],
  ]);
});

test('a replacement that is not committed did not happen', async () => {
  await using database = await testDatabase();
  await database.write([table, next], async (writer) => {
    await writer.store(0, encodeDocuments([{ id: 1, old: 1 }]));
    await writer.commit('1');
    await writer.store(1, encodeDocuments([{ id: 2, new: 2 }]));
    await writer.replace?.(0, 1);
  });
  expect(await database.rows('SELECT * FROM t')).toEqual([['1', '1']]);
  expect(await database.rows('SELECT * FROM t_next')).toEqual([]);
});

test('a table of another schema is refused', async () => {
  await using database = await testDatabase();
  const elsewhere = tableOf({ 'id!': id }, { resource: { table: 't', schema: 'other' } });
  await database.write([table, elsewhere], async (writer) => {
    await expect(writer.replace?.(0, 1)).rejects.toMatchObject({
      kind: 'config',
      message: 'the table other.t is in another schema',
    });
  });
});
