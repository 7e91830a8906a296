import { fileURLToPath } from 'node:url';
import type { Table } from '@fairlead/sdk';
import type { AirbyteDestinationSuite } from '@fairlead/testkit';
import { testAirbyteDestination } from '@fairlead/testkit/suites';
import { duckdb } from './index.ts';
import type { Resource } from './settings.ts';
import { readRows, testDatabase, type TestDatabase } from './test-database.ts';

const suite: Omit<AirbyteDestinationSuite, 'destination'> = {
  async prepare() {
    const database = await testDatabase();
    return {
      settings: { path: database.path },
      async readRows({ name, namespace }) {
        const schema = namespace ?? database.config.schema;
        const table = await tableIn(database, { schema, table: name });
        const rows = await readRows(database, table);
        return rows && rows.map(({ values }) => values);
      },
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  },
  wrong: [{ what: 'a folder for a file', settings: { path: '/' } }],
};

testAirbyteDestination({ destination: duckdb, ...suite });

const command = [fileURLToPath(new URL('../bin/materialize-duckdb.js', import.meta.url))];
// A process locks its file, so that there is none to fence out.
testAirbyteDestination({ destination: { command }, fences: false, ...suite });

/** A table with all the columns that it has. */
async function tableIn(database: TestDatabase, resource: Resource): Promise<Table<Resource>> {
  const found = await database.rows(
    `SELECT column_name FROM duckdb_columns() WHERE schema_name = '${resource.schema}' AND table_name = '${resource.table}'`,
  );
  const columns = found.map(([column]) => {
    const name = String(column);
    return { name, pointer: `/${name}`, schema: {}, key: false };
  });
  return { resource, columns, write: 'append', deletes: 'ignore' };
}
