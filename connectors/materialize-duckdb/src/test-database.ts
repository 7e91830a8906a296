import { decodeValue, Decimal } from '@fairlead/json';
import {
  parseSettings,
  silentLog,
  wholeRange,
  type Column,
  type Destination,
  type Documents,
  type Json,
  type Op,
  type Table,
  type Writer,
} from '@fairlead/sdk';
import { columnNames, deletedAtName, doubleQuoted } from '@fairlead/sql-materialize';
import { tempFolder, type TempFolder } from '@fairlead/testkit';
import { openDatabase } from './database.ts';
import { duckdbDialect } from './duckdb-dialect.ts';
import { duckdb } from './materialization.ts';
import { Session, type Cell } from './session.ts';
import type { Config, Resource } from './settings.ts';

/** A database file for a test, in a folder of its own. */
export interface TestDatabase extends AsyncDisposable {
  readonly folder: TempFolder;
  readonly path: string;
  readonly config: Config;
  connect(): Promise<Destination<Resource>>;
  /** Opens a writer, alters the tables, and closes all after `body`, whether that commits or not. */
  write(
    tables: readonly Table<Resource>[],
    body: (writer: Writer<Resource>) => Promise<void>,
  ): Promise<void>;
  rows(sql: string): Promise<readonly Cell[][]>;
  /** Runs statements as another program would. */
  run(...statements: readonly string[]): Promise<void>;
}

/** A file that does not exist yet. */
export async function testDatabase(
  settings: { readonly advanced?: Json; readonly schema?: string } = {},
): Promise<TestDatabase> {
  const folder = await tempFolder();
  const path = folder.join('test.duckdb');
  const config = parseSettings(duckdb.config, { path, ...settings }, 'test');
  const connect = () =>
    duckdb.connect({ config, signal: new AbortController().signal, log: silentLog });
  const withSession = async <Result>(body: (session: Session) => Promise<Result>) => {
    await using database = await openDatabase(config);
    database.keep();
    await using session = await Session.open(database);
    return await body(session);
  };
  return {
    folder,
    path,
    config,
    connect,
    async write(tables, body) {
      await using destination = await connect();
      await using writer = await destination.open({ task: 'test', range: wholeRange, tables });
      await writer.alter(tables);
      await body(writer);
    },
    rows: (sql) => withSession((session) => session.rows(sql)),
    run: (...statements) =>
      withSession(async (session) => {
        for (const statement of statements) await session.run(statement);
      }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Lines of JSON as documents. */
export function documentsOf(lines: readonly string[], op?: Op): Documents {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  let end = 0;
  const ends = Uint32Array.from(lines, (line) => (end += Buffer.byteLength(line) + 1));
  return op === undefined
    ? { bytes, ends }
    : { bytes, ends, ops: new Uint8Array(ends.length).fill(op) };
}

/** The JSON of documents. */
export function linesOf({ bytes }: Documents): string[] {
  return Buffer.from(bytes).toString().split('\n').slice(0, -1);
}

/** A table whose columns are top-level members, the key's names ending in `!`. */
export function tableOf(
  schemas: Readonly<Record<string, Column['schema']>>,
  options: Partial<Table<Resource>> = {},
): Table<Resource> {
  const columns = Object.entries(schemas).map(([name, schema]): Column => {
    const field = name.replace(/!$/, '');
    return { name: field, pointer: `/${field}`, schema, key: field !== name };
  });
  const write = columns.some(({ key }) => key) ? 'merge' : 'append';
  return { resource: { table: 't' }, columns, write, deletes: 'hard', ...options };
}

/** The rows of a table, by the names of the user; null when there is no such table. */
export async function readRows(
  database: Pick<TestDatabase, 'rows' | 'config'>,
  table: Table<Resource>,
): Promise<{ values: Record<string, unknown>; deleted: boolean }[] | null> {
  const { schema = database.config.schema, table: name } = table.resource;
  const target = `${doubleQuoted(schema)}.${doubleQuoted(name)}`;
  const found = await database.rows(
    `SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = '${schema}' AND table_name = '${name.replaceAll("'", "''")}'`,
  );
  if (found.length === 0) return null;
  const types = new Map(found.map(([column, type]) => [String(column), String(type)]));
  const soft = table.deletes === 'soft';
  const names = columnNames(
    table.columns.map((column) => column.name),
    duckdbDialect,
    soft ? [deletedAtName] : [],
  );
  const selected = names.map((column) =>
    types.has(column) ? `CAST(${doubleQuoted(column)} AS VARCHAR)` : 'NULL',
  );
  const rows = await database.rows(
    `SELECT ${[...selected, soft ? `${deletedAtName} IS NOT NULL` : 'false'].join(', ')} FROM ${target}`,
  );
  return rows.map((row) => ({
    deleted: row.at(-1) === true,
    values: Object.fromEntries(
      table.columns.map((column, i) => [
        column.name,
        decode(row[i] ?? null, types.get(names[i] ?? '') ?? ''),
      ]),
    ),
  }));
}

function decode(text: Cell, type: string): unknown {
  if (typeof text !== 'string') return text;
  if (type === 'BOOLEAN') return text === 'true';
  if (type === 'BIGINT' || type === 'HUGEINT') return BigInt(text);
  if (type === 'DOUBLE') return Number(text);
  if (type.startsWith('DECIMAL')) return new Decimal(text.replace(/^(-?)\./, '$10.'));
  return type === 'JSON' ? decodeValue(Buffer.from(text)) : text;
}
