import type { Table } from '@fairlead/sdk';
import { testMaterialization } from '@fairlead/testkit/suites';
import { duckdb } from './materialization.ts';
import type { Resource } from './settings.ts';
import { readRows, testDatabase } from './test-database.ts';

testMaterialization({
  materialization: duckdb,
  // Hosts alter a table before they store what its columns do not allow.
  trusting: true,
  async prepare() {
    const database = await testDatabase();
    return {
      settings: { path: database.path },
      readTable: (table: Table) => readRows(database, table as Table<Resource>),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  },
  wrong: [
    { what: 'a folder that does not exist', settings: { path: '/no/such/folder/a.duckdb' } },
    { what: 'a folder for a file', settings: { path: '/' } },
  ],
});
