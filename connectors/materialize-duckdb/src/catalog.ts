import {
  singleQuoted,
  type ExistingColumn,
  type ExistingTable,
  type TableName,
} from '@fairlead/sql-materialize';
import { duckdbDialect } from './duckdb-dialect.ts';
import type { Session } from './session.ts';

/** What is in a database, as a session sees it. Upper and lower case of ASCII are the same. */
export interface Catalog {
  hasSchema(schema: string): boolean;
  /** Undefined when there is no such table. */
  table(name: TableName): ExistingTable | undefined;
  /** Whether there is a view of that name. */
  hasView(name: TableName): boolean;
}

/** The schemas of a database, and the tables of these names in it. */
export async function readCatalog(session: Session, names: readonly TableName[]): Promise<Catalog> {
  const schemas = await session.rows(
    'SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database()',
  );
  // `lower` takes more names for one than DuckDB's catalog, which is exact about letters past ASCII.
  const list = ["''", ...names.map(({ table }) => `lower(${singleQuoted(table)})`)].join(', ');
  const columns = await session.rows(
    `SELECT schema_name, table_name, column_name, data_type, is_nullable, column_default IS NOT NULL
FROM duckdb_columns()
WHERE database_name = current_database() AND lower(table_name) IN (${list})
ORDER BY table_oid, column_index`,
  );
  const views = await session.rows(
    `SELECT schema_name, view_name FROM duckdb_views()
WHERE database_name = current_database() AND lower(view_name) IN (${list})`,
  );
  const found = new Map<string, ExistingColumn[]>();
  for (const [schema, table, name, type, nullable, hasDefault] of columns) {
    const at = key(String(schema), String(table));
    const column = {
      name: String(name),
      type: String(type),
      nullable: nullable === true,
      hasDefault: hasDefault === true,
    };
    found.set(at, [...(found.get(at) ?? []), column]);
  }
  const schemaNames = new Set(schemas.map(([name]) => duckdbDialect.fold(String(name))));
  const viewNames = new Set(views.map(([schema, view]) => key(String(schema), String(view))));
  return {
    hasSchema: (schema) => schemaNames.has(duckdbDialect.fold(schema)),
    table({ schema, table }) {
      const tableColumns = found.get(key(schema, table));
      return tableColumns === undefined ? undefined : { columns: tableColumns };
    },
    hasView: ({ schema, table }) => viewNames.has(key(schema, table)),
  };
}

function key(schema: string, table: string): string {
  return `${duckdbDialect.fold(schema)}\t${duckdbDialect.fold(table)}`;
}
