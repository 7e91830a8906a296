import type { MessageInitShape } from '@bufbuild/protobuf';
import { toJson } from '@bufbuild/protobuf';
import type { Source } from '@fairlead/sdk';
import { changes, checkpoint, documents, memorySource, rowsOf, storyOf } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { TableSelectionSchema } from '../protocol/connector_sdk.gen.ts';
import { SchemaChangeSchema } from '../protocol/connector_sdk.gen.ts';
import { played, updateOf } from './testing/play-fivetran.ts';

type TableSelection = MessageInitShape<typeof TableSelectionSchema>;

const schema = {
  type: 'object',
  properties: { id: { type: 'integer' }, name: { type: 'string' }, price: { type: 'number' } },
};
const rows = documents([{ id: 1, name: 'x', price: 1.5, color: 'red' }]);
const streams = ['a', 'b'].map((name) => ({ name, schema, script: [rows, checkpoint] }));
const memory = () => memorySource({ streams });

/** The selection of some tables of a source without schemas. */
const tablesAlone = (tables: TableSelection[], includeNewTables = false) => ({
  selection: { case: 'withoutSchema', value: { tables, includeNewTables } } as const,
});

test.each<{
  what: string;
  tables: TableSelection[];
  includeNew?: boolean;
  found: Record<string, string[]>;
}>([
  {
    what: 'a table that is chosen, with what is new in it',
    tables: [{ included: true, tableName: 'a', includeNewColumns: true }],
    found: { a: ['id', 'name', 'price', 'color'] },
  },
  {
    what: 'all but a table',
    tables: [{ included: false, tableName: 'a' }],
    includeNew: true,
    found: { b: ['id', 'name', 'price', 'color'] },
  },
  {
    what: 'columns that are chosen, and the key',
    tables: [{ included: true, tableName: 'a', columns: { name: true, price: false } }],
    found: { a: ['id', 'name'] },
  },
  {
    what: 'the key, which nobody can leave out',
    tables: [{ included: true, tableName: 'a', columns: { id: false, name: true } }],
    found: { a: ['id', 'name'] },
  },
  {
    what: 'all columns but one',
    tables: [
      { included: true, tableName: 'a', columns: { price: false }, includeNewColumns: true },
    ],
    found: { a: ['id', 'name', 'color'] },
  },
  { what: 'nothing', tables: [], found: {} },
])('a selection reads $what', async ({ tables, includeNew, found }) => {
  const messages = await updateOf(memory(), { selection: tablesAlone(tables, includeNew) });
  const read = rowsOf(messages).map(({ table, data }) => [table, Object.keys(data)]);
  expect(Object.fromEntries(read)).toEqual(found);
});

test('what is in the way of a selection is a warning, and the rest is read', async () => {
  const selection = tablesAlone([
    { included: true, tableName: 'gone' },
    { included: false, tableName: 'also gone' },
    { included: true, tableName: 'b' },
  ]);
  expect(storyOf(await updateOf(memory(), { selection }))).toEqual([
    'warning the table gone was chosen, and is not there',
    'rows 1',
    'checkpoint',
  ]);
});

test('tables and columns that Fivetran would call the same are warnings', async () => {
  const properties = { id: { type: 'integer' }, 'a b': { type: 'string' }, 'A-b': {}, c: {} };
  const described = { type: 'object', properties };
  const source = memorySource({
    streams: [
      { name: 'Users', schema: described, script: [checkpoint] },
      { name: 'users', script: [checkpoint] },
    ],
  });
  const selection = tablesAlone([{ included: true, tableName: 'users' }], false);
  const more = 'in the destination, as Fivetran writes their names in the same way';
  expect(storyOf(await updateOf(source, { selection }))).toEqual(['checkpoint']);
  expect(storyOf(await updateOf(source))).toEqual([
    `warning the tables Users and users may become one ${more}`,
    `warning the columns a b and A-b of Users may become one ${more}`,
    'checkpoint',
    'checkpoint',
  ]);
});

test('a selection of schemas where there are none is a task', async () => {
  const selection = {
    selection: { case: 'withSchema', value: { includeNewSchemas: true } } as const,
  };
  expect(storyOf(await updateOf(memory(), { selection }))).toEqual([
    'task selection: the source has tables alone, and schemas were chosen. Reload the schema of the connection, and choose anew.',
  ]);
});

/** A source whose bindings have a schema and a table. */
function leveled(): Source {
  const names = ['sales.orders', 'sales.items', 'staff.people'];
  const source = memorySource({
    streams: names.map((name) => ({ name, schema, script: [rows, checkpoint] })),
  });
  return {
    ...(source as Source),
    resource: z.looseObject({ stream: z.string(), schema: z.string(), table: z.string() }),
    streamSetting: 'table',
    discover: async (scope) => {
      const infos = await source.discover(scope as Parameters<typeof source.discover>[0]);
      return infos.map((info) => {
        const [owner = '', table = ''] = info.name.split('.');
        return { ...info, resource: { stream: info.name, schema: owner, table } };
      });
    },
  };
}

test('a source of two levels has tables in schemas', async () => {
  await using fivetran = await played(leveled());
  const { response } = await fivetran.schema();
  const places =
    response.case === 'withSchema' &&
    response.value.schemas.map(({ name, tables }) => [name, tables.map((table) => table.name)]);
  expect(places).toEqual([
    ['sales', ['orders', 'items']],
    ['staff', ['people']],
  ]);
});

test('a selection of two levels reads the tables of a schema', async () => {
  const messages = await updateOf(leveled(), {
    selection: {
      selection: {
        case: 'withSchema',
        value: {
          schemas: [
            {
              included: true,
              schemaName: 'sales',
              tables: [{ included: true, tableName: 'items', columns: { name: true } }],
            },
            { included: false, schemaName: 'staff', includeNewTables: true },
          ],
        },
      },
    },
  });
  expect(rowsOf(messages)).toEqual([
    {
      schema: 'sales',
      table: 'items',
      type: 'UPSERT',
      data: { id: 'long 1', name: 'string x' },
    },
  ]);
});

test('what is new and what is wider is announced before the first row that needs it', async () => {
  const script = [
    documents([{ id: 1, name: 'x', price: 1 }]),
    documents([
      { id: 2, color: 'red', size: null },
      { id: 3, price: '1 EUR', size: 7 },
    ]),
    changes(['patch', { id: 1, price: { amount: 1 } }]),
    checkpoint,
  ];
  const messages = await updateOf(memorySource({ streams: [{ name: 'a', schema, script }] }));
  expect(storyOf(messages)).toEqual([
    'rows 1',
    'schema',
    'rows 1',
    'schema',
    'rows 1',
    'schema',
    'rows 1',
    'checkpoint',
  ]);
  const announced = messages.flatMap(({ operation }) =>
    operation.case === 'schemaChange' ? [toJson(SchemaChangeSchema, operation.value)] : [],
  );
  const table = (columns: Record<string, string>) => ({
    withoutSchema: {
      tables: [
        {
          name: 'a',
          columns: Object.entries(columns).map(([name, type]) => ({
            name,
            type,
            ...(name === 'id' ? { primaryKey: true } : {}),
          })),
        },
      ],
    },
  });
  const known = { id: 'LONG', name: 'STRING' };
  expect(announced).toEqual([
    table({ ...known, price: 'DOUBLE', color: 'STRING' }),
    table({ ...known, price: 'STRING', color: 'STRING', size: 'LONG' }),
    table({ ...known, price: 'JSON', color: 'STRING', size: 'LONG' }),
  ]);
  expect(rowsOf(messages).map(({ data }) => data)).toEqual([
    { id: 'long 1', name: 'string x', price: 'double 1' },
    { id: 'long 2', name: null, price: null, color: 'string red' },
    { id: 'long 3', name: null, price: 'string 1 EUR', color: null, size: 'long 7' },
    { id: 'long 1', price: 'json {"amount":1}' },
  ]);
});

test('new columns that nobody wants are not announced', async () => {
  const selection = tablesAlone([{ included: true, tableName: 'a', columns: { name: true } }]);
  const script = [documents([{ id: 1, new: true, name: 'x' }]), checkpoint];
  const source = memorySource({ streams: [{ name: 'a', schema, script }] });
  expect(storyOf(await updateOf(source, { selection }))).toEqual(['rows 1', 'checkpoint']);
});

test('a source that knows its schema from here on has it announced, where it is another one', async () => {
  const wider = {
    type: 'object',
    properties: {
      ...schema.properties,
      id: { type: 'integer', 'x-digits': 38 },
      at: { type: 'string', format: 'date' },
    },
  };
  const script = [
    { is: 'schema', schema } as const,
    documents([{ id: 1 }]),
    { is: 'schema', schema: wider } as const,
    documents([{ id: 2n ** 70n, at: '2024-02-29' }]),
    checkpoint,
  ];
  const messages = await updateOf(memorySource({ streams: [{ name: 'a', schema, script }] }));
  expect(storyOf(messages)).toEqual(['rows 1', 'schema', 'rows 1', 'checkpoint']);
  expect(rowsOf(messages).at(-1)?.data).toMatchObject({
    id: 'decimal 1180591620717411303424',
    at: 'naive_date 1709164800.0'.replace('naive_date', 'naiveDate'),
  });
});
