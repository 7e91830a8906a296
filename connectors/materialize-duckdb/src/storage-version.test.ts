import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { tableOf, testDatabase, type TestDatabase } from './test-database.ts';

const table = tableOf({ 'id!': { type: 'integer' } });

/** The format of the file, as DuckDB tells it. */
async function storageVersion(database: TestDatabase): Promise<unknown> {
  const [[tags] = []] = await database.rows(
    "SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal",
  );
  return tags;
}

test.each([
  [{}, 'v1.3.0+'],
  [{ advanced: { storageVersion: 'v1.0.0' } }, 'v1.0.0+'],
  [{ advanced: { storageVersion: 'v1.5.0' } }, 'v1.5.0+'],
])('a file that is created with %j can be read from %s on', async (settings, version) => {
  await using database = await testDatabase(settings);
  await database.write([table], async (writer) => void (await writer.commit('1')));
  expect(await storageVersion(database)).toBe(version);
});

test('a file that is there keeps its format', async () => {
  await using database = await testDatabase();
  const instance = await DuckDBInstance.create(database.path, {
    storage_compatibility_version: 'v1.0.0',
  });
  instance.closeSync();
  await database.write([table], async (writer) => void (await writer.commit('1')));
  expect(await storageVersion(database)).toBe('v1.0.0+');
});
