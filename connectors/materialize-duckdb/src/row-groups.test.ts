import { Op, encodeDocuments } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { tableOf, testDatabase, type TestDatabase } from './test-database.ts';

const table = tableOf({ 'id!': { type: 'integer' } });
const idsFrom = (first: number) => Array.from({ length: 3000 }, (_, i) => ({ id: first + i }));

/** Of `t`, as far as they are in the file. */
async function rowGroups(database: TestDatabase): Promise<number> {
  const [[count] = []] = await database.rows(
    "SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('t') WHERE persistent",
  );
  return Number(count);
}

test('row groups that are not full are joined once rows were deleted, and not before', async () => {
  await using database = await testDatabase({ advanced: { rowGroupSize: 2048 } });
  for (let commit = 0; commit < 6; commit++) {
    await database.write([table], async (writer) => {
      await writer.store(0, encodeDocuments(idsFrom(3000 * commit), Op.insert));
      await writer.commit(String(commit));
    });
  }
  const apart = await rowGroups(database);
  expect(apart).toBe(12);
  await database.write([table], async (writer) => {
    await writer.store(0, encodeDocuments([{ id: 0 }, { id: 3000 }], Op.delete));
    await writer.commit('deleted');
  });
  expect(await rowGroups(database)).toBeLessThan(apart);
  expect(await database.rows('SELECT count(*), count(DISTINCT id) FROM t')).toEqual([
    ['17998', '17998'],
  ]);
});
