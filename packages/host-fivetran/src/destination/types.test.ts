import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Column, DataType } from '../protocol/common.gen.ts';
import { DestinationConnector } from '../protocol/destination_sdk.gen.ts';
import { column, testDestination, type TestDestination } from './testing/test-destination.ts';

const { method } = DestinationConnector;
const success = { case: 'success', value: true };
const decimal = (precision: number, scale: number) =>
  ({ params: { case: 'decimal', value: { precision, scale } } }) as Column['params'];

let destination: TestDestination;
beforeAll(async () => {
  destination = await testDestination();
});
afterAll(() => destination[Symbol.asyncDispose]());

/** What is written of each type, and what DuckDB says it is. */
const cases: readonly {
  readonly name: string;
  readonly type: DataType;
  readonly params?: Column['params'];
  readonly values: readonly (readonly [string, string])[];
}[] = [
  {
    name: 'BOOLEAN',
    type: DataType.BOOLEAN,
    values: [
      ['true', 'true'],
      ['false', 'false'],
    ],
  },
  {
    name: 'SHORT',
    type: DataType.SHORT,
    values: [
      ['-32768', '-32768'],
      ['32767', '32767'],
    ],
  },
  {
    name: 'INT',
    type: DataType.INT,
    values: [
      ['-2147483648', '-2147483648'],
      ['2147483647', '2147483647'],
    ],
  },
  {
    name: 'LONG',
    type: DataType.LONG,
    values: [
      ['-9223372036854775808', '-9223372036854775808'],
      ['9223372036854775807', '9223372036854775807'],
      ['9007199254740993', '9007199254740993'],
    ],
  },
  {
    name: 'DECIMAL(38,37)',
    type: DataType.DECIMAL,
    params: decimal(38, 37),
    values: [
      ['-9.9999999999999999999999999999999999999', '-9.9999999999999999999999999999999999999'],
      ['0.0000000000000000000000000000000000001', '0.0000000000000000000000000000000000001'],
      ['1E-7', '0.0000001000000000000000000000000000000'],
    ],
  },
  {
    name: 'DECIMAL(38,0)',
    type: DataType.DECIMAL,
    params: decimal(38, 0),
    values: [['99999999999999999999999999999999999999', '99999999999999999999999999999999999999']],
  },
  {
    name: 'DECIMAL(6,2)',
    type: DataType.DECIMAL,
    params: decimal(6, 2),
    values: [
      ['105.34', '105.34'],
      ['105.3400', '105.34'],
      ['-7', '-7.00'],
    ],
  },
  {
    name: 'FLOAT',
    type: DataType.FLOAT,
    values: [
      ['10.4', '10.4'],
      ['3.4028235E38', '3.4028235e+38'],
      ['1.4E-45', '1e-45'],
      ['NaN', 'nan'],
    ],
  },
  {
    name: 'DOUBLE',
    type: DataType.DOUBLE,
    values: [
      ['1.0E-4', '0.0001'],
      ['1.7976931348623157E308', '1.7976931348623157e+308'],
      ['4.9E-324', '5e-324'],
      ['-0.0', '-0.0'],
      ['Infinity', 'inf'],
      ['-Infinity', '-inf'],
    ],
  },
  {
    name: 'NAIVE_DATE',
    type: DataType.NAIVE_DATE,
    values: [
      ['2007-12-03', '2007-12-03'],
      ['0001-01-01', '0001-01-01'],
      ['9999-12-31', '9999-12-31'],
      ['1969-12-31', '1969-12-31'],
    ],
  },
  {
    name: 'NAIVE_DATETIME',
    type: DataType.NAIVE_DATETIME,
    values: [
      ['2007-12-03T10:15:30', '2007-12-03 10:15:30'],
      ['1583-10-15T23:59:59.999999', '1583-10-15 23:59:59.999999'],
    ],
  },
  {
    name: 'UTC_DATETIME',
    type: DataType.UTC_DATETIME,
    values: [
      ['2007-12-03T10:15:30.123Z', '2007-12-03 10:15:30.123+00'],
      ['9999-12-31T23:59:59.999Z', '9999-12-31 23:59:59.999+00'],
      ['0001-01-01T00:00:00Z', '0001-01-01 00:00:00+00'],
      // What is finer than a microsecond is cut off, as in every DuckDB timestamp with a time zone.
      ['2007-12-03T10:15:30.123456789Z', '2007-12-03 10:15:30.123456+00'],
    ],
  },
  {
    name: 'NAIVE_TIME',
    type: DataType.NAIVE_TIME,
    values: [
      ['10:15:30', '10:15:30'],
      ['23:59:59.999999', '23:59:59.999999'],
    ],
  },
  {
    name: 'BINARY',
    type: DataType.BINARY,
    values: [
      ['AAH/gA==', String.raw`\x00\x01\xFF\x80`],
      ['', ''],
    ],
  },
  {
    name: 'XML',
    type: DataType.XML,
    values: [['<a b="c">&amp;\n</a>', '<a b="c">&amp;\n</a>']],
  },
  {
    name: 'STRING',
    type: DataType.STRING,
    values: [
      ['', ''],
      ['a\\n"b",\r\nc\td\u0001', 'a\\n"b",\r\nc\td\u0001'],
      ['😀 é \u2028', '😀 é \u2028'],
      ['NULL', 'NULL'],
    ],
  },
  {
    name: 'JSON',
    type: DataType.JSON,
    values: [
      ['{"a": [1, 9007199254740993, null]}', '{"a": [1, 9007199254740993, null]}'],
      ['"text"', '"text"'],
    ],
  },
];

test('every type keeps its values, and is described as it was made', async () => {
  const { configuration, call } = destination;
  const schemaName = 'types';
  const named = cases.map(({ name, type, params }) => column(name, type, params));
  const table = { name: 'all', columns: [column('id!', DataType.INT), ...named] };
  const created = await call(method.createTable, { configuration, schemaName, table });
  expect(created.response).toEqual(success);

  const described = await call(method.describeTable, {
    configuration,
    schemaName,
    tableName: 'all',
  });
  expect(described.response).toMatchObject({
    case: 'table',
    value: {
      name: 'all',
      columns: table.columns.map(({ name, type, primaryKey, params }) =>
        params === undefined ? { name, type, primaryKey } : { name, type, primaryKey, params },
      ),
    },
  });

  const rowCount = 1 + Math.max(...cases.map(({ values }) => values.length));
  const rows = Array.from({ length: rowCount }, (_, row) => [
    String(row),
    ...cases.map(({ values }) => values[row]?.[0] ?? null),
  ]);
  const files = destination.files();
  const header = table.columns.map(({ name }) => name);
  const written = await call(method.writeBatch, {
    configuration,
    schemaName,
    table,
    replaceFiles: [await files.rows(header, rows)],
    keys: files.keys,
    fileParams: files.params,
  });
  expect(written.response).toEqual(success);

  const selected = cases.map(({ name }) => `CAST("${name}" AS VARCHAR)`).join(', ');
  const found = await destination.query(`SELECT ${selected} FROM types."all" ORDER BY id`);
  expect(found).toEqual(
    Array.from({ length: rowCount }, (_, row) =>
      cases.map(({ values }) => values[row]?.[1] ?? null),
    ),
  );
});

test.each([
  { type: DataType.SHORT, value: '32768' },
  { type: DataType.INT, value: '1.5' },
  { type: DataType.LONG, value: '9223372036854775808' },
  { type: DataType.LONG, value: '' },
  { type: DataType.BOOLEAN, value: 'maybe' },
  { type: DataType.DECIMAL, params: decimal(6, 2), value: '1.005' },
  { type: DataType.DECIMAL, params: decimal(6, 2), value: '12345.6' },
  { type: DataType.DECIMAL, params: decimal(6, 2), value: '1E-3' },
  { type: DataType.FLOAT, value: '1E300' },
  { type: DataType.DOUBLE, value: 'ten' },
  { type: DataType.NAIVE_DATE, value: '2023-02-29' },
  { type: DataType.UTC_DATETIME, value: 'yesterday' },
  { type: DataType.NAIVE_TIME, value: '25:00:00' },
  { type: DataType.BINARY, value: '@@@' },
  { type: DataType.JSON, value: '{"a":' },
])('$value does not fit type $type, which is a task', async ({ type, params, value }) => {
  const { configuration, call } = destination;
  const schemaName = 'misfits';
  const table = {
    name: `t${type}_${Buffer.from(value).toString('hex')}`,
    columns: [column('id!', DataType.INT), column('amount', type, params)],
  };
  await call(method.createTable, { configuration, schemaName, table });
  const files = destination.files();
  const path = await files.rows(
    ['id', 'amount'],
    [
      ['1', null],
      ['2', value],
    ],
  );
  const { response } = await call(method.writeBatch, {
    configuration,
    schemaName,
    table,
    replaceFiles: [path],
    keys: files.keys,
    fileParams: files.params,
  });
  expect(response).toMatchObject({
    case: 'task',
    value: { message: expect.stringMatching(/file batch-.*column amount: row 2 has a value that/) },
  });
  if (value.length > 2) expect(JSON.stringify(response)).not.toContain(value);
  expect(await destination.query(`SELECT count(*) FROM misfits."${table.name}"`)).toEqual([['0']]);
});
