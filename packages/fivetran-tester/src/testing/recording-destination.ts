import { createDecipheriv } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type DescMethod,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { createGrpcServer, type Handler, type Target } from '@fairlead/grpc';
import {
  DestinationConnector,
  Encryption,
  type FileParams,
  type MigrateResponse,
  type Table,
} from '@fairlead/host-fivetran/protocol';
import { unpackZstd } from '../destination-tester/zstd.ts';

/** A destination that keeps what it is told, and the content of the files. */
export interface RecordingDestination extends AsyncDisposable {
  readonly target: Target;
  /** Method and table of each call that changes something, with its files. */
  readonly calls: readonly RecordedCall[];
}

export interface RecordedCall {
  readonly method: string;
  readonly table: string;
  readonly request: unknown;
  /** By kind: the CSV, with `NULL` and `SAME` for what the words of the files mean. */
  readonly files: Readonly<Record<string, readonly string[]>>;
}

export interface RecordingScript {
  readonly migrate?: MigrateResponse['response'];
  /** What is answered by WriteBatch in place of success. */
  readonly task?: string;
}

export async function recordingDestination(
  script: RecordingScript = {},
): Promise<RecordingDestination> {
  const calls: RecordedCall[] = [];
  const tables = new Map<string, Table>();
  const { method } = DestinationConnector;
  const success = { response: { case: 'success', value: true } } as const;
  const define = (name: string) => (request: { readonly table?: Table | undefined }) => {
    if (request.table !== undefined) tables.set(request.table.name, request.table);
    calls.push({ method: name, table: request.table?.name ?? '', request, files: {} });
    return success;
  };
  const write = async (name: string, request: WriteRequest) => {
    const files: Record<string, readonly string[]> = {};
    for (const kind of ['earliestStart', 'replace', 'update', 'delete'] as const) {
      const paths = request[`${kind}Files`] ?? [];
      if (paths.length > 0)
        files[kind] = await Promise.all(paths.map((path) => unpack(path, request)));
    }
    calls.push({ method: name, table: request.table?.name ?? '', request, files });
    return script.task === undefined
      ? success
      : ({ response: { case: 'task', value: { message: script.task } } } as const);
  };
  const server = createGrpcServer(
    Object.fromEntries([
      handler(method.configurationForm, () => ({
        tests: [{ name: 'connect', label: 'Connects' }],
      })),
      handler(method.capabilities, () => ({})),
      handler(method.test, () => success),
      handler(method.describeTable, ({ tableName }) => {
        const table = tables.get(tableName);
        if (table === undefined) return { response: { case: 'notFound', value: true } } as const;
        return { response: { case: 'table', value: table } } as const;
      }),
      handler(method.createTable, define('CreateTable')),
      handler(method.alterTable, define('AlterTable')),
      handler(method.truncate, (request) => {
        calls.push({ method: 'Truncate', table: request.tableName, request, files: {} });
        return success;
      }),
      handler(method.writeBatch, (request) => write('WriteBatch', request)),
      handler(method.writeHistoryBatch, (request) => write('WriteHistoryBatch', request)),
      handler(method.migrate, (request) => {
        calls.push({ method: 'Migrate', table: request.details?.table ?? '', request, files: {} });
        return { response: script.migrate ?? success.response };
      }),
    ]),
  );
  const target = await server.listen();
  return { target, calls, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

interface WriteRequest {
  readonly table?: Table | undefined;
  readonly keys: Readonly<Record<string, Uint8Array>>;
  readonly fileParams?: FileParams | undefined;
  readonly earliestStartFiles?: readonly string[];
  readonly replaceFiles: readonly string[];
  readonly updateFiles: readonly string[];
  readonly deleteFiles: readonly string[];
}

function handler<Input extends DescMessage, Output extends DescMessage>(
  { parent, name, input, output }: DescMethod & { readonly input: Input; readonly output: Output },
  answer: (
    request: MessageShape<Input>,
  ) => MessageInitShape<Output> | Promise<MessageInitShape<Output>>,
): [string, Handler] {
  return [
    `/${parent.typeName}/${name}`,
    async (call) => {
      const message = await answer(fromBinary(input, await call.request()));
      await call.write(toBinary(output, create(output, message)));
    },
  ];
}

async function unpack(path: string, { keys, fileParams }: WriteRequest): Promise<string> {
  const bytes = await readFile(path);
  const words = (csv: string) =>
    csv
      .replaceAll(fileParams?.nullString ?? '\0', 'NULL')
      .replaceAll(fileParams?.unmodifiedString ?? '\0', 'SAME');
  if (fileParams?.encryption !== Encryption.AES) return words(bytes.toString());
  const cipher = createDecipheriv('aes-256-cbc', keys[path] ?? '', bytes.subarray(0, 16));
  const packed = Buffer.concat([cipher.update(bytes.subarray(16)), cipher.final()]);
  return words(Buffer.from(await unpackZstd(packed)).toString());
}
