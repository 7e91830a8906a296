import {
  backfill,
  changes,
  checkpoint,
  documents,
  memorySource,
  rowsOf,
  statesOf,
  storyOf,
} from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { updateOf } from './testing/play-fivetran.ts';

const schema = {
  type: 'object',
  properties: { id: { type: 'integer' }, name: { type: ['string', 'null'] }, more: {} },
  required: ['id'],
};

test('rows are whole, changes are parts, deletions are keys', async () => {
  const script = [
    ...backfill(documents([{ id: 1, name: 'Ada', more: { a: [1] } }, { id: 2 }])),
    changes(['patch', { id: 2, name: null }], ['delete', { id: 1, name: 'gone' }]),
    checkpoint,
  ];
  const messages = await updateOf(memorySource({ streams: [{ name: 'a', schema, script }] }));
  expect(storyOf(messages)).toEqual(['truncate a', 'rows 2', 'checkpoint', 'rows 2', 'checkpoint']);
  expect(rowsOf(messages)).toEqual([
    { table: 'a', type: 'TRUNCATE', data: {} },
    {
      table: 'a',
      type: 'UPSERT',
      data: { id: 'long 1', name: 'string Ada', more: 'json {"a":[1]}' },
    },
    { table: 'a', type: 'UPSERT', data: { id: 'long 2', name: null, more: null } },
    { table: 'a', type: 'UPDATE', data: { id: 'long 2', name: null } },
    { table: 'a', type: 'DELETE', data: { id: 'long 1' } },
  ]);
  expect(JSON.parse(statesOf(messages).at(-1) ?? '')).toEqual({
    version: 1,
    connector: 'source-memory',
    bindings: { a: { at: script.length } },
  });
});

test('a key that is inside of a member has a column of its own, beside others of its name', async () => {
  const script = [
    documents([
      { file: 'x', _meta: { file: 'long'.repeat(300), row: 1 } },
      { _meta: { file: 'b', row: 2 ** 40 } },
    ]),
    changes(['delete', { file: 'x', _meta: { row: 1, file: 'a' } }]),
    checkpoint,
  ];
  const key = ['/_meta/file', '/_meta/row'];
  const properties = {
    file: { type: 'string' },
    _meta: {
      type: 'object',
      properties: { file: { type: 'string' }, row: { type: 'integer' } },
    },
  };
  const streams = [{ name: 'a', key, schema: { type: 'object', properties }, script }];
  const messages = await updateOf(memorySource({ streams }));
  expect(rowsOf(messages).map(({ data }) => data)).toEqual([
    {
      _meta_file: `string ${'long'.repeat(300)}`,
      _meta_row: 'long 1',
      file: 'string x',
      _meta: `json {"file":"${'long'.repeat(300)}","row":1}`,
    },
    {
      _meta_file: 'string b',
      _meta_row: 'long 1099511627776',
      file: null,
      _meta: 'json {"file":"b","row":1099511627776}',
    },
    { _meta_file: 'string a', _meta_row: 'long 1' },
  ]);
});

test('members that are written in several ways have one column', async () => {
  const lines = [
    '{"id":1,"n\\u0061me":"x"}',
    '{"n\\u0061me":"y","id":2,"new":null}',
    '{"id":3,"n\\u0065w":1}',
    '{"id":4,"new":2}',
  ];
  const ends: number[] = [];
  for (const line of lines) ends.push((ends.at(-1) ?? 0) + line.length + 1);
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  const step = { is: 'documents', documents: { bytes, ends: Uint32Array.from(ends) } } as const;
  const script = [step, checkpoint];
  const messages = await updateOf(memorySource({ streams: [{ name: 'a', schema, script }] }));
  expect(rowsOf(messages).map(({ data }) => data)).toEqual([
    { id: 'long 1', name: 'string x', more: null },
    { id: 'long 2', name: 'string y', more: null },
    { id: 'long 3', name: null, more: null, new: 'long 1' },
    { id: 'long 4', name: null, more: null, new: 'long 2' },
  ]);
});
