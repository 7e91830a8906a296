import type { MessageInitShape } from '@bufbuild/protobuf';
import type { TableSchema } from '../../protocol/common.gen.ts';
import {
  DestinationConnector,
  type WriteBatchResponse,
} from '../../protocol/destination_sdk.gen.ts';
import type { Field } from './batch-file-writer.ts';
import type { TestDestination } from './test-destination.ts';

/** A row by the names of its columns; what is left out is null. */
export type Row = Readonly<Record<string, Field>>;

export interface Rows {
  readonly earliestStart?: readonly Row[];
  readonly replace?: readonly Row[];
  readonly update?: readonly Row[];
  readonly delete?: readonly Row[];
}

export interface WrittenTable {
  readonly schemaName: string;
  readonly table: MessageInitShape<typeof TableSchema> & {
    readonly name: string;
    readonly columns: readonly { readonly name: string }[];
  };
  /** Whether it keeps every version. */
  readonly history?: boolean;
}

/** Writes rows as Fivetran does: each kind in a file of its own, which has all columns. */
export async function writeRows(
  destination: Pick<TestDestination, 'configuration' | 'call' | 'files'>,
  { schemaName, table, history = false }: WrittenTable,
  rows: Rows,
): Promise<WriteBatchResponse['response']> {
  const { configuration, call } = destination;
  const files = destination.files();
  const names = table.columns.map(({ name }) => name);
  const fileOf = async (some: readonly Row[] = []) => {
    if (some.length === 0) return [];
    const fields = some.map((row) => names.map((name) => row[name] ?? null));
    return [await files.rows(names, fields)];
  };
  const request = {
    configuration,
    schemaName,
    table,
    replaceFiles: await fileOf(rows.replace),
    updateFiles: await fileOf(rows.update),
    deleteFiles: await fileOf(rows.delete),
    keys: files.keys,
    fileParams: files.params,
  };
  const { method } = DestinationConnector;
  if (!history) return (await call(method.writeBatch, request)).response;
  const earliestStartFiles = await fileOf(rows.earliestStart);
  return (await call(method.writeHistoryBatch, { ...request, earliestStartFiles })).response;
}
