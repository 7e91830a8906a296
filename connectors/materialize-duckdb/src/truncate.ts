import {
  doubleQuoted as quote,
  quoteName,
  singleQuoted as literal,
  type TableName,
} from '@fairlead/sql-materialize';
import { duckdbDialect } from './duckdb-dialect.ts';
import type { Cell } from './session.ts';

/**
 * The statements that take all rows out of a table. A large one is made anew with what DuckDB knows of
 * it, unless it has an index, by which others may refer to it: a deletion takes 16 KiB for every 2048 rows
 * of which some are not there, as at the end of each row group that is not full, and more of that than
 * DuckDB's limit has room for is a failure.
 * @param rows runs a query.
 */
export async function truncateSql(
  name: TableName,
  rows: (sql: string) => Promise<readonly Cell[][]>,
): Promise<readonly string[]> {
  const target = quoteName(duckdbDialect, name);
  const ofTable = `database_name = current_database() AND schema_name = ${literal(name.schema)} AND table_name = ${literal(name.table)}`;
  const [[definition, comment] = []] = await rows(
    `SELECT sql, comment FROM duckdb_tables()
WHERE ${ofTable} AND estimated_size > ${fewRows} AND index_count = 0`,
  );
  if (typeof definition !== 'string' || !definition.startsWith(create)) {
    return [`DELETE FROM ${target}`];
  }
  const columns = await rows(
    `SELECT column_name, comment FROM duckdb_columns() WHERE ${ofTable} AND comment IS NOT NULL`,
  );
  return [
    `CREATE OR REPLACE TABLE ${definition.slice(create.length)}`,
    ...(comment === null ? [] : [`COMMENT ON TABLE ${target} IS ${literal(String(comment))}`]),
    ...columns.map(
      ([column, text]) =>
        `COMMENT ON COLUMN ${target}.${quote(String(column))} IS ${literal(String(text))}`,
    ),
  ];
}

const create = 'CREATE TABLE ';

const fewRows = 500_000;
