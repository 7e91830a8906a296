import { expect, test } from 'vitest';
import { bindTable } from './bind-table.ts';
import type { BindingSpec } from './flow-spec.ts';
import { peopleBinding, testCollection } from './test-specs.ts';

const options = { resource: { table: 'people' }, deltaUpdates: false, hardDelete: false };
const selection = { keys: ['id'], values: ['amount', 'name'], document: 'flow_document' };

/** `name pointer type`, with a star for the key. */
function columns(binding: BindingSpec, over = {}): string[] {
  const { table } = bindTable(binding, { ...options, ...over });
  return table.columns.map(({ name, pointer, schema, key }) => {
    return `${key ? '*' : ''}${name} ${pointer} ${JSON.stringify(schema)}`;
  });
}

test('columns are keys, values, then the document, at their places in it', () => {
  expect(columns(peopleBinding())).toEqual([
    '*id /id {"type":"integer"}',
    'amount /amount {"type":["integer","null"]}',
    'name /name {"type":["string","null"]}',
    'flow_document  {"type":"object"}',
  ]);
});

test('the time of publication, which is in no document, is beside it', () => {
  const fieldSelection = { ...selection, values: ['flow_published_at', 'name'] };
  expect(columns(peopleBinding({ fieldSelection }))).toEqual([
    '*id /flow_document/id {"type":"integer"}',
    'flow_published_at /flow_published_at {"type":"string","format":"date-time"}',
    'name /flow_document/name {"type":["string","null"]}',
    'flow_document /flow_document {"type":"object"}',
  ]);
  expect(bindTable(peopleBinding({ fieldSelection }), options)).toMatchObject({
    form: 'row',
    keys: [{ name: 'id', source: 'document' }],
    values: [
      { name: 'flow_published_at', source: 'published' },
      { name: 'name', source: 'document' },
    ],
  });
});

test.each([
  ['a document in no column', { ...selection, document: '' }, 'row'],
  ['a place within an array', { ...selection, values: ['list/0'] }, 'row'],
  ['a value with a default', { ...selection, values: ['state'] }, 'row'],
  ['the mark of what was shortened', { ...selection, values: ['_meta/flow_truncated'] }, 'row'],
  ['members of objects', { ...selection, values: ['_meta/op', 'a/b'] }, 'document'],
])('%s is stored in its form', (_, fieldSelection, form) => {
  const collection = testCollection(
    'c',
    ['/id'],
    [
      { ptr: '/id', types: ['integer'], exists: 'MUST' },
      { ptr: '/amount', types: ['integer'] },
      { ptr: '/name', types: ['string'] },
      { ptr: '/list/0', types: ['string'] },
      { ptr: '/state', types: ['string'], default: 'new' },
      { ptr: '/_meta/flow_truncated', types: ['boolean'] },
      { ptr: '/_meta/op', types: ['string'] },
      { ptr: '/a/b', types: ['object'] },
    ],
  );
  expect(bindTable(peopleBinding({ collection, fieldSelection }), options).form).toBe(form);
});

test('a name with a slash is one member of a row', () => {
  const collection = testCollection(
    'c',
    ['/id'],
    [
      { ptr: '/id', types: ['integer'], exists: 'MUST' },
      { ptr: '/_meta/op', types: ['string'] },
    ],
  );
  const fieldSelection = { keys: ['id'], values: ['_meta/op'], document: '' };
  const { table } = bindTable(peopleBinding({ collection, fieldSelection }), options);
  expect(table.columns[1]?.pointer).toBe('/_meta~1op');
});

test.each([
  [{}, { write: 'merge', deletes: 'ignore' }],
  [{ hardDelete: true }, { write: 'merge', deletes: 'hard' }],
  [{ deltaUpdates: true }, { write: 'append', deletes: 'ignore' }],
  [
    { deltaUpdates: true, hardDelete: true },
    { write: 'append', deletes: 'ignore' },
  ],
])('with %j the table is %j', (over, expected) => {
  expect(bindTable(peopleBinding(), { ...options, ...over }).table).toMatchObject(expected);
});

test('a field that there is not is a failure', () => {
  const fieldSelection = { ...selection, values: ['nobody'] };
  expect(() => bindTable(peopleBinding({ fieldSelection }), options)).toThrow('field "nobody"');
});

test.each([{ castToString: true }, { ignoreStringFormat: true }])(
  'a field with the settings %j is text, and a string of a format is a plain one',
  (settings) => {
    const collection = testCollection(
      'c',
      ['/id'],
      [
        { ptr: '/id', types: ['integer'], exists: 'MUST' },
        { ptr: '/amount', types: ['integer'], exists: 'MUST' },
        { ptr: '/at', types: ['string'], format: 'date-time' },
      ],
    );
    const config = Buffer.from(JSON.stringify(settings));
    const fieldSelection = {
      keys: ['id'],
      values: ['amount', 'at'],
      document: 'flow_document',
      fieldConfig: { amount: config, at: config },
    };
    const binding = peopleBinding({ collection, fieldSelection });
    expect(columns(binding)).toEqual([
      '*id /flow_document/id {"type":"integer"}',
      'amount /amount {"type":"string"}',
      'at /flow_document/at {"type":["string","null"]}',
      'flow_document /flow_document {"type":"object"}',
    ]);
    expect(bindTable(binding, options).values.map(({ source }) => source)).toEqual([
      'text',
      'document',
    ]);
  },
);

test.each([
  ['id', { castToString: true }, 'only a value can be cast to text'],
  ['flow_document', { castToString: true }, 'only a value can be cast to text'],
  ['amount', { DDL: 'BIGINT' }, 'a field cannot have a column type of your own'],
  ['amount', { castToString: 'yes' }, /castToString: /],
])('the field %s cannot have the settings %j', (field, settings, message) => {
  const fieldConfig = { [field]: Buffer.from(JSON.stringify(settings)) };
  const binding = peopleBinding({ fieldSelection: { ...selection, fieldConfig } });
  expect(() => bindTable(binding, options)).toThrow(message);
});
