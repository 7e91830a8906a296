import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { buildProgram, type Random, randomFrom, tempFolder } from '@fairlead/testkit';
import { afterAll, expect, test } from 'vitest';
import { type Column, DataType } from '../protocol/common.gen.ts';
import {
  DestinationConnector,
  type MigrationDetailsSchema,
  TableSyncModeMigrationType,
} from '../protocol/destination_sdk.gen.ts';
import { protocolClient } from '../protocol/protocol-client.ts';
import { BatchFileWriter, unmodifiedField } from './testing/batch-file-writer.ts';
import { startDestination } from './testing/destination-program.ts';
import {
  column,
  historyColumns,
  queryFile,
  syncedColumn,
  type TestDestination,
} from './testing/test-destination.ts';
import { type Row, type Rows, writeRows } from './testing/write-rows.ts';

/** How often a process is killed in each call. */
const killsOfCall = process.env['CI'] === 'true' ? 3 : 2;
const program = await buildProgram(new URL('testing/main-destination.ts', import.meta.url));
afterAll(() => program[Symbol.asyncDispose]());

type Destination = Pick<TestDestination, 'configuration' | 'call' | 'files'>;

interface Step {
  readonly name: string;
  /** Answers the `response` of the call. */
  readonly make: (destination: Destination) => Promise<{ readonly case?: string | undefined }>;
}

const { method } = DestinationConnector;
const schemaName = 'm';
const rowCount = 4_000;
const ids = Array.from({ length: rowCount }, (_, id) => id);
const at = (second: number) => new Date(second * 1000).toISOString();
const end = '9999-12-31T23:59:59.999Z';
const deletedColumn = column('_fivetran_deleted', DataType.BOOLEAN);
const own = [column('id!', DataType.INT), column('name', DataType.STRING)];

const create = (name: string, columns: readonly Column[]): Step => ({
  name: `CreateTable ${name}`,
  make: async ({ call, configuration }) => {
    const table = { name, columns: [...columns] };
    return (await call(method.createTable, { configuration, schemaName, table })).response;
  },
});

const alter = (name: string, columns: readonly Column[], dropColumns = false): Step => ({
  name: `AlterTable ${name}`,
  make: async ({ call, configuration }) => {
    const table = { name, columns: [...columns] };
    const request = { configuration, schemaName, table, dropColumns };
    return (await call(method.alterTable, request)).response;
  },
});

const write = (name: string, columns: readonly Column[], rows: Rows, history = false): Step => ({
  name: `Write${history ? 'History' : ''}Batch ${name}`,
  make: (destination) =>
    writeRows(destination, { schemaName, table: { name, columns: [...columns] }, history }, rows),
});

const truncate = (tableName: string, before: number, soft = false): Step => ({
  name: `Truncate ${tableName}`,
  make: async ({ call, configuration }) => {
    const request = {
      configuration,
      schemaName,
      tableName,
      syncedColumn: '_fivetran_synced',
      utcDeleteBefore: timestampFromMs(before * 1000),
      ...(soft ? { soft: { deletedColumn: '_fivetran_deleted' } } : {}),
    };
    return (await call(method.truncate, request)).response;
  },
});

type Operation = NonNullable<MessageInitShape<typeof MigrationDetailsSchema>['operation']>;

const migrate = (table: string, operation: Operation): Step => ({
  name: `Migrate ${table} ${operation.case} ${describe(operation)}`,
  make: async ({ call, configuration }) => {
    const details = { schema: schemaName, table, operation };
    return (await call(method.migrate, { configuration, details })).response;
  },
});

function describe({ value }: Operation): string {
  const { entity, type } = Object(value);
  return String(entity?.case ?? type ?? '');
}

const copied = (fromTable: string, toTable: string): Step =>
  migrate(fromTable, {
    case: 'copy',
    value: { entity: { case: 'copyTable', value: { fromTable, toTable } } },
  });

const mode = (table: string, type: TableSyncModeMigrationType, more: object = {}): Step =>
  migrate(table, { case: 'tableSyncModeMigration', value: { type, ...more } });

const plainRows = (synced: (id: number) => number): Row[] =>
  ids.map((id) => ({ id: String(id), name: `name ${id}`, _fivetran_synced: at(synced(id)) }));

const version = (id: number, name: Row[string], start: number): Row => ({
  id: String(id),
  name,
  _fivetran_synced: at(50),
  _fivetran_start: at(start),
  _fivetran_end: end,
  _fivetran_active: 'true',
});

const plain = [...own, syncedColumn];
const grown = [
  column('id!', DataType.LONG),
  own[1] ?? syncedColumn,
  syncedColumn,
  column('size', DataType.INT),
];
const marked = [...own, deletedColumn, syncedColumn];
const history = [...own, syncedColumn, ...historyColumns];
const added = {
  column: 'size',
  columnType: DataType.INT,
  defaultValue: '7',
  operationTimestamp: at(90),
};
const softDeletedColumn = '_fivetran_deleted';
const Mode = TableSyncModeMigrationType;

const steps: readonly Step[] = [
  create('plain', plain),
  write('plain', plain, { replace: plainRows((id) => id) }),
  alter('plain', grown),
  write('plain', grown, {
    replace: ids
      .slice(0, 9)
      .map((id) => ({ id: String(id), size: '1', _fivetran_synced: at(8_000) })),
    update: ids.slice(9, 99).map((id) => ({
      id: String(id),
      name: unmodifiedField,
      size: '2',
      _fivetran_synced: at(8_000),
    })),
    delete: ids.slice(99, 120).map((id) => ({ id: String(id) })),
  }),
  copied('plain', 'dropped'),
  alter('dropped', [...own, syncedColumn], true),
  copied('plain', 'cut'),
  truncate('cut', rowCount / 2),
  create('marked', marked),
  write('marked', marked, {
    replace: plainRows((id) => id).map((row, id) => ({
      ...row,
      _fivetran_deleted: String(id % 3 === 0),
    })),
  }),
  copied('marked', 'soft'),
  truncate('soft', rowCount / 2, true),
  create('history', history),
  write('history', history, { replace: ids.map((id) => version(id, `name ${id}`, 10)) }, true),
  write(
    'history',
    history,
    {
      earliestStart: ids.slice(0, 2_000).map((id) => ({ id: String(id), _fivetran_start: at(20) })),
      replace: ids.slice(0, 1_000).map((id) => version(id, 'again', 20)),
      update: ids.slice(1_000, 2_000).map((id) => version(id, unmodifiedField, 20)),
      delete: ids.slice(3_000, 3_100).map((id) => ({ id: String(id), _fivetran_end: at(30) })),
    },
    true,
  ),
  copied('history', 'grown'),
  migrate('grown', {
    case: 'add',
    value: { entity: { case: 'addColumnInHistoryMode', value: added } },
  }),
  copied('history', 'shrunk'),
  migrate('shrunk', {
    case: 'drop',
    value: {
      entity: {
        case: 'dropColumnInHistoryMode',
        value: { column: 'name', operationTimestamp: at(90) },
      },
    },
  }),
  copied('plain', 'columns'),
  migrate('columns', {
    case: 'copy',
    value: { entity: { case: 'copyColumn', value: { fromColumn: 'name', toColumn: 'other' } } },
  }),
  migrate('columns', {
    case: 'rename',
    value: { entity: { case: 'renameColumn', value: { fromColumn: 'id', toColumn: 'number' } } },
  }),
  migrate('columns', {
    case: 'add',
    value: {
      entity: {
        case: 'addColumnWithDefaultValue',
        value: { column: 'price', columnType: DataType.DOUBLE, defaultValue: '1.25' },
      },
    },
  }),
  migrate('columns', { case: 'updateColumnValue', value: { column: 'name', value: "it's" } }),
  copied('plain', 'old'),
  migrate('old', {
    case: 'rename',
    value: { entity: { case: 'renameTable', value: { fromTable: 'old', toTable: 'new' } } },
  }),
  copied('plain', 'gone'),
  migrate('gone', { case: 'drop', value: { entity: { case: 'dropTable', value: true } } }),
  migrate('marked', {
    case: 'copy',
    value: {
      entity: {
        case: 'copyTableToHistoryMode',
        value: { fromTable: 'marked', toTable: 'kept', softDeletedColumn },
      },
    },
  }),
  copied('marked', 'soft_to_live'),
  mode('soft_to_live', Mode.SOFT_DELETE_TO_LIVE, { softDeletedColumn }),
  copied('marked', 'soft_to_history'),
  mode('soft_to_history', Mode.SOFT_DELETE_TO_HISTORY, { softDeletedColumn }),
  copied('history', 'history_to_soft'),
  mode('history_to_soft', Mode.HISTORY_TO_SOFT_DELETE, { softDeletedColumn }),
  copied('history', 'history_to_live'),
  mode('history_to_live', Mode.HISTORY_TO_LIVE, { keepDeletedRows: false }),
  copied('plain', 'live_to_soft'),
  mode('live_to_soft', Mode.LIVE_TO_SOFT_DELETE, { softDeletedColumn }),
  copied('plain', 'live_to_history'),
  mode('live_to_history', Mode.LIVE_TO_HISTORY),
];

test(
  `a server that is killed ${killsOfCall} times in each of its calls leaves what every call done once would`,
  async () => {
    await using folder = await tempFolder();
    const files = () => new BatchFileWriter(folder.path);
    const undisturbed = { path: folder.join('undisturbed.duckdb') };
    const killed = { path: folder.join('killed.duckdb') };
    {
      await using server = await startDestination(program.path);
      const destination = {
        configuration: undisturbed,
        call: protocolClient(server.channel).ask,
        files,
      };
      for (const { name, make } of steps) {
        expect({ name, response: await make(destination) }).toMatchObject({
          name,
          response: { case: 'success' },
        });
      }
    }
    const random = randomFrom(5);
    for (const { name, make } of steps) {
      for (let kills = 0; kills < killsOfCall; kills++) {
        await makeAndKill((call) => make({ configuration: killed, call, files }), random);
      }
      await using server = await startDestination(program.path);
      const response = await make({
        configuration: killed,
        call: protocolClient(server.channel).ask,
        files,
      });
      expect({ name, response }).toMatchObject({ name, response: { case: 'success' } });
    }
    const expected = await tablesIn(undisturbed.path);
    expect(expected).toHaveLength(17);
    expect(await tablesIn(killed.path)).toEqual(expected);
  },
  120_000 + steps.length * killsOfCall * 5_000,
);

/** Makes a call whose process is killed in it, at some time or other, or with its answer given, which is lost. */
async function makeAndKill(
  make: (call: Destination['call']) => Promise<unknown>,
  random: Random,
): Promise<void> {
  await using server = await startDestination(program.path);
  const answered = make(protocolClient(server.channel).ask).catch(() => {});
  // A first call of a process takes some tenths of a second.
  await Promise.race([sleep(random.integer(0, 400)), answered]);
  await server[Symbol.asyncDispose]();
  await answered;
}

/** Each table with its columns, the number of its rows, and what they are. */
async function tablesIn(path: string): Promise<readonly unknown[]> {
  const columns = await queryFile(
    path,
    `SELECT table_name, string_agg(column_name || ' ' || data_type, ', ' ORDER BY column_name)
     FROM duckdb_columns() WHERE schema_name = '${schemaName}' GROUP BY ALL ORDER BY ALL`,
  );
  const tables: unknown[] = [];
  for (const [table, shape] of columns) {
    const rows = `SELECT count(*), CAST(bit_xor(hash(r)) AS VARCHAR) FROM ${schemaName}."${String(table)}" AS r`;
    tables.push([table, shape, ...(await queryFile(path, rows))]);
  }
  return tables;
}
