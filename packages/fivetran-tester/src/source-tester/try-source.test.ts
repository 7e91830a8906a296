import { create } from '@bufbuild/protobuf';
import { TimestampSchema } from '@bufbuild/protobuf/wkt';
import { DataType } from '@fairlead/host-fivetran/protocol';
import { GrpcError, Status } from '@fairlead/grpc';
import { expect, test } from 'vitest';
import { scriptedSource, type Update } from '../testing/scripted-source.ts';
import {
  checkpoint,
  long,
  nothing,
  ordersSchema,
  remove,
  text,
  truncate,
  update,
  upsert,
} from '../testing/source-updates.ts';
import { testRuns } from '../testing/test-run.ts';

test('what a source sends is in the warehouse, with what it meant', async () => {
  await using runs = await testRuns();
  await using source = await scriptedSource({
    schema: ordersSchema,
    *update() {
      yield upsert('orders', { id: long(1), name: text('a') }, { id: long(2), name: text('b') });
      yield upsert('orders', { id: long(3), name: nothing });
      yield update(
        'orders',
        { id: long(1), name: text('A') },
        { id: long(9), name: text('never') },
      );
      yield remove('orders', { id: long(2) });
      yield checkpoint({ at: 3 });
    },
  });
  const report = await runs.run(source.target);
  expect(report).toMatchObject({
    operations: [{ table: 'orders', upserts: 3, updates: 2, deletes: 1, truncates: 0 }],
    checkpoints: 1,
    findings: [],
    tables: [{ schema: 'tester', table: 'orders', rows: 2, deleted: 1 }],
  });
  expect(report).not.toHaveProperty('failure');
  expect(
    await runs.query('SELECT id, name, _fivetran_deleted FROM tester.orders ORDER BY id'),
  ).toEqual([
    { id: '1', name: 'A', _fivetran_deleted: false },
    { id: '2', name: 'b', _fivetran_deleted: true },
    { id: '3', name: null, _fivetran_deleted: false },
  ]);
  expect(await runs.savedState()).toEqual({ at: 3 });
});

test('a second run goes on from the state of the first', async () => {
  await using runs = await testRuns();
  await using source = await scriptedSource({
    schema: ordersSchema,
    *update({ stateJson = '{}' }) {
      const { at = 0 } = JSON.parse(stateJson);
      yield upsert('orders', { id: long(at), name: text(`${at}`) });
      yield checkpoint({ at: at + 1 });
    },
  });
  await runs.run(source.target);
  await runs.run(source.target);
  expect(source.requests.map(({ stateJson }) => stateJson)).toEqual(['{}', '{"at":1}']);
  expect(source.requests[0]?.selection?.selection).toMatchObject({
    case: 'withoutSchema',
    value: {
      tables: [{ included: true, tableName: 'orders', columns: {}, includeNewColumns: true }],
      includeNewTables: true,
    },
  });
  expect(await runs.query('SELECT count(*) AS n FROM tester.orders')).toEqual([{ n: '2' }]);
  await runs.run(source.target, { initialState: '{"at":7}' });
  expect(await runs.savedState()).toEqual({ at: 8 });
});

test('a truncate marks what was there before, and what is sent again lives', async () => {
  await using runs = await testRuns();
  let sync = 0;
  await using source = await scriptedSource({
    schema: ordersSchema,
    *update() {
      yield truncate('orders');
      const ids = sync++ === 0 ? [1, 2, 3] : [2, 3, 4];
      yield upsert('orders', ...ids.map((id) => ({ id: long(id), name: text('x') })));
      yield checkpoint({ sync });
    },
  });
  await runs.run(source.target);
  await runs.run(source.target);
  expect(await runs.query('SELECT id FROM tester.orders WHERE _fivetran_deleted')).toEqual([
    { id: '1' },
  ]);
});

test('what follows the last checkpoint is not kept when the sync fails', async () => {
  await using runs = await testRuns();
  await using source = await scriptedSource({
    schema: ordersSchema,
    *update() {
      yield upsert('orders', { id: long(1), name: text('a') });
      yield checkpoint({ at: 1 });
      yield upsert('orders', { id: long(2), name: text('b') });
      throw new GrpcError(Status.UNAVAILABLE, 'the database went away');
    },
  });
  const report = await runs.run(source.target);
  expect(report.failure).toMatchObject({
    kind: 'transient',
    message: 'the database went away',
    where: 'Update',
  });
  expect(report.tables).toMatchObject([{ rows: 1 }]);
  expect(await runs.savedState()).toEqual({ at: 1 });
});

test('a task ends the sync, a warning does not', async () => {
  await using runs = await testRuns();
  await using source = await scriptedSource({
    schema: ordersSchema,
    *update() {
      yield { operation: { case: 'warning', value: { message: 'slow today' } } };
      yield { operation: { case: 'task', value: { message: 'grant access' } } };
      yield checkpoint({ at: 1 });
    },
  });
  const report = await runs.run(source.target);
  expect(report).toMatchObject({
    warnings: ['slow today'],
    checkpoints: 0,
    failure: { kind: 'config', message: 'grant access' },
  });
});

test('a test that fails ends it before anything is read', async () => {
  await using runs = await testRuns();
  await using source = await scriptedSource({
    form: {
      fields: [{ name: 'token', required: true, type: { case: 'textField', value: 1 } }],
      tests: [
        { name: 'connect', label: 'Connects' },
        { name: 'read', label: 'Reads' },
      ],
    },
    test: (name, { token }) => (name === 'read' ? `${token?.length} is too short` : undefined),
  });
  const report = await runs.run(source.target, { configuration: { token: 'abc' } });
  expect(report.tests).toEqual([
    { name: 'connect', label: 'Connects' },
    { name: 'read', label: 'Reads', failure: '3 is too short' },
  ]);
  expect(report.failure).toMatchObject({ kind: 'config', where: 'test read' });
  expect(source.requests).toEqual([]);
  await expect(runs.run(source.target, { configuration: { tokn: 'x' } })).rejects.toMatchObject({
    kind: 'config',
    message: 'token is missing; the form has no tokn; did you mean token?',
  });
});

test('types are followed from run to run, and tables without a schema are inferred', async () => {
  await using runs = await testRuns();
  let value: Parameters<typeof upsert>[1] = { id: long(1), v: { case: 'short', value: 7 } };
  await using source = await scriptedSource({
    *update() {
      yield upsert('Raw Data', value);
      yield checkpoint({});
    },
  });
  await runs.run(source.target);
  value = { id: long(2), v: text('seven') };
  await runs.run(source.target);
  const rows = await runs.query(
    'SELECT * EXCLUDE (_fivetran_id, _fivetran_synced) FROM tester.raw_data ORDER BY id',
  );
  expect(rows).toEqual([
    { id: '1', v: '7', _fivetran_deleted: false },
    { id: '2', v: 'seven', _fivetran_deleted: false },
  ]);
});

test('every type of the protocol keeps its value', async () => {
  await using runs = await testRuns();
  const at = create(TimestampSchema, { seconds: -1n, nanos: 500_000_000 });
  const firstDay = create(TimestampSchema, { seconds: -62_135_596_800n });
  await using source = await scriptedSource({
    *update() {
      yield upsert('t', {
        a: { case: 'bool', value: true },
        b: { case: 'short', value: -7 },
        c: { case: 'int', value: 70_000 },
        d: { case: 'long', value: 9007199254740993n },
        e: { case: 'decimal', value: '12345678901234567890.123456789' },
        f: { case: 'float', value: 0.5 },
        g: { case: 'double', value: 1e-4 },
        h: { case: 'naiveDate', value: firstDay },
        i: { case: 'naiveDatetime', value: at },
        j: { case: 'utcDatetime', value: at },
        k: { case: 'binary', value: Uint8Array.of(0, 65) },
        l: { case: 'xml', value: '<a/>' },
        m: { case: 'json', value: '{"a":1}' },
      });
      yield checkpoint({});
    },
  });
  await runs.run(source.target);
  expect(
    await runs.query(
      'SELECT * EXCLUDE (_fivetran_id, _fivetran_synced, _fivetran_deleted) FROM tester.t',
    ),
  ).toEqual([
    {
      a: true,
      b: -7,
      c: 70_000,
      d: '9007199254740993',
      e: '12345678901234567890.123456789',
      f: 0.5,
      g: 1e-4,
      h: '0001-01-01',
      i: '1969-12-31 23:59:59.5',
      j: '1969-12-31 23:59:59.5+00',
      k: '\\x00A',
      l: '<a/>',
      m: '{"a":1}',
    },
  ]);
});

test('tables of several schemas are kept apart, and a change of the schema adds to them', async () => {
  await using runs = await testRuns();
  const table = (columns: readonly string[]) => ({
    name: 't',
    columns: columns.map((name) => ({ name, type: DataType.INT, primaryKey: name === 'id' })),
  });
  const row = (schemaName: string, data: Readonly<Record<string, number>>): Update => {
    const cells = Object.entries(data).map(([name, value]) => [
      name,
      { inner: { case: 'int' as const, value } },
    ]);
    const record = { schemaName, tableName: 't', data: Object.fromEntries(cells) };
    return { operation: { case: 'record', value: record } };
  };
  await using source = await scriptedSource({
    schema: {
      response: {
        case: 'withSchema',
        value: {
          schemas: [
            { name: 'A', tables: [table(['id'])] },
            { name: 'B', tables: [table(['id'])] },
          ],
        },
      },
    },
    *update() {
      yield row('A', { id: 1 });
      yield {
        operation: {
          case: 'schemaChange',
          value: {
            change: {
              case: 'withSchema',
              value: { schemas: [{ name: 'A', tables: [table(['id', 'more'])] }] },
            },
          },
        },
      };
      yield row('A', { id: 2, more: 3 });
      yield checkpoint({});
    },
  });
  const report = await runs.run(source.target);
  expect(source.requests[0]?.selection?.selection).toMatchObject({
    case: 'withSchema',
    value: { schemas: [{ schemaName: 'A' }, { schemaName: 'B' }], includeNewSchemas: true },
  });
  expect(report.findings).toEqual([]);
  expect(report.tables.map(({ schema, rows }) => [schema, rows])).toEqual([
    ['tester_a', 2],
    ['tester_b', 0],
  ]);
  expect(await runs.query('SELECT id, more FROM tester_a.t ORDER BY id')).toEqual([
    { id: 1, more: null },
    { id: 2, more: 3 },
  ]);
});

test('findings tell what Fivetran would not', async () => {
  await using runs = await testRuns();
  await using source = await scriptedSource({
    form: { fields: [{ name: 'token', type: { case: 'textField', value: 1 } }] },
    schema: ordersSchema,
    *update() {
      const rows = Array.from({ length: 101 }, (_, id) => ({ id: long(id), name: text('x') }));
      yield upsert('orders', ...rows);
      yield upsert('orders', { id: long(1) });
      yield upsert('others', { id: long(1) });
      yield upsert('orders', { id: long(1), name: long(5), extra: text('y') });
      yield checkpoint({ resume: 'with s3cret "quoted"' });
      yield upsert('orders', { id: long(1), name: text('z') });
    },
  });
  const report = await runs.run(source.target, {
    configuration: { token: 's3cret "quoted"' },
    limits: { rowsPerCheckpoint: 100 },
  });
  expect(report.findings).toMatchObject([
    { check: 'batch-size', count: 1 },
    { check: 'checkpoint-missing' },
    {
      check: 'column-missing',
      where: 'table orders',
      message: expect.stringMatching(/leaves out name/),
    },
    { check: 'table-unknown', where: 'table others' },
    { check: 'column-type', where: 'table orders, column name' },
    { check: 'secret-in-state' },
    { check: 'rows-after-checkpoint' },
  ]);
  expect(JSON.stringify(report)).not.toContain('s3cret');
  expect(report.failure).toBeUndefined();
});

test('nobody who listens is told in a line', async () => {
  await using runs = await testRuns();
  await using source = await scriptedSource({});
  await source.server.destroy();
  await expect(runs.run(source.target)).rejects.toMatchObject({ kind: 'transient' });
});
