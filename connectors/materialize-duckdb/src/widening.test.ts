import type { JsonSchema } from '@fairlead/json';
import { describe, expect, test } from 'vitest';
import { documentsOf, tableOf, testDatabase } from './test-database.ts';

const boolean = { type: 'boolean' };
const integer = { type: 'integer' };
const safe = { type: 'integer', minimum: 0, maximum: 100 };
const wide = { type: 'integer', 'x-digits': 38 };
const double = { type: 'number' };
const decimal = { type: 'number', 'x-digits': 10, 'x-scale': 2 };
const fine = { type: 'number', 'x-digits': 30, 'x-scale': 20 };
const string = { type: 'string' };
const date = { type: 'string', format: 'date' };
const dateTime = { type: 'string', format: 'date-time' };
const uuid = { type: 'string', format: 'uuid' };
const anything = {};

const max = '9223372036854775807';
const id = '6b1c9c1a-0000-4000-8000-00000000000a';

describe('a column', () => {
  test.each<{
    from: JsonSchema;
    before: string;
    to: JsonSchema;
    after: string;
    type: string;
    texts: [string, string];
  }>([
    {
      from: boolean,
      before: 'true',
      to: string,
      after: '"x"',
      type: 'VARCHAR',
      texts: ['true', 'x'],
    },
    {
      from: boolean,
      before: 'true',
      to: anything,
      after: '[]',
      type: 'JSON',
      texts: ['true', '[]'],
    },
    { from: integer, before: max, to: safe, after: '7', type: 'BIGINT', texts: [max, '7'] },
    {
      from: integer,
      before: max,
      to: wide,
      after: `${max}0`,
      type: 'HUGEINT',
      texts: [max, `${max}0`],
    },
    {
      from: integer,
      before: '-7',
      to: double,
      after: '0.1',
      type: 'DOUBLE',
      texts: ['-7.0', '0.1'],
    },
    {
      from: integer,
      before: max,
      to: double,
      after: '1e300',
      type: 'VARCHAR',
      texts: [max, '1e300'],
    },
    {
      from: integer,
      before: max,
      to: decimal,
      after: '1.25',
      type: 'DECIMAL(21,2)',
      texts: [`${max}.00`, '1.25'],
    },
    { from: integer, before: max, to: string, after: '"x"', type: 'VARCHAR', texts: [max, 'x'] },
    { from: integer, before: max, to: anything, after: '"x"', type: 'JSON', texts: [max, '"x"'] },
    {
      from: wide,
      before: '12345678901234567890',
      to: fine,
      after: '0.00000000000000000001',
      type: 'VARCHAR',
      texts: ['12345678901234567890', '0.00000000000000000001'],
    },
    {
      from: wide,
      before: '-123456789012345678',
      to: fine,
      after: '0.00000000000000000001',
      type: 'DECIMAL(38,20)',
      texts: ['-123456789012345678.00000000000000000000', '0.00000000000000000001'],
    },
    {
      from: wide,
      before: `${max}${max}`,
      to: anything,
      after: '1',
      type: 'JSON',
      texts: [`${max}${max}`, '1'],
    },
    { from: double, before: '0.1', to: safe, after: '7', type: 'DOUBLE', texts: ['0.1', '7.0'] },
    { from: double, before: '0.1', to: integer, after: max, type: 'VARCHAR', texts: ['0.1', max] },
    {
      from: double,
      before: '1e-7',
      to: anything,
      after: '{}',
      type: 'JSON',
      texts: ['1e-07', '{}'],
    },
    {
      from: decimal,
      before: '12345678.91',
      to: fine,
      after: '0.00000000000000000001',
      type: 'DECIMAL(30,20)',
      texts: ['12345678.91000000000000000000', '0.00000000000000000001'],
    },
    {
      from: decimal,
      before: '1.50',
      to: string,
      after: '"x"',
      type: 'VARCHAR',
      texts: ['1.5', 'x'],
    },
    {
      from: decimal,
      before: '-0.5',
      to: anything,
      after: '1.50',
      type: 'JSON',
      texts: ['-0.5', '1.50'],
    },
    {
      from: date,
      before: '"2024-02-29"',
      to: dateTime,
      after: '"2024-02-29T01:00:00+01:00"',
      type: 'VARCHAR',
      texts: ['2024-02-29', '2024-02-29T01:00:00+01:00'],
    },
    {
      from: date,
      before: '"2024-02-29"',
      to: anything,
      after: '1',
      type: 'JSON',
      texts: ['"2024-02-29"', '1'],
    },
    {
      from: dateTime,
      before: '"2024-02-29T01:00:00.25+01:00"',
      to: string,
      after: '"x"',
      type: 'VARCHAR',
      texts: ['2024-02-29T00:00:00.250000Z', 'x'],
    },
    {
      from: dateTime,
      before: '"2024-02-29T01:00:00Z"',
      to: anything,
      after: '"x"',
      type: 'JSON',
      texts: ['"2024-02-29T01:00:00.000000Z"', '"x"'],
    },
    { from: uuid, before: `"${id}"`, to: string, after: '"x"', type: 'VARCHAR', texts: [id, 'x'] },
    {
      from: uuid,
      before: `"${id}"`,
      to: anything,
      after: '1',
      type: 'JSON',
      texts: [`"${id}"`, '1'],
    },
    {
      from: string,
      before: '"a\\"b"',
      to: integer,
      after: '7',
      type: 'VARCHAR',
      texts: ['a"b', '7'],
    },
    {
      from: string,
      before: '"1"',
      to: double,
      after: '1.50',
      type: 'VARCHAR',
      texts: ['1', '1.50'],
    },
    {
      from: string,
      before: '"a\\"\\u0000b"',
      to: anything,
      after: '[1]',
      type: 'JSON',
      texts: ['"a\\"\\u0000b"', '[1]'],
    },
    {
      from: anything,
      before: '{"a":1.0}',
      to: string,
      after: '"x"',
      type: 'JSON',
      texts: ['{"a":1.0}', '"x"'],
    },
  ])('of $from with $before that takes $after of $to is $type', async (given) => {
    await using database = await testDatabase();
    const before = tableOf({ n: safe, value: given.from });
    const after = tableOf({ n: safe, value: given.to });
    await database.write([before], async (writer) => {
      await writer.store(0, documentsOf([`{"n":1,"value":${given.before}}`, '{"n":3}']));
      await writer.commit('{}');
      await writer.store(0, documentsOf([`{"n":4,"value":${given.before}}`]));
      // In the middle of a transaction, with rows that are not committed.
      await writer.alter([after]);
      await writer.store(0, documentsOf([`{"n":2,"value":${given.after}}`]));
      await writer.commit('{}');
    });
    const [first, second] = given.texts;
    expect(await database.rows('SELECT n, CAST(value AS VARCHAR) FROM t ORDER BY n')).toEqual([
      ['1', first],
      ['2', second],
      ['3', null],
      ['4', first],
    ]);
    expect(await database.rows('SELECT DISTINCT typeof(value) FROM t')).toEqual([[given.type]]);
  });
});

test.each([
  ['INTEGER', integer, 'BIGINT'],
  ['USMALLINT', safe, 'BIGINT'],
  ['UBIGINT', integer, 'HUGEINT'],
  ['FLOAT', double, 'DOUBLE'],
])("a user's column of %s becomes wide enough for %j", async (made, schema, type) => {
  await using database = await testDatabase();
  await database.run(
    `CREATE TABLE t (value ${made})`,
    'INSERT INTO t VALUES (0.5::FLOAT::INTEGER)',
  );
  await database.write([tableOf({ value: schema })], async (writer) => {
    await writer.commit('{}');
  });
  expect(await database.rows('SELECT typeof(value) FROM t')).toEqual([[type]]);
});

test.each(['TIMESTAMP', 'BLOB', 'INTEGER[]', 'STRUCT(a INTEGER)', "ENUM('a')"])(
  "a user's column of %s is refused, with what to do",
  async (made) => {
    await using database = await testDatabase();
    await database.run(`CREATE TABLE t (value ${made})`);
    await using destination = await database.connect();
    await expect(destination.plan([tableOf({ value: string })])).rejects.toMatchObject({
      name: 'Failure',
      kind: 'config',
      where: 'table main.t',
    });
  },
);

test('applying a plan twice changes a type once', async () => {
  await using database = await testDatabase();
  await database.run('CREATE TABLE t (value VARCHAR)', `INSERT INTO t VALUES ('a"b')`);
  await using destination = await database.connect();
  const plan = await destination.plan([tableOf({ value: anything })]);
  await destination.apply(plan);
  await destination.apply(plan);
  expect(await database.rows('SELECT value::VARCHAR FROM t')).toEqual([['"a\\"b"']]);
});

test('a column of which only nulls are known is made when its type is', async () => {
  await using database = await testDatabase();
  await database.write([tableOf({ n: safe, value: { type: 'null' } })], async (writer) => {
    await writer.store(0, documentsOf(['{"n":1,"value":null}']));
    const { changes } = await writer.alter([tableOf({ n: safe, value: date })]);
    expect(changes.map(({ description }) => description)).toEqual([
      'add column value DATE to table main.t',
    ]);
    await writer.store(0, documentsOf(['{"n":2,"value":"2024-02-29"}']));
    await writer.commit('{}');
  });
  expect(await database.rows('SELECT * FROM t ORDER BY n')).toEqual([
    ['1', null],
    ['2', '2024-02-29'],
  ]);
});
