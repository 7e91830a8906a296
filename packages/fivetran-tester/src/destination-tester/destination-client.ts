import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  DestinationConnector,
  type FileParams,
  type MigrationDetails,
} from '@fairlead/host-fivetran/protocol';
import { Failure } from '@fairlead/sdk';
import type { Configuration } from '../connector/configuration.ts';
import type { ConnectorChannel } from '../connector/open-connector.ts';
import { describedTable, tableMessage, type KnownTable } from './known-table.ts';

/** The files of WriteBatch, as its request names them. */
export interface BatchRequestFiles {
  readonly keys: Record<string, Uint8Array>;
  readonly fileParams: FileParams;
  readonly replaceFiles: string[];
  readonly updateFiles: string[];
  readonly deleteFiles: string[];
}

/** The files of WriteHistoryBatch. */
export interface HistoryRequestFiles extends BatchRequestFiles {
  readonly earliestStartFiles: string[];
}

/**
 * The methods of a destination for one schema. A task is thrown as a failure that names the method and
 * the table.
 */
export class DestinationClient {
  readonly #channel: ConnectorChannel;
  readonly #schemaName: string;
  readonly #configuration: Record<string, string>;
  readonly #onWarning: (message: string) => void;

  constructor(
    channel: ConnectorChannel,
    schemaName: string,
    configuration: Configuration,
    onWarning: (message: string) => void,
  ) {
    this.#channel = channel;
    this.#schemaName = schemaName;
    this.#configuration = { ...configuration };
    this.#onWarning = onWarning;
  }

  get schemaName(): string {
    return this.#schemaName;
  }

  /** Undefined when there is no such table. */
  async describe(tableName: string): Promise<KnownTable | undefined> {
    const { response } = await this.#channel.ask(DestinationConnector.method.describeTable, {
      ...this.#common,
      tableName,
    });
    if (response.case === 'notFound') return undefined;
    if (response.case === 'table') return describedTable(response.value);
    this.#expect(response, 'DescribeTable', tableName);
    return undefined;
  }

  async create(table: KnownTable): Promise<void> {
    const request = { ...this.#common, table: tableMessage(table) };
    const { response } = await this.#channel.ask(DestinationConnector.method.createTable, request);
    this.#expect(response, 'CreateTable', table.name);
  }

  async alter(table: KnownTable, dropColumns: boolean): Promise<void> {
    const request = { ...this.#common, table: tableMessage(table), dropColumns };
    const { response } = await this.#channel.ask(DestinationConnector.method.alterTable, request);
    this.#expect(response, 'AlterTable', table.name);
  }

  async truncate(tableName: string, beforeMs: number, soft: boolean): Promise<void> {
    const { response } = await this.#channel.ask(DestinationConnector.method.truncate, {
      ...this.#common,
      tableName,
      syncedColumn: '_fivetran_synced',
      utcDeleteBefore: timestampFromMs(beforeMs),
      ...(soft ? { soft: { deletedColumn: '_fivetran_deleted' } } : {}),
    });
    this.#expect(response, 'Truncate', tableName);
  }

  async writeBatch(table: KnownTable, files: BatchRequestFiles): Promise<void> {
    const request = { ...this.#common, table: tableMessage(table), ...files };
    const { response } = await this.#channel.ask(DestinationConnector.method.writeBatch, request);
    this.#expect(response, 'WriteBatch', table.name);
  }

  async writeHistory(table: KnownTable, files: HistoryRequestFiles): Promise<void> {
    const { response } = await this.#channel.ask(DestinationConnector.method.writeHistoryBatch, {
      ...this.#common,
      table: tableMessage(table),
      ...files,
    });
    this.#expect(response, 'WriteHistoryBatch', table.name);
  }

  /** Whether the destination knows how to do it. */
  async migrate(details: MigrationDetails): Promise<boolean> {
    const request = { configuration: this.#configuration, details };
    const { response } = await this.#channel.ask(DestinationConnector.method.migrate, request);
    if (response.case === 'unsupported') return false;
    this.#expect(response, 'Migrate', details.table);
    return true;
  }

  get #common() {
    return { configuration: this.#configuration, schemaName: this.#schemaName };
  }

  #expect(
    response: { readonly case?: string | undefined; readonly value?: unknown },
    method: string,
    table: string,
  ): void {
    const where = `${method}, table ${table}`;
    if (response.case === 'success' && response.value === true) return;
    const message = messageOf(response.value);
    if (response.case === 'warning') return this.#onWarning(`${where}: ${message}`);
    if (response.case === 'task') throw new Failure('config', message, { where });
    throw new Failure('data', 'the answer says neither success nor what is wrong', { where });
  }
}

function messageOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'message' in value
    ? String(value.message)
    : '';
}
