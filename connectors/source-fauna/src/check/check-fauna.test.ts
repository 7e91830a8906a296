import { describe, expect, test } from 'vitest';
import { denied, error, refTo, resource, type Reply } from '../client/testing/scripted-server.ts';
import {
  bar,
  checked,
  collectionsQuery,
  definitionQuery,
  eventQuery,
  firstQuery,
  foo,
  indexesQuery,
  notThere,
  now,
  one,
  page,
  probeQuery,
  undefinedRef,
  type Table,
} from './testing/checked.ts';

const all: Table = [
  now,
  [collectionsQuery, page(foo, bar)],
  [indexesQuery, page()],
  [probeQuery('foo'), notThere],
  [probeQuery('bar'), resource(1)],
];

describe('check of all collections', () => {
  test('C1: passes when everything answers, by one client, and logs no problem', async () => {
    const { failure, asked, lines } = await checked(all);
    expect(failure).toBeUndefined();
    expect(asked).toEqual(all.map(([query]) => query));
    expect(lines.map(({ level }) => level)).toEqual(['info']);
  });

  test.each<[string, Reply, object]>([
    [
      'C2: the secret is not accepted',
      error(401, 'unauthorized', 'Unauthorized'),
      {
        kind: 'access',
        message: 'Failed to connect to database: Unauthorized',
        hint: expect.stringContaining('does not accept the secret') as string,
      },
    ],
    [
      'the account is disabled',
      error(410, 'permission denied', 'FQL v4 requests have been disabled for your account.'),
      { kind: 'access', hint: expect.stringContaining('set api_version to 10') as string },
    ],
    [
      'the server fails',
      error(500, 'internal server error', 'java.lang.Exception'),
      {
        kind: 'transient',
        message: 'Failed to connect to database: the server failed: 500 java.lang.Exception',
      },
    ],
    [
      'it is no Fauna server',
      { raw: '<html>', headers: { 'content-type': 'text/html' } },
      {
        kind: 'config',
        message:
          'Failed to connect to database: what answers there is not Fauna: 200 text/html, without resource',
        hint: expect.stringMatching(/^Check domain, port, scheme/) as string,
      },
    ],
    [
      'the route is another',
      error(404, 'not found', 'Not Found'),
      {
        kind: 'config',
        message: 'Failed to connect to database: the server does not know this request: Not Found',
      },
    ],
  ])('%s', async (_what, reply, expected) => {
    const { failure, asked, server } = await checked([[{ now: null }, reply]]);
    expect(failure).toMatchObject({ name: 'Failure', where: server, ...expected });
    expect(new Set(asked.map((body) => JSON.stringify(body)))).toEqual(new Set(['{"now":null}']));
  });

  test.each(['collections', 'indexes'] as const)('may not list %s', async (what) => {
    const refused = what === 'collections' ? collectionsQuery : indexesQuery;
    const listed = { paginate: { indexes: null }, size: 1000 };
    const table: Table = [[refused, denied], [listed, denied], ...all];
    const { failure } = await checked(table);
    expect(failure).toMatchObject({
      kind: 'access',
      message: `No permissions to list ${what}`,
      hint: expect.stringContaining(
        what === 'collections' ? 'read on Collections()' : 'read on Indexes()',
      ) as string,
    });
  });

  test('a listing that fails for another reason says that one', async () => {
    const table: Table = [[collectionsQuery, error(503, 'time out', 'Read timed out')], ...all];
    expect((await checked(table)).failure).toMatchObject({
      kind: 'transient',
      message: 'the server took too long: Read timed out',
    });
  });

  test('tells that nothing is listed', async () => {
    const { failure, lines } = await checked([[collectionsQuery, page()], ...all]);
    expect(failure).toBeUndefined();
    expect(lines).toMatchObject([
      { level: 'warn', message: expect.stringMatching(/^no collection is listed/) as string },
    ]);
  });

  test('tells of collections that look empty because they may not be read', async () => {
    const { failure, lines } = await checked([[probeQuery('foo'), denied], ...all]);
    expect(failure).toBeUndefined();
    expect(lines).toContainEqual({
      level: 'warn',
      message: 'some collections look empty, as the key may not read their documents',
      fields: { collections: ['foo'] },
    });
  });

  test('fails when no collection may be read', async () => {
    const table: Table = [[probeQuery('foo'), denied], [probeQuery('bar'), denied], ...all];
    expect((await checked(table)).failure).toMatchObject({
      kind: 'access',
      message: 'No permissions to read the documents of any collection',
      hint: expect.stringContaining('the collection foo') as string,
    });
  });

  test('tells which collections keep no history, when deletions are wanted', async () => {
    const definition = (history_days: number | undefined) =>
      resource({ ref: foo, ts: 1, history_days, name: 'x' });
    const collection = { deletions: { deletion_mode: 'deleted_field' } };
    for (const [days, fooIsShort] of [
      [0, true],
      [30, false],
      [undefined, false],
    ] as const) {
      const table: Table = [
        ...all,
        [definitionQuery('foo'), definition(days)],
        [definitionQuery('bar'), denied],
      ];
      const { failure, lines } = await checked(table, { collection });
      expect(failure).toBeUndefined();
      const warning = {
        level: 'warn',
        message: 'deletions are told of for 15 minutes only, as history_days is 0',
        fields: { collections: ['foo'] },
      };
      expect(lines.filter(({ level }) => level === 'warn')).toEqual(fooIsShort ? [warning] : []);
    }
  });
});

describe('check of one collection', () => {
  const check = (table: Table, collection: object = {}) =>
    checked(table, { collection: { name: 'foo', ...collection } });

  test('passes when a document can be read', async () => {
    const { failure, asked, lines } = await check(one);
    expect(failure).toBeUndefined();
    expect(asked).toEqual(one.map(([query]) => query));
    expect(lines).toMatchObject([
      { level: 'info', message: expect.stringMatching(/^without an index/) as string },
    ]);
  });

  test('C3: the collection is not there', async () => {
    const table: Table = [
      now,
      [firstQuery('foo'), undefinedRef('collection', 'foo')],
      [collectionsQuery, denied],
    ];
    expect((await check(table)).failure).toMatchObject({
      kind: 'config',
      message: "Collection 'foo' does not exist",
      hint: 'Check collection.name in the settings, and that the key is of the right database.',
    });
  });

  test('C3: a collection that is called nearly so is named', async () => {
    const table: Table = [
      now,
      [firstQuery('foo'), undefinedRef('collection', 'foo')],
      [collectionsQuery, page(bar, refTo('Foo', 'collections'))],
    ];
    expect((await check(table)).failure?.hint).toMatch(/ Did you mean 'Foo'\?$/);
  });

  test('an empty collection passes when its documents could be read', async () => {
    const table: Table = [now, [firstQuery('foo'), page()], [probeQuery('foo'), notThere]];
    const { failure, lines } = await check(table);
    expect(failure).toBeUndefined();
    expect(lines).toContainEqual({
      level: 'info',
      message: 'the collection is empty',
      fields: { collection: 'foo' },
    });
  });

  test('a collection that looks empty because it may not be read fails', async () => {
    const table: Table = [now, [firstQuery('foo'), page()], [probeQuery('foo'), denied]];
    expect((await check(table)).failure).toMatchObject({
      kind: 'access',
      message: "No permissions to read the documents of collection 'foo'",
      hint: expect.stringMatching(/^Give the role of the key read on the collection foo/) as string,
    });
  });

  test('a collection that is refused fails', async () => {
    expect((await check([now, [firstQuery('foo'), denied]])).failure).toMatchObject({
      kind: 'access',
      message: "No permissions to read the documents of collection 'foo'",
    });
  });

  test('any other error is told with the collection', async () => {
    const table: Table = [now, [firstQuery('foo'), error(540, 'operator error', 'Topology.')]];
    expect((await check(table)).failure).toMatchObject({
      kind: 'transient',
      where: 'collection foo',
      message: 'the server failed: 540 Topology.',
    });
  });

  test('deletions want a page of events, and history', async () => {
    const table: Table = [
      ...one,
      [eventQuery('foo'), page()],
      [definitionQuery('foo'), resource({ history_days: 0 })],
    ];
    const { failure, asked, lines } = await check(table, {
      deletions: { deletion_mode: 'deleted_field' },
    });
    expect(failure).toBeUndefined();
    expect(asked).toEqual(table.map(([query]) => query));
    expect(lines).toMatchObject([
      { level: 'info' },
      { level: 'warn', fields: { collections: ['foo'] } },
    ]);
  });

  test('events that are refused fail', async () => {
    const table: Table = [...one, [eventQuery('foo'), denied]];
    const deletions = { deletion_mode: 'deleted_field' };
    expect((await check(table, { deletions })).failure).toMatchObject({ kind: 'access' });
  });
});
