import {
  type DescMessage,
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { GrpcError, type Handler, type ServerCall, Status } from '@fairlead/grpc';
import { type Mask, noMask } from '@fairlead/host-io';
import {
  describeFailure,
  Failure,
  isFailure,
  type Materialization,
  retry,
  settingsSchema,
  silentLog,
  type SqlDatabase,
} from '@fairlead/sdk';
import {
  alterTable,
  createTable,
  describeTable,
  truncateTable,
  writeBatch,
  writeHistory,
} from '@fairlead/sql-materialize';
import { unary } from '../grpc/answers.ts';
import { configurationForm } from '../grpc/configuration-form.ts';
import type { Methods } from '../grpc/run-program.ts';
import type { Table } from '../protocol/common.gen.ts';
import { BatchFileFormat, DestinationConnector } from '../protocol/destination_sdk.gen.ts';
import { columnsOf, describeColumn } from './column-types.ts';
import { taskMessage } from './destination-answer.ts';
import { batchFiles } from './files/batch-file.ts';
import { instantText } from './instant-text.ts';
import { migrate } from './migrate.ts';
import { type DestinationServing, openDestination, requireSql } from './open-destination.ts';

/** What can be tested with the settings of a destination, as Fivetran shows it. */
const tests = [{ name: 'connect', label: 'Connecting with these settings' }] as const;

/**
 * The methods of the service `DestinationConnector` for a materialization, by their paths.
 * @throws {Failure} config when it cannot be told what becomes of tables.
 */
export function destinationConnector(
  materialization: Materialization,
  serving: DestinationServing = {},
): Methods {
  requireSql(materialization);
  const { method } = DestinationConnector;
  const onTable = tableHandlers(materialization, serving);
  return Object.fromEntries([
    handlerOf(method.configurationForm, () =>
      configurationForm(settingsSchema(materialization.config), {
        tests: [...tests],
        selection: false,
      }),
    ),
    handlerOf(method.capabilities, () => ({ batchFileFormat: BatchFileFormat.CSV })),
    handlerOf(method.test, async ({ name, configuration }, call) => {
      let mask: Mask = noMask;
      try {
        const opened = openDestination(materialization, configuration, serving);
        ({ mask } = opened);
        if (tests.every((test) => test.name !== name)) {
          throw new Failure('config', `there is no test ${name}`);
        }
        await opened.check(signalOf(call, serving));
        return { response: { case: 'success', value: true } } as const;
      } catch (error) {
        const message = isFailure(error) ? describeFailure(error) : String(error);
        return { response: { case: 'failure', value: mask(message) } } as const;
      }
    }),
    ...onTable,
  ]);
}

/** The methods that are about a table. */
function tableHandlers(
  materialization: Materialization,
  serving: DestinationServing,
): readonly (readonly [string, Handler])[] {
  const { method } = DestinationConnector;
  const succeeding = <Input extends TableRequest>(work: Work<Input, void>) => {
    return acting(materialization, serving, async (database, request: Input) => {
      await work(database, request);
      return { case: 'success', value: true } as const;
    });
  };
  return [
    handlerOf(
      method.describeTable,
      acting(materialization, serving, async (database, { schemaName, tableName }) => {
        const name = { schema: schemaName, table: tableName };
        const columns = await describeTable(database, name);
        if (columns === undefined) return { case: 'notFound', value: true } as const;
        return {
          case: 'table',
          value: { name: tableName, columns: columns.map(describeColumn) },
        } as const;
      }),
    ),
    handlerOf(
      method.createTable,
      succeeding((database, { schemaName, table }) => {
        const wanted = required(table);
        return createTable(database, nameOf(schemaName, wanted), columnsOf(wanted));
      }),
    ),
    handlerOf(
      method.alterTable,
      succeeding((database, { schemaName, table, dropColumns }) => {
        const wanted = required(table);
        return alterTable(database, nameOf(schemaName, wanted), columnsOf(wanted), { dropColumns });
      }),
    ),
    handlerOf(
      method.truncate,
      succeeding((database, { schemaName, tableName, syncedColumn, utcDeleteBefore, soft }) => {
        if (utcDeleteBefore === undefined) throw new Failure('data', 'there is no time given');
        return truncateTable(
          database,
          { schema: schemaName, table: tableName },
          {
            syncedColumn,
            before: instantText(utcDeleteBefore),
            ...(soft === undefined ? {} : { deletedColumn: soft.deletedColumn }),
          },
        );
      }),
    ),
    handlerOf(
      method.writeBatch,
      succeeding((database, request) => {
        const table = required(request.table);
        return writeBatch(database, nameOf(request.schemaName, table), {
          ...rowsOf(table),
          replace: batchFiles(request.replaceFiles, request),
          update: batchFiles(request.updateFiles, request, { hasUnmodified: true }),
          delete: batchFiles(request.deleteFiles, request),
        });
      }),
    ),
    handlerOf(
      method.writeHistoryBatch,
      succeeding((database, request) => {
        const table = required(request.table);
        return writeHistory(database, nameOf(request.schemaName, table), {
          ...rowsOf(table),
          earliestStart: batchFiles(request.earliestStartFiles, request),
          replace: batchFiles(request.replaceFiles, request),
          update: batchFiles(request.updateFiles, request, { hasUnmodified: true }),
          delete: batchFiles(request.deleteFiles, request),
        });
      }),
    ),
    handlerOf(
      method.migrate,
      acting(materialization, serving, async (database, { details }) => {
        if (details === undefined) throw new Failure('data', 'there is no migration given');
        const isDone = await migrate(database, details);
        return { case: isDone ? 'success' : 'unsupported', value: true } as const;
      }),
    ),
  ];
}

interface TableRequest {
  readonly configuration: Readonly<Record<string, string>>;
}

type Work<Input, Result> = (database: SqlDatabase, request: Input) => Promise<Result>;

/**
 * Answers a request by what `work` does with the database. What may go better soon is done again some times, from the
 * beginning; a failure that the user has to do something about is the task of the answer.
 */
function acting<Input extends TableRequest, const Result>(
  materialization: Materialization,
  serving: DestinationServing,
  work: Work<Input, Result>,
) {
  return async (request: Input, call: ServerCall) => {
    let mask: Mask = noMask;
    let log = silentLog;
    const signal = signalOf(call, serving);
    try {
      const opened = openDestination(materialization, request.configuration, serving);
      ({ mask, log } = opened);
      const attempt = async () => {
        await using database = await opened.connect(signal);
        return await work(database, request);
      };
      const response = await retry(attempt, { signal, log, attempts });
      return { response };
    } catch (error) {
      if (signal.aborted) throw new GrpcError(Status.UNAVAILABLE, 'the call was ended');
      log.error('a call has failed', { method: call.path, error });
      const task = { message: taskMessage(error, mask) };
      return { response: { case: 'task', value: task } as const };
    }
  };
}

const attempts = 4;

/** Also aborts when the server is being stopped; nothing that was not committed stays. */
function signalOf(call: ServerCall, { signal }: DestinationServing): AbortSignal {
  return signal === undefined ? call.signal : AbortSignal.any([call.signal, signal]);
}

function handlerOf<Input extends DescMessage, Output extends DescMessage>(
  method: DescMethodUnary<Input, Output>,
  answer: (
    message: MessageShape<Input>,
    call: ServerCall,
  ) => Promise<MessageInitShape<Output>> | MessageInitShape<Output>,
): readonly [string, Handler] {
  const path = `/${method.parent.typeName}/${method.name}`;
  return [path, unary(method.input, method.output, answer)];
}

function required(table: Table | undefined): Table {
  if (table !== undefined) return table;
  throw new Failure('data', 'there is no table given');
}

function nameOf(schema: string, { name }: Table) {
  return { schema, table: name };
}

function rowsOf({ columns }: Table) {
  return {
    columns: columns.map(({ name }) => name),
    key: columns.filter(({ primaryKey }) => primaryKey).map(({ name }) => name),
  };
}
