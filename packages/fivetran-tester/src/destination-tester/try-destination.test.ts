import { writeFile } from 'node:fs/promises';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { recordingDestination } from '../testing/recording-destination.ts';
import { tryDestination, type DestinationTestOptions } from './try-destination.ts';

test('tables are made and rows are sent in files, in the order of the input', async () => {
  await using destination = await recordingDestination();
  const report = await run(destination.target, {
    'input_1.json': {
      create_table: {
        orders: {
          columns: {
            id: 'LONG',
            name: 'STRING',
            price: { type: 'DECIMAL', precision: 6, scale: 2 },
          },
          primary_key: ['id'],
        },
      },
      ops: [
        {
          upsert: {
            orders: [
              { id: 1, name: 'a "b",\nc', price: 1.5 },
              { id: 2, name: null },
            ],
          },
        },
        { update: { orders: [{ id: 1, price: 2 }] } },
        { soft_delete: { orders: [{ id: 2 }] } },
        { delete: { orders: [{ id: 1 }] } },
        { truncate_before: ['orders'] },
        { soft_truncate_before: ['orders', 'gone'] },
        { upsert: { nowhere: [{ id: 1 }] } },
      ],
      describe_table: ['orders'],
    },
  });
  expect(report.failure).toBeUndefined();
  expect(report.findings).toEqual([]);
  expect(report.steps.map(({ step, table }) => `${step} ${table}`)).toEqual([
    'create_table orders',
    'upsert orders',
    'update orders',
    'soft_delete orders',
    'delete orders',
    'truncate_before orders',
    'soft_truncate_before orders',
    'soft_truncate_before gone',
    'upsert nowhere',
    'describe_table orders',
  ]);
  expect(report.steps.at(-1)).toMatchObject({
    described: 'id LONG, name STRING, price DECIMAL(6,2)',
  });
  expect(destination.calls.map(({ method, files }) => [method, timeless(files)])).toEqual([
    ['CreateTable', {}],
    [
      'WriteBatch',
      {
        replace: [
          '"_fivetran_deleted","_fivetran_synced","id","name","price"\nfalse,TIME,1,"a ""b"",\nc",1.5\nfalse,TIME,2,NULL,NULL\n',
        ],
      },
    ],
    [
      'WriteBatch',
      {
        update: [
          '"_fivetran_deleted","_fivetran_synced","id","name","price"\nSAME,TIME,1,SAME,2\n',
        ],
      },
    ],
    [
      'WriteBatch',
      {
        update: [
          '"_fivetran_deleted","_fivetran_synced","id","name","price"\ntrue,TIME,2,SAME,SAME\n',
        ],
      },
    ],
    [
      'WriteBatch',
      {
        delete: [
          '"_fivetran_deleted","_fivetran_synced","id","name","price"\nNULL,TIME,1,NULL,NULL\n',
        ],
      },
    ],
    ['Truncate', {}],
    ['Truncate', {}],
    ['Truncate', {}],
  ]);
  expect(destination.calls[0]?.request).toMatchObject({
    schemaName: 'tester',
    table: {
      columns: [
        { name: 'id', type: 4, primaryKey: true },
        { name: 'name', type: 13, primaryKey: false },
        { name: 'price', params: { params: { value: { precision: 6, scale: 2 } } } },
        { name: '_fivetran_deleted', type: 1 },
        { name: '_fivetran_synced', type: 10 },
      ],
    },
  });
  expect(destination.calls.at(-2)?.request).toMatchObject({
    syncedColumn: '_fivetran_synced',
    soft: { deletedColumn: '_fivetran_deleted' },
  });
});

test('the versions of a history table say from when to when they hold', async () => {
  await using destination = await recordingDestination();
  const at = (second: number) => `2024-01-01T00:00:0${second}Z`;
  await run(destination.target, {
    'history.json': {
      create_table: {
        t: { columns: { id: 'INT', v: 'STRING' }, primary_key: ['id'], history_mode: true },
      },
      ops: [
        {
          upsert: {
            t: [
              { id: 1, v: 'b', op_time: at(5) },
              { id: 1, v: 'a', op_time: at(1) },
              { id: 2, v: 'x', op_time: at(2) },
            ],
          },
        },
        { update: { t: [{ id: 2, op_time: at(7) }] } },
        { delete: { t: [{ id: 1, op_time: at(9) }] } },
      ],
    },
  });
  const [created, ...writes] = destination.calls;
  expect(created?.request).toMatchObject({
    table: { columns: [{}, {}, { name: '_fivetran_start', primaryKey: true }, {}, {}, {}] },
  });
  expect(writes.map(({ method }) => method)).toEqual(Array(3).fill('WriteHistoryBatch'));
  const header =
    '"_fivetran_active","_fivetran_end","_fivetran_start","_fivetran_synced","id","v"\n';
  const end = '9999-12-31T23:59:59.999Z';
  const now = /2\d{3}-(?!01-01T00:00:0)[^,]*Z/g;
  expect(writes.map(({ files }) => JSON.parse(JSON.stringify(files).replace(now, 'NOW')))).toEqual([
    {
      earliestStart: [`${header}NULL,NULL,${at(1)},NULL,1,NULL\nNULL,NULL,${at(2)},NULL,2,NULL\n`],
      replace: [
        `${header}false,2024-01-01T00:00:04.999Z,${at(1)},NOW,1,"a"\ntrue,${end},${at(5)},NOW,1,"b"\ntrue,${end},${at(2)},NOW,2,"x"\n`,
      ],
    },
    {
      earliestStart: [`${header}NULL,NULL,${at(7)},NULL,2,NULL\n`],
      update: [`${header}true,${end},${at(7)},NOW,2,SAME\n`],
    },
    { delete: [`${header}false,${at(9)},NULL,NOW,1,NULL\n`] },
  ]);
});

test('migrations are told in the words of the protocol', async () => {
  await using destination = await recordingDestination();
  const report = await run(destination.target, {
    'a.json': { create_table: { t: { columns: { id: 'INT', v: 'INT' }, primary_key: ['id'] } } },
    'b.json': {
      schema_migration: [
        { add_column: { table: 't', column: 'more', data_type: 'STRING' } },
        { change_column_data_type: { table: 't', column: 'v', data_type: 'LONG' } },
        { drop_column: { table: 't', column: 'more' } },
        { rename_column: { table: 't', from_column: 'v', to_column: 'w' } },
        { copy_table: { from_table: 't', to_table: 'u' } },
        { set_column_to_null: { table: 't', column: 'v' } },
        {
          add_column_with_default_value: {
            table: 't',
            column: 'd',
            data_type: 'INT',
            default_value: 7,
          },
        },
        { migrate_soft_delete_to_history: { table: 't' } },
        { drop_table: { table: 't' } },
      ],
    },
  });
  expect(report.failure).toBeUndefined();
  const details = destination.calls.slice(1).map(({ method, request }) => {
    const { dropColumns, details: told } = request as {
      dropColumns?: boolean;
      details?: { operation: { case: string; value: { entity?: { case: string } } } };
    };
    const { operation } = told ?? {};
    return [method, dropColumns, operation?.value.entity?.case ?? operation?.case];
  });
  expect(details).toEqual([
    ['AlterTable', false, undefined],
    ['AlterTable', false, undefined],
    ['AlterTable', true, undefined],
    ['Migrate', undefined, 'renameColumn'],
    ['Migrate', undefined, 'copyTable'],
    ['Migrate', undefined, 'updateColumnValue'],
    ['Migrate', undefined, 'addColumnWithDefaultValue'],
    ['Migrate', undefined, 'tableSyncModeMigration'],
    ['Migrate', undefined, 'dropTable'],
  ]);
});

test('a table without a key is told apart by a hash', async () => {
  await using destination = await recordingDestination();
  await run(
    destination.target,
    {
      'a.json': {
        create_table: { t: { columns: { v: 'INT' } } },
        ops: [{ upsert: { t: [{ v: 1 }, { v: 1 }, { v: 2, _fivetran_id: 'own' }] } }],
      },
    },
    { plainText: true },
  );
  const [, write] = destination.calls;
  expect(write?.files['replace']?.[0]).toMatch(/false,"[\w+/=]{28}",[^,]+Z,1\nfalse,"own",/);
  expect(write?.request).toMatchObject({ keys: {}, fileParams: { compression: 0, encryption: 0 } });
});

test('a task ends it, and what is not supported is a finding', async () => {
  await using destination = await recordingDestination({
    task: 'no room left',
    migrate: { case: 'unsupported', value: true },
  });
  const table = { t: { columns: { id: 'INT' }, primary_key: ['id'] } };
  const report = await run(destination.target, {
    'a.json': {
      create_table: table,
      schema_migration: [{ copy_table: { from_table: 't', to_table: 'u' } }],
      ops: [{ upsert: { t: [{ id: 1 }] } }, { upsert: { t: [{ id: 2 }] } }],
    },
  });
  expect(report.failure).toMatchObject({ message: 'no room left', where: 'WriteBatch, table t' });
  expect(report.findings).toMatchObject([{ check: 'migration-unsupported', where: 'copy_table' }]);
  expect(report.steps).toHaveLength(2);
});

test.each([
  [{ creat_table: {} }, /Unrecognized key|creat_table/],
  [{ create_table: { t: { columns: { id: 'INTT' } } } }, /there is no type INTT/],
  [{ schema_migration: [{ rename_table: { table: 't' } }] }, /to_table is missing/],
  [{ schema_migration: [{ rename_tabel: { table: 't' } }] }, /there is no migration rename_tabel/],
])('an input that is none is refused: %j', async (input, message) => {
  await using destination = await recordingDestination();
  const outcome = run(destination.target, { 'a.json': input }).then(({ failure }) => {
    throw failure ?? new Error('it ended well');
  });
  await expect(outcome).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringMatching(message),
  });
});

async function run(
  target: DestinationTestOptions['target'],
  inputs: Readonly<Record<string, object>>,
  options: Partial<DestinationTestOptions> = {},
) {
  await using folder = await tempFolder();
  for (const [name, input] of Object.entries(inputs)) {
    await writeFile(folder.join(name), JSON.stringify(input));
  }
  return await tryDestination({ target, configuration: {}, folder: folder.path, ...options });
}

function timeless(files: object): unknown {
  return JSON.parse(JSON.stringify(files).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'));
}
