import type { Plain } from '@fairlead/fake-fauna';
import { describe, expect, test } from 'vitest';
import { Task } from '../testing/task.ts';
import { databaseOfFoo, deletions, expectSame } from './testing/database.ts';
import { readOnce } from './testing/reading.ts';

const ways = [
  ['as a whole', '4', { collection: 'foo' }],
  ['by an index', '4', { collection: 'foo', index: 'foo_ts' }],
  ['in FQL v10', '10', { collection: 'foo' }],
] as const;

describe.each(ways)('%s', (_, apiVersion, resource) => {
  test.each<[string, Plain, string]>([
    ['the greatest integer', 9_223_372_036_854_775_807n, '9223372036854775807'],
    ['the least integer', -9_223_372_036_854_775_808n, '-9223372036854775808'],
    ['an integer above 2^53', 9_007_199_254_740_993n, '9007199254740993'],
    ['a double', 1.5, '1.5'],
    ['a text', 'é\n"\u{1F600}', '"é\\n\\"\u{1F600}"'],
    ['an array with null', [null, true, [[]]], '[null,true,[[]]]'],
    ['a time', { '@ts': '2022-08-01T23:59:19.123456789Z' }, '"2022-08-01T23:59:19.123456789Z"'],
    ['a date', { '@date': '2022-08-01' }, '"2022-08-01"'],
    ['bytes', { '@bytes': '+/8=' }, '"-_8="'],
    [
      'a reference',
      {
        '@ref': {
          id: '7',
          collection: { '@ref': { id: 'foo', collection: { '@ref': { id: 'collections' } } } },
        },
      },
      '{"id":"7","collection":"foo","type":"document"}',
    ],
    ['a member called @ref', { '@obj': { '@ref': 'x' } }, '{"@ref":"x"}'],
    ['a member called @obj', { '@obj': { '@obj': { a: 1n } } }, '{"@obj":{"a":1}}'],
    ['members in their order', { b: 1n, a: 2n, 10: 3n }, '{"10":3,"b":1,"a":2}'],
  ])('%s comes as JSON', async (__, value, json) => {
    await using fake = await databaseOfFoo();
    const ts = fake.store.set('foo', 1, { value });
    const { lines } = await readOnce({ port: fake.port, apiVersion, bindings: [resource] });
    expect(lines).toEqual([`{"ref":"1","ts":${ts},"data":{"value":${json}},"ttl":null}`]);
  });

  test('documents without data have an empty object', async () => {
    await using fake = await databaseOfFoo();
    fake.store.set('foo', 1, {});
    const { rows } = await readOnce({ port: fake.port, apiVersion, bindings: [resource] });
    expect(rows).toMatchObject([{ data: {} }]);
  });

  test.each([1, 2, 64])(
    'ids above 2^53 are exact and in the order of numbers, in pages of %i',
    async (pageSize) => {
      await using fake = await databaseOfFoo();
      const ids = [
        '2',
        '9',
        '10',
        '1000',
        '9007199254740992',
        '9007199254740993',
        '9007199254740994',
        '10000000000000000',
        '9223372036854775807',
      ];
      fake.store.transaction((transaction) => {
        for (const id of ids.toReversed()) transaction.set('foo', BigInt(id), { id });
      });
      const task = new Task(fake, resource, { page_size: pageSize, deletions }, apiVersion);
      await task.run();
      expect(task.story.map((line) => line.replace(/@.*/, ''))).toEqual([
        'begins',
        ...ids.map((id) => `row ${id}`),
      ]);
      expectSame(task, fake);
      fake.store.delete('foo', 9_007_199_254_740_993n);
      fake.store.set('foo', 9_007_199_254_740_992n, { n: 'new' });
      await task.run();
      expectSame(task, fake);
    },
  );
});
