import type { Materialization } from '@fairlead/sdk';
import { connect } from './destination.ts';
import { address, Config, Resource, resourceFor } from './settings.ts';
import { openSqlDatabase } from './sql-database.ts';

/** Tables in a DuckDB file. */
export const duckdb: Materialization<Config, Resource> = {
  name: 'materialize-duckdb',
  title: 'DuckDB',
  config: Config,
  resource: Resource,
  address,
  commits: 'in-destination',
  resourceFor,
  async check(scope) {
    await using _destination = await connect(scope);
  },
  connect,
  sql: openSqlDatabase,
};
