import { DuckDBInstance } from '@duckdb/node-api';

/** What a query of a DuckDB file answers. */
export async function duckdbRows(path: string, sql: string): Promise<readonly unknown[][]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    return reader.getRows();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
