import { testFlowMaterialization } from '@fairlead/testkit/suites';
import { duckdb } from './materialization.ts';
import { testDatabase } from './test-database.ts';

testFlowMaterialization({
  materialization: duckdb,
  maxStops: 8,
  async prepare() {
    const database = await testDatabase();
    return {
      settings: { path: database.path },
      async readTable(name) {
        const found = await database.rows(
          `SELECT 1 FROM duckdb_tables() WHERE table_name = '${name}'`,
        );
        if (found.length === 0) return null;
        const rows = await database.rows(`SELECT id, seq FROM "${name}"`);
        return rows.map(([id, seq]) => ({ id, seq }));
      },
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  },
  wrong: [{ what: 'a folder that does not exist', settings: { path: '/no/such/folder/a.duckdb' } }],
});
