import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DataType } from '../protocol/common.gen.ts';
import { DestinationConnector } from '../protocol/destination_sdk.gen.ts';
import { unmodifiedField } from './testing/batch-file-writer.ts';
import {
  column,
  historyColumns,
  syncedColumn,
  testDestination,
  type TestDestination,
} from './testing/test-destination.ts';
import { type Rows, writeRows } from './testing/write-rows.ts';

const { method } = DestinationConnector;
const schemaName = 'history';
const columns = [
  column('id!', DataType.INT),
  column('name', DataType.STRING),
  column('amount', DataType.LONG),
  syncedColumn,
  ...historyColumns,
];
const end = '9999-12-31T23:59:59.999Z';
const at = (second: number) => new Date(second * 1000).toISOString();

let destination: TestDestination;
let table: { name: string; columns: typeof columns };
let count = 0;
beforeAll(async () => {
  destination = await testDestination();
});
afterAll(() => destination[Symbol.asyncDispose]());
beforeEach(async () => {
  table = { name: `t${count++}`, columns };
  const { configuration, call } = destination;
  await call(method.createTable, { configuration, schemaName, table });
});

function write(rows: Rows) {
  return writeRows(destination, { schemaName, table, history: true }, rows);
}

/** A version that is active, and has been since so many seconds after 1970. */
function version(
  id: string,
  second: number,
  values: Readonly<Record<string, string | symbol | null>>,
) {
  return {
    id,
    ...values,
    _fivetran_synced: at(100),
    _fivetran_start: at(second),
    _fivetran_end: end,
    _fivetran_active: 'true',
  } as Readonly<Record<string, string | null>>;
}

/** Each version: its key, values, start and end in milliseconds, and whether it is active. */
async function versions() {
  const rows = await destination.query(
    `SELECT id, name, amount, epoch_ms(_fivetran_start), epoch_ms(_fivetran_end), _fivetran_active FROM history.${table.name} ORDER BY id, _fivetran_start`,
  );
  return rows.map(([id, name, amount, start, ending, active]) => [
    id,
    name,
    amount,
    Number(start),
    Number(ending) === Date.parse(end) ? 'max' : Number(ending),
    active,
  ]);
}

const success = { case: 'success', value: true };

test('a version ends a millisecond before the next one begins', async () => {
  await write({
    earliestStart: [{ id: '1', _fivetran_start: at(1) }],
    replace: [version('1', 1, { name: 'a', amount: '1' })],
  });
  for (let times = 0; times < 2; times++) {
    const response = await write({
      earliestStart: [{ id: '1', _fivetran_start: at(5) }],
      replace: [
        version('1', 5, { name: 'b', amount: '2' }),
        version('2', 5, { name: 'c', amount: null }),
      ],
    });
    expect(response).toEqual(success);
    expect(await versions()).toEqual([
      [1, 'a', '1', 1000, 4999, false],
      [1, 'b', '2', 5000, 'max', true],
      [2, 'c', null, 5000, 'max', true],
    ]);
  }
});

test('versions that begin with those to come, or later, are deleted', async () => {
  await write({ replace: [version('1', 1, { name: 'a' })] });
  await write({
    earliestStart: [{ id: '1', _fivetran_start: at(5) }],
    replace: [version('1', 5, { name: 'b' })],
  });
  await write({
    earliestStart: [{ id: '1', _fivetran_start: at(5) }],
    replace: [version('1', 5, { name: 'c' })],
  });
  expect(await versions()).toEqual([
    [1, 'a', null, 1000, 4999, false],
    [1, 'c', null, 5000, 'max', true],
  ]);
});

test('what an update leaves as it is comes from the version before, also from one of the same file', async () => {
  await write({ replace: [version('1', 1, { name: 'a', amount: '1' })] });
  const batch = {
    earliestStart: [
      { id: '1', _fivetran_start: at(5) },
      { id: '9', _fivetran_start: at(5) },
    ],
    update: [
      // Not in the order of their starts.
      version('1', 7, { name: 'c', amount: unmodifiedField }),
      {
        ...version('1', 5, { name: unmodifiedField, amount: '2' }),
        _fivetran_end: at(6),
        _fivetran_active: 'false',
      },
      version('9', 5, { name: 'nobody', amount: unmodifiedField }),
    ],
  };
  for (let times = 0; times < 2; times++) {
    expect(await write(batch)).toEqual(success);
    expect(await versions()).toEqual([
      [1, 'a', '1', 1000, 4999, false],
      [1, 'a', '2', 5000, 6000, false],
      [1, 'c', '2', 7000, 'max', true],
    ]);
  }
});

test('a row that is deleted has no active version any more', async () => {
  await write({ replace: [version('1', 1, { name: 'a' }), version('2', 1, { name: 'b' })] });
  const batch = {
    delete: [
      { id: '1', _fivetran_end: at(9) },
      { id: '7', _fivetran_end: at(9) },
    ],
  };
  for (let times = 0; times < 2; times++) {
    expect(await write(batch)).toEqual(success);
    expect(await versions()).toEqual([
      [1, 'a', null, 1000, 9000, false],
      [2, 'b', null, 1000, 'max', true],
    ]);
  }
});
