import type { JsonSchema } from '@fairlead/json';
import { Op } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { documentsOf, linesOf, tableOf, testDatabase } from './test-database.ts';

const decimal = { type: 'number', 'x-digits': 22, 'x-scale': 4 };

/** What a schema becomes, and what DuckDB shows of values, which are JSON. */
const types: readonly {
  readonly schema: JsonSchema;
  readonly type: string;
  readonly values: Readonly<Record<string, string | null>>;
}[] = [
  {
    schema: { type: 'boolean' },
    type: 'BOOLEAN',
    values: { true: 'true', false: 'false', null: null },
  },
  {
    schema: { type: 'integer' },
    type: 'BIGINT',
    values: {
      '9007199254740993': '9007199254740993',
      '-9223372036854775808': '-9223372036854775808',
      '9223372036854775807': '9223372036854775807',
    },
  },
  {
    schema: { type: 'integer', 'x-digits': 38 },
    type: 'HUGEINT',
    values: { [`-${'9'.repeat(38)}`]: `-${'9'.repeat(38)}`, '0': '0' },
  },
  {
    schema: { type: 'number' },
    type: 'DOUBLE',
    values: {
      '0.1': '0.1',
      '1e23': '1e+23',
      '5e-324': '5e-324',
      '1.7976931348623157e308': '1.7976931348623157e+308',
      '-0.0': '-0.0',
      '42': '42.0',
    },
  },
  {
    schema: decimal,
    type: 'DECIMAL(22,4)',
    values: {
      '123456789012345678.1234': '123456789012345678.1234',
      '-0.0001': '-0.0001',
      '15e-1': '1.5000',
      '1e2': '100.0000',
    },
  },
  {
    schema: { type: 'number', 'x-digits': 38, 'x-scale': 38 },
    type: 'DECIMAL(38,38)',
    values: { [`0.${'1234567890'.repeat(3)}12345678`]: `.${'1234567890'.repeat(3)}12345678` },
  },
  {
    schema: { type: 'number', 'x-digits': 400, 'x-scale': 0 },
    type: 'VARCHAR',
    values: { '1e399': '1e399', '1.50': '1.50' },
  },
  {
    schema: { type: 'string' },
    type: 'VARCHAR',
    values: {
      '""': '',
      '"a\\u0000b"': 'a\u0000b',
      '"\\ud83d\\ude00 \\" \\\\ \\/ \\n"': '😀 " \\ / \n',
      '"2024-01-01"': '2024-01-01',
    },
  },
  {
    schema: { type: 'string', format: 'date' },
    type: 'DATE',
    values: { '"0001-01-01"': '0001-01-01', '"9999-12-31"': '9999-12-31' },
  },
  {
    schema: { type: 'string', format: 'date-time' },
    type: 'TIMESTAMP WITH TIME ZONE',
    values: {
      '"0001-01-01T00:00:00Z"': '0001-01-01 00:00:00+00',
      '"9999-12-31T23:59:59.999999Z"': '9999-12-31 23:59:59.999999+00',
      '"2024-02-29T12:00:00.5+05:30"': '2024-02-29 06:30:00.5+00',
      '"2024-02-29T12:00:00-23:59"': '2024-03-01 11:59:00+00',
    },
  },
  {
    schema: { type: 'string', format: 'uuid' },
    type: 'UUID',
    values: {
      '"00000000-0000-0000-0000-0000000000ff"': '00000000-0000-0000-0000-0000000000ff',
      '"ffffffff-ffff-4fff-bfff-ffffffffffff"': 'ffffffff-ffff-4fff-bfff-ffffffffffff',
    },
  },
  {
    schema: {},
    type: 'JSON',
    values: {
      '{"b":1.10000000000000000000001, "a":[1e400]}':
        '{"b":1.10000000000000000000001, "a":[1e400]}',
      '"text"': '"text"',
      '12345678901234567890123456789012345678901': '12345678901234567890123456789012345678901',
      '[]': '[]',
      null: null,
    },
  },
];

describe('values of', () => {
  test.each(types)('$schema are kept exactly as $type', async ({ schema, type, values }) => {
    await using database = await testDatabase();
    const table = tableOf({ n: { type: 'integer' }, value: schema });
    const lines = Object.keys(values).map((json, n) => `{"n":${n},"value":${json}}`);
    await database.write([table], async (writer) => {
      await writer.store(0, documentsOf(lines));
      await writer.commit('{}');
    });
    expect(
      await database.rows(`SELECT typeof(value), CAST(value AS VARCHAR) FROM t ORDER BY n`),
    ).toEqual(Object.values(values).map((text) => [type, text]));
  });

  test.each(types)('$schema come back as documents from $type', async ({ schema, values }) => {
    await using database = await testDatabase();
    const table = tableOf({ 'id!': { type: 'integer' }, value: schema });
    const lines = Object.keys(values).map((json, id) => `{"id":${id},"value":${json}}`);
    await database.write([table], async (writer) => {
      await writer.store(0, documentsOf(lines, Op.insert));
      await writer.commit('{}');
      const found: string[] = [];
      for await (const batch of writer.load?.(0, documentsOf(lines.map((_, id) => `[${id}]`))) ??
        []) {
        found.push(...linesOf(batch));
      }
      const copy = tableOf(
        { 'id!': { type: 'integer' }, value: schema },
        { resource: { table: 'u' } },
      );
      await writer.alter([table, copy]);
      await writer.store(1, documentsOf(found));
      await writer.commit('{}');
    });
    const rows = 'SELECT id, CAST(value AS VARCHAR) FROM';
    expect(await database.rows(`${rows} u ORDER BY id`)).toEqual(
      await database.rows(`${rows} t ORDER BY id`),
    );
  });
});
