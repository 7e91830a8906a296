import { create } from '@bufbuild/protobuf';
import { openChannel } from '@fairlead/grpc';
import { duckdb } from '@fairlead/materialize-duckdb';
import { parseSettings, silentLog, type SqlCell } from '@fairlead/sdk';
import { tempFolder, type TempFolder } from '@fairlead/testkit';
import { type Column, ColumnSchema, DataType } from '../../protocol/common.gen.ts';
import type { FileParams } from '../../protocol/destination_sdk.gen.ts';
import { type ProtocolClient, protocolClient } from '../../protocol/protocol-client.ts';
import { serveFivetranDestination } from '../run-destination.ts';
import { BatchFileWriter } from './batch-file-writer.ts';

/** A DuckDB file in a folder of its own, behind the service. */
export interface TestDestination extends AsyncDisposable {
  readonly folder: TempFolder;
  /** What every request has. */
  readonly configuration: Record<string, string>;
  readonly port: number;
  /** What the server has logged. */
  readonly log: readonly string[];
  readonly call: ProtocolClient['ask'];
  files(params?: Partial<FileParams>): BatchFileWriter;
  /** The rows of a query on the file itself. */
  query(sql: string): Promise<readonly (readonly SqlCell[])[]>;
  /** Makes changes to the file that the service knows nothing of. */
  execute(...statements: readonly string[]): Promise<void>;
}

export async function testDestination(): Promise<TestDestination> {
  const folder = await tempFolder();
  const log: string[] = [];
  const served = await serveFivetranDestination(duckdb, { write: (line) => void log.push(line) });
  const channel = openChannel({ host: served.host, port: served.port, tls: false });
  const configuration = { path: folder.join('test.duckdb') };
  return {
    folder,
    configuration,
    port: served.port,
    log,
    call: protocolClient(channel).ask,
    files: (params) => new BatchFileWriter(folder.path, params),
    query: (sql) => queryFile(configuration.path, sql),
    execute: (...statements) => executeInFile(configuration.path, statements),
    async [Symbol.asyncDispose]() {
      await channel.close();
      await served[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** The rows of a query on a DuckDB file. */
export async function queryFile(
  path: string,
  sql: string,
): Promise<readonly (readonly SqlCell[])[]> {
  await using database = await openFile(path);
  return await database.transaction((transaction) => transaction.query(sql));
}

async function executeInFile(path: string, statements: readonly string[]): Promise<void> {
  await using database = await openFile(path);
  await database.transaction(async (transaction) => {
    for (const statement of statements) await transaction.execute(statement);
  });
}

async function openFile(path: string) {
  const config = parseSettings(duckdb.config, { path }, 'test');
  const scope = { config, signal: new AbortController().signal, log: silentLog };
  const opened = duckdb.sql?.(scope);
  if (opened === undefined) throw new Error('DuckDB takes SQL');
  return await opened;
}

/** A column; the names of those of the key end in `!`. */
export function column(name: string, type: DataType, params?: Column['params']): Column {
  return create(ColumnSchema, {
    name: name.replace(/!$/, ''),
    type,
    primaryKey: name.endsWith('!'),
    ...(params === undefined ? {} : { params }),
  });
}

export const syncedColumn = column('_fivetran_synced', DataType.UTC_DATETIME);

/** What tables in history mode have beside their own columns. */
export const historyColumns = [
  column('_fivetran_start!', DataType.UTC_DATETIME),
  column('_fivetran_end', DataType.UTC_DATETIME),
  column('_fivetran_active', DataType.BOOLEAN),
];
