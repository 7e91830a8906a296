import { describe, expect, test } from 'vitest';
import { error, type Reply } from '../client/testing/scripted-server.ts';
import { openedFake } from '../client/testing/opened-fake.ts';
import { checkFauna } from './check-fauna.ts';
import { checked, type Table } from './testing/checked.ts';

const data = (value: unknown): Reply => ({ body: { data: value, summary: '', txn_ts: 1 } });
const failed = (status: number, code: string, message: string): Reply => ({
  status,
  body: { error: { code, message }, summary: '' },
});
const denied = failed(
  400,
  'permission_denied',
  'Insufficient privileges to read from collection foo.',
);
const time: Table[number] = ['Time.now()', data({ '@time': '2024-01-01T00:00:00Z' })];
const definition = (name: string, days?: number) => ({
  '@doc': {
    coll: { '@mod': 'Collection' },
    name,
    ...(days === undefined ? {} : { history_days: { '@int': String(days) } }),
  },
});
const listQuery = 'Collection.all().pageSize(1000)';
const set = (...documents: readonly unknown[]) => data({ '@set': { data: documents } });
const sampleQuery = 'Collection(name).all().pageSize(size)';
const probeQuery = "Collection(name).byId('1')";
/** What is there instead of a document. */
const missing = (cause: string) =>
  data({ '@ref': { id: '1', coll: { '@mod': 'foo' }, exists: false, cause } });
const unreadable = missing('permission denied');
const document = (id: string, fields: object) => ({
  '@doc': { id, coll: { '@mod': 'foo' }, ts: { '@time': '2024-01-01T00:00:00Z' }, ...fields },
});
const age = { name: 'age', path: ['data', 'age'], type: 'integer' };

const check = (table: Table, collection: object = {}) =>
  checked(table, { api_version: '10', collection });

describe('check of FQL v10', () => {
  test('lists collections, and asks of each whether it may be read', async () => {
    const { failure, asked, lines } = await check([
      time,
      [listQuery, set(definition('foo'), definition('bar'))],
      [probeQuery, missing('not found')],
    ]);
    expect(failure).toBeUndefined();
    expect(asked).toMatchObject([
      { query: 'Time.now()' },
      { query: listQuery },
      { query: probeQuery, arguments: { name: 'foo' } },
      { query: probeQuery, arguments: { name: 'bar' } },
    ]);
    expect(lines).toEqual([]);
  });

  test('tells which collections keep no history', async () => {
    const table: Table = [
      time,
      [listQuery, set(definition('foo', 0), definition('bar', 7), definition('baz'))],
      [probeQuery, missing('not found')],
    ];
    const { lines } = await check(table, { deletions: { deletion_mode: 'deleted_field' } });
    expect(lines).toMatchObject([{ level: 'warn', fields: { collections: ['foo'] } }]);
  });

  test('passes for one collection with documents', async () => {
    const { failure, asked } = await check([time, [sampleQuery, set(document('1', {}))]], {
      name: 'foo',
    });
    expect(failure).toBeUndefined();
    expect(asked).toMatchObject([
      {},
      { query: sampleQuery, arguments: { name: 'foo', size: { '@int': '1' } } },
    ]);
  });

  test.each<[string, Table, object, object]>([
    [
      'a wrong secret',
      [['Time.now()', failed(401, 'unauthorized', 'Access token required')]],
      {},
      { kind: 'access', message: 'Failed to connect to database: Unauthorized' },
    ],
    [
      'a server that knows FQL v4 only',
      [['Time.now()', error(404, 'not found', 'Not Found')]],
      {},
      {
        kind: 'config',
        message: 'Failed to connect to database: the server does not know this request: Not Found',
        hint: expect.stringContaining('api_version') as string,
      },
    ],
    [
      'a collection that is not there',
      [
        time,
        [
          sampleQuery,
          failed(
            400,
            'invalid_argument',
            'invalid argument `collection`: No such user collection `fo`.',
          ),
        ],
        [listQuery, set(definition('foo'))],
      ],
      { name: 'fo' },
      {
        kind: 'config',
        message: "Collection 'fo' does not exist",
        hint: expect.stringMatching(/Did you mean 'foo'\?$/) as string,
      },
    ],
    [
      'an empty collection that may not be read',
      [time, [sampleQuery, set()], [probeQuery, denied]],
      { name: 'foo' },
      { kind: 'access', message: "No permissions to read the documents of collection 'foo'" },
    ],
    [
      'an empty collection that looks so to the key',
      [time, [sampleQuery, set()], [probeQuery, unreadable]],
      { name: 'foo' },
      { kind: 'access', message: "No permissions to read the documents of collection 'foo'" },
    ],
    [
      'collections of which none may be read',
      [time, [listQuery, set(definition('foo'))], [probeQuery, unreadable]],
      {},
      { kind: 'access', message: 'No permissions to read the documents of any collection' },
    ],
    [
      'a required column that some documents have not',
      [time, [sampleQuery, set(document('1', { age: { '@int': '1' } }), document('2', {}))]],
      { name: 'foo', additional_columns: [age] },
      {
        kind: 'config',
        where: 'collection foo',
        message: 'Column age: the path data.age does not exist in all documents',
      },
    ],
  ])('fails for %s', async (_what, table, collection, expected) => {
    expect((await check(table, collection)).failure).toMatchObject(expected);
  });

  test('passes with a database that answers in it', async () => {
    const collection = {
      name: 'users',
      deletions: { deletion_mode: 'deleted_field' },
      additional_columns: [age, { ...age, name: 'x', path: ['data', 'x'], required: false }],
    };
    await using it = await openedFake({ api_version: '10', collection });
    it.fake.store.createCollection('users', { historyDays: 1 });
    it.fake.store.set('users', 1, { age: 36 });
    await checkFauna(it.fauna, it.config, it.scope);
    expect(it.lines).toMatchObject([{ level: 'warn', fields: { column: 'x', documents: 1 } }]);
  });

  test('passes with a whole database that answers in it', async () => {
    await using it = await openedFake({ api_version: '10' });
    it.fake.store.createCollection('users');
    it.fake.store.createCollection('orders');
    await checkFauna(it.fauna, it.config, it.scope);
    expect(it.lines).toEqual([]);
  });

  test('warns of a collection of a database that looks empty to the key', async () => {
    const role = { read: ['orders'], listings: ['collections'] };
    await using it = await openedFake(
      { api_version: '10', secret: 'theirs' },
      { secrets: { theirs: role } },
    );
    it.fake.store.createCollection('users');
    it.fake.store.createCollection('orders');
    await checkFauna(it.fauna, it.config, it.scope);
    expect(it.lines).toMatchObject([{ level: 'warn', fields: { collections: ['users'] } }]);
  });
});
