import { afterAll, beforeAll, expect, test } from 'vitest';
import { DataType } from '../protocol/common.gen.ts';
import { DestinationConnector } from '../protocol/destination_sdk.gen.ts';
import { unmodifiedField } from './testing/batch-file-writer.ts';
import {
  column,
  syncedColumn,
  testDestination,
  type TestDestination,
} from './testing/test-destination.ts';

const { method } = DestinationConnector;
const table = {
  name: 'orders',
  columns: [column('id!', DataType.LONG), column('name', DataType.STRING), syncedColumn],
};
const names = ['id', 'name', '_fivetran_synced'];
const time = '2024-01-01T00:00:00.123Z';

let destination: TestDestination;
beforeAll(async () => {
  destination = await testDestination();
});
afterAll(() => destination[Symbol.asyncDispose]());

test('rows are replaced, changed and deleted by one batch, which may be repeated', async () => {
  const { configuration, call } = destination;
  const schemaName = 'shop';
  const created = await call(method.createTable, { configuration, schemaName, table });
  expect(created.response).toEqual({ case: 'success', value: true });
  const files = destination.files();
  const first = await files.rows(names, [
    ['1', 'one', time],
    ['2', 'two, "2"\nlines', time],
    ['3', null, time],
  ]);
  const write = (request: object) =>
    call(method.writeBatch, {
      configuration,
      schemaName,
      table,
      keys: files.keys,
      fileParams: files.params,
      ...request,
    });
  expect((await write({ replaceFiles: [first] })).response).toEqual({
    case: 'success',
    value: true,
  });
  const replace = await files.rows(
    ['name', '_fivetran_synced', 'id'],
    [
      ['1 again', time, '1'],
      ['four', time, '4'],
    ],
  );
  const update = await files.rows(names, [
    ['2', unmodifiedField, '2025-01-01T00:00:00Z'],
    ['9', 'nobody', time],
  ]);
  const remove = await files.rows(names, [
    ['3', null, null],
    ['8', null, null],
  ]);
  for (let times = 0; times < 2; times++) {
    const { response } = await write({
      replaceFiles: [replace],
      updateFiles: [update],
      deleteFiles: [remove],
    });
    expect(response).toEqual({ case: 'success', value: true });
    expect(
      await destination.query(
        'SELECT id, name, CAST(_fivetran_synced AS VARCHAR) FROM shop.orders ORDER BY id',
      ),
    ).toEqual([
      ['1', '1 again', '2024-01-01 00:00:00.123+00'],
      ['2', 'two, "2"\nlines', '2025-01-01 00:00:00+00'],
      ['4', 'four', '2024-01-01 00:00:00.123+00'],
    ]);
  }
});
