import { DuckDBInstance } from '@duckdb/node-api';

/** The rows that a query finds in a database file of DuckDB, which nobody has open; values as in JSON, large numbers as texts. */
export async function rowsOf(file: string, sql: string): Promise<unknown> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
