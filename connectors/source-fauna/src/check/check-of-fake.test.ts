import type { FakeFauna, Role } from '@fairlead/fake-fauna';
import { describeFailure, type Failure } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { openedFake } from '../client/testing/opened-fake.ts';
import { checkFauna } from './check-fauna.ts';

const tsAndRef = ['ts', 'ref'];

/** Two collections, one of them with documents and an index. */
function fill({ store }: FakeFauna): void {
  store.createCollection('users', { historyDays: 30 });
  store.createCollection('empty');
  store.set('users', 101, { name: 'Ada', tags: ['a', 'b'] });
  store.set('users', 102, { name: 'Bob', age: 36 });
  store.createIndex('users_ts', { source: 'users', values: tsAndRef });
}

interface Checked {
  readonly collection?: object;
  readonly role?: Role;
  readonly settings?: object;
  readonly prepare?: (fake: FakeFauna) => void;
}

/** What check comes to. */
async function check({ collection = {}, role = 'admin', settings = {}, prepare }: Checked) {
  await using it = await openedFake(
    { secret: 'theirs', collection, ...settings },
    { secrets: { theirs: role } },
  );
  fill(it.fake);
  prepare?.(it.fake);
  const failure = await checkFauna(it.fauna, it.config, it.scope).then(
    () => undefined,
    (reason: unknown) => reason as Failure,
  );
  return { failure, lines: it.lines, warnings: it.lines.filter(({ level }) => level === 'warn') };
}

const lineOf = (failure: Failure | undefined) =>
  failure && describeFailure(failure).replaceAll(/127\.0\.0\.1:\d+/g, 'SERVER');

const users = { name: 'users', index: 'users_ts' };
const deletions = { deletion_mode: 'deleted_field' };
const columns = [
  { name: 'name', path: ['data', 'name'], type: 'string' },
  { name: 'first', path: ['data', 'tags', '[0]'], type: 'string', required: false },
];

describe('check of FQL v4 passes', () => {
  test.each<[string, Checked]>([
    ['for all collections', {}],
    ['for all collections, with deletions', { collection: { deletions } }],
    ['for one collection', { collection: { name: 'users' } }],
    ['for an empty one', { collection: { name: 'empty' } }],
    [
      'for one with an index, columns and deletions',
      { collection: { ...users, deletions, additional_columns: columns } },
    ],
    ['with a key that only reads', { role: 'server-readonly', collection: users }],
    [
      'with a role that has the least rights',
      {
        role: { read: ['users'], indexes: ['users_ts'], listings: ['collections', 'indexes'] },
        collection: { ...users, deletions, additional_columns: columns },
      },
    ],
    [
      'with a role that may list nothing but reads one collection',
      { role: { read: ['users', 'empty'] }, collection: { name: 'empty' } },
    ],
    [
      'for all, with a role for all of them',
      { role: { read: ['*'], indexes: ['*'], listings: ['collections', 'indexes'] } },
    ],
  ])('%s', async (_what, checked) => {
    expect(lineOf((await check(checked)).failure)).toBeUndefined();
  });
});

describe('check of FQL v4 tells', () => {
  test('which collections keep no history', async () => {
    const { warnings } = await check({ collection: { deletions } });
    expect(warnings).toEqual([
      {
        level: 'warn',
        message: 'deletions are told of for 15 minutes only, as history_days is 0',
        fields: { collections: ['empty'] },
      },
    ]);
  });

  test('of collections that look empty to the key', async () => {
    const role = { read: ['empty'], indexes: ['*'], listings: ['collections', 'indexes'] };
    expect((await check({ role })).warnings).toMatchObject([
      { fields: { collections: ['users'] } },
    ]);
  });

  test('of a column without a value', async () => {
    const additional_columns = [
      { name: 'x', path: ['data', 'name', 'x'], type: 'string', required: false },
    ];
    const { failure, warnings } = await check({ collection: { ...users, additional_columns } });
    expect(failure).toBeUndefined();
    expect(warnings).toMatchObject([{ fields: { column: 'x', documents: 2 } }]);
  });
});

describe('check of FQL v4 fails', () => {
  test.each<[string, Checked, Failure['kind'], RegExp]>([
    [
      'for a wrong secret',
      { settings: { secret: 'wrong' } },
      'access',
      /^http:\/\/SERVER: Failed to connect to database: Unauthorized\. The server does not accept the secret/,
    ],
    [
      'for a collection that is not there',
      { collection: { name: 'user' } },
      'config',
      /^http:\/\/SERVER: Collection 'user' does not exist\. .* Did you mean 'users'\?$/,
    ],
    [
      'for a collection that is gone',
      { collection: { name: 'empty' }, prepare: ({ store }) => store.deleteCollection('empty') },
      'config',
      /Collection 'empty' does not exist/,
    ],
    [
      'for a collection that looks empty to the key',
      { collection: { name: 'users' }, role: { read: [] } },
      'access',
      /^http:\/\/SERVER: No permissions to read the documents of collection 'users'\. Give the role of the key read on the collection users/,
    ],
    [
      'for a list of collections that is refused',
      { role: { listings: ['indexes'] } },
      'access',
      /: No permissions to list collections\. Give the role/,
    ],
    [
      'for a list of indexes that is refused',
      { role: { read: ['*'], listings: ['collections'] } },
      'access',
      /: No permissions to list indexes\. Give the role/,
    ],
    [
      'for a key that may read no documents',
      { role: { listings: ['collections', 'indexes'] } },
      'access',
      /: No permissions to read the documents of any collection\. /,
    ],
    [
      'for a key of clients',
      { role: 'client' },
      'access',
      /: No permissions to list collections\. /,
    ],
    [
      'for an index that is not there',
      { collection: { name: 'users', index: 'other' } },
      'config',
      /^collection users: Index 'other' does not exist\. /,
    ],
    [
      'for an index of another collection',
      {
        collection: { name: 'users', index: 'other' },
        prepare: ({ store }) => store.createIndex('other', { source: 'empty', values: tsAndRef }),
      },
      'config',
      /: Index 'other' should have source 'users', but it has source 'empty'\. /,
    ],
    [
      'for an index with other values',
      {
        collection: { name: 'users', index: 'other' },
        prepare: ({ store }) =>
          store.createIndex('other', { source: 'users', values: ['-ts', 'ref'] }),
      },
      'config',
      /: Index should have values \[\{field: ts\}, \{field: ref\}\], but it has values \[\{field: ts, reverse: true\}, \{field: ref\}\]\. /,
    ],
    [
      'for an index with terms',
      {
        collection: { name: 'users', index: 'other' },
        prepare: ({ store }) =>
          store.createIndex('other', { source: 'users', terms: ['data.name'], values: tsAndRef }),
      },
      'config',
      /: Index 'other' should have no terms, but it has \[\{field: data\.name\}\]\. /,
    ],
    [
      'for an index that is not active',
      {
        collection: users,
        prepare: ({ store }) => store.configure('indexes', 'users_ts', { active: false }),
      },
      'transient',
      /: Index 'users_ts' is not active yet\. /,
    ],
    [
      'for an index that may not be read',
      { collection: users, role: { read: ['users'], listings: ['indexes'] } },
      'access',
      /: No permissions to read index 'users_ts'\. /,
    ],
    [
      'for a required column that some documents have not',
      {
        collection: {
          ...users,
          additional_columns: [{ name: 'age', path: ['data', 'age'], type: 'integer' }],
        },
      },
      'config',
      /^collection users: Column age: the path data\.age does not exist in document Ref\(101, collection=users\)\. Correct the path/,
    ],
  ])('%s', async (_what, checked, kind, line) => {
    const { failure } = await check(checked);
    expect(lineOf(failure)).toMatch(line);
    expect(failure?.kind).toBe(kind);
  });
});
