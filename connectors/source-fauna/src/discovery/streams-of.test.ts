import { describe, expect, test } from 'vitest';
import { failing } from '../client/testing/opened.ts';
import { denied, error, refTo, resource } from '../client/testing/scripted-server.ts';
import { discovered, properties, type Table } from './testing/discovered.ts';

const collectionsQuery = { paginate: { collections: null }, size: 1000 };
const indexPage = { paginate: { indexes: null }, size: 1000 };
const indexesQuery = {
  map: { lambda: 'x', expr: { get: { var: 'x' } } },
  collection: indexPage,
};
const page = (...data: readonly unknown[]) => resource({ data });
const collectionRef = (name: string) => refTo(name, 'collections');
const indexRef = (name: string) => refTo(name, 'indexes');
const index = (name: string, collection: string, changes: object = {}) => ({
  ref: indexRef(name),
  ts: 1,
  active: true,
  name,
  source: collectionRef(collection),
  values: [{ field: ['ts'] }, { field: ['ref'] }],
  ...changes,
});

describe('all collections', () => {
  test('D1: are streams, with the index by which changes are read where there is one', async () => {
    const { streams, asked } = await discovered([
      [collectionsQuery, page(collectionRef('foo'), collectionRef('bar'))],
      [indexesQuery, page(index('ts', 'foo'))],
    ]);
    expect(asked).toEqual([collectionsQuery, indexesQuery]);
    const schema = {
      type: 'object',
      required: ['ref', 'ts'],
      properties: {
        ref: { type: 'string' },
        ts: { type: 'integer' },
        data: { type: 'object' },
        ttl: { type: ['null', 'string'], format: 'date-time' },
      },
    };
    const common = { key: ['/ref'], cursor: '/ts', schema };
    expect(streams).toMatchObject([
      { name: 'bar', resource: { collection: 'bar' }, ...common },
      { name: 'foo', resource: { collection: 'foo', index: 'ts' }, ...common },
    ]);
    expect(streams[0]?.resource).toEqual({ collection: 'bar' });
    expect(streams.map((stream) => Object.keys(properties(stream)))).toEqual([
      ['ref', 'ts', 'data', 'ttl'],
      ['ref', 'ts', 'data', 'ttl'],
    ]);
  });

  test('have what the settings say for all of them', async () => {
    const { streams } = await discovered(
      [
        [collectionsQuery, page(collectionRef('foo'))],
        [indexesQuery, page()],
      ],
      {
        collection: {
          data_column: false,
          deletions: { deletion_mode: 'deleted_field', column: 'gone' },
          additional_columns: [{ name: 'a', path: ['data', 'a'], type: 'string' }],
        },
      },
    );
    expect(streams.map(properties)).toMatchObject([
      { gone: { type: ['null', 'string'], format: 'date-time' }, a: { type: 'string' } },
    ]);
    expect(streams.map(properties)[0]).not.toHaveProperty('data');
  });

  test('are those of all pages', async () => {
    const after = [collectionRef('c3')];
    const { streams, asked } = await discovered([
      [collectionsQuery, resource({ data: ['c1', 'c2'].map(collectionRef), after })],
      [
        { ...collectionsQuery, after },
        resource({ before: after, data: ['c3'].map(collectionRef) }),
      ],
      [indexesQuery, resource({ data: [], after: [indexRef('i')] })],
      [
        { ...indexesQuery, collection: { ...indexPage, after: [indexRef('i')] } },
        page(index('i', 'c2')),
      ],
    ]);
    expect(asked).toHaveLength(4);
    expect(streams.map((stream) => stream.resource)).toEqual([
      { collection: 'c1' },
      { collection: 'c2', index: 'i' },
      { collection: 'c3' },
    ]);
  });

  test.each<[string, readonly object[], string | undefined]>([
    ['the first that fits', [index('a', 'foo'), index('b', 'foo')], 'a'],
    ['none of another collection', [index('a', 'bar')], undefined],
    [
      'none with terms',
      [index('a', 'foo', { terms: [{ field: ['data', 'x'] }] }), index('b', 'foo')],
      'b',
    ],
    ['none without values', [index('a', 'foo', { values: undefined }), index('b', 'foo')], 'b'],
    [
      'none of several collections',
      [index('a', 'foo', { source: ['foo', 'bar'].map(collectionRef) })],
      undefined,
    ],
    ['none of all collections', [index('a', 'foo', { source: '_' })], undefined],
    [
      'none that descends',
      [index('a', 'foo', { values: [{ field: ['ts'], reverse: true }, { field: ['ref'] }] })],
      undefined,
    ],
    ['none that is being built', [index('a', 'foo', { active: false }), index('b', 'foo')], 'b'],
    [
      'one with more values',
      [
        index('a', 'foo', {
          values: [{ field: 'ts' }, { field: 'ref' }, { field: ['data', 'x'] }],
        }),
      ],
      'a',
    ],
    ['none that cannot be understood', [{}, index('b', 'foo')], 'b'],
  ])('have of their indexes %s', async (_which, indexes, expected) => {
    const { streams } = await discovered([
      [collectionsQuery, page(collectionRef('foo'))],
      [indexesQuery, page(...indexes)],
    ]);
    const wanted = { collection: 'foo', ...(expected === undefined ? {} : { index: expected }) };
    expect(streams.map((stream) => stream.resource)).toEqual([wanted]);
  });

  test('do without an index that is refused, or that is gone', async () => {
    const { streams } = await discovered([
      [collectionsQuery, page(collectionRef('foo'), collectionRef('bar'))],
      [indexesQuery, denied],
      [indexPage, page(indexRef('secret'), indexRef('gone'), indexRef('i'))],
      [{ get: indexRef('secret') }, denied],
      [{ get: indexRef('gone') }, error(404, 'instance not found', 'Document not found.')],
      [{ get: indexRef('i') }, resource(index('i', 'foo'))],
    ]);
    expect(streams.map((stream) => stream.resource)).toEqual([
      { collection: 'bar' },
      { collection: 'foo', index: 'i' },
    ]);
  });

  test.each<[string, Table]>([
    ['the list of collections', [[collectionsQuery, denied]]],
    [
      'the list of indexes',
      [
        [collectionsQuery, page()],
        [indexesQuery, denied],
        [indexPage, denied],
      ],
    ],
  ])('are none when %s is refused, which is a failure', async (_what, table) => {
    expect(await failing(discovered(table))).toMatchObject({ name: 'Failure', kind: 'access' });
  });

  test('are none of an answer that is no page, which is a failure', async () => {
    expect(await failing(discovered([[collectionsQuery, resource('x')]]))).toMatchObject({
      kind: 'data',
      message: 'the answer is no page where one was asked for',
    });
    expect(
      await failing(discovered([[collectionsQuery, { raw: '{"resource":x}' }]])),
    ).toMatchObject({
      kind: 'data',
      message: expect.stringMatching(/^the answer is no JSON: .* at byte 12$/) as string,
    });
  });
});

describe('the one collection of the settings', () => {
  const one = async (collection: object) => {
    const { streams, asked } = await discovered([], {
      collection: { name: '1234', index: '', ...collection },
    });
    expect(streams).toHaveLength(1);
    // D8
    expect(asked).toEqual([]);
    const [stream] = streams;
    if (stream === undefined) throw new Error('there is no stream');
    return stream;
  };
  const column = { name: 'my_column', path: ['data', 'x'], type: 'string' };
  const columnOf = async (more: object) =>
    properties(await one({ additional_columns: [{ ...column, ...more }] }))['my_column'];

  test('D2: is a stream, without an index', async () => {
    const stream = await one({});
    expect(stream).toMatchObject({ name: '1234', key: ['/ref'], cursor: '/ts' });
    expect(stream.resource).toEqual({ collection: '1234' });
    expect(Object.keys(properties(stream))).toEqual(['ref', 'ts', 'data', 'ttl']);
  });

  test('has its index found when the settings say nothing of one', async () => {
    const definitions = page(index('other', 'foo'), index('found', '1234'));
    const { streams, asked } = await discovered([[indexesQuery, definitions]], {
      collection: { name: '1234' },
    });
    expect(asked).toEqual([indexesQuery]);
    expect(streams.map((stream) => stream.resource)).toEqual([
      { collection: '1234', index: 'found' },
    ]);
    expect(streams.map(({ isSnapshotOnly }) => isSnapshotOnly)).toEqual([undefined]);
  });

  test('is without an index when the key may not list them', async () => {
    const { streams } = await discovered(
      [
        [indexesQuery, denied],
        [indexPage, denied],
      ],
      {
        collection: { name: '1234' },
      },
    );
    expect(streams).toMatchObject([{ resource: { collection: '1234' }, isSnapshotOnly: true }]);
  });

  test('D3: is a stream with its index', async () => {
    expect((await one({ index: 'my_index' })).resource).toEqual({
      collection: '1234',
      index: 'my_index',
    });
  });

  test('D4: has no data when the settings say so', async () => {
    expect(Object.keys(properties(await one({ data_column: false })))).toEqual([
      'ref',
      'ts',
      'ttl',
    ]);
  });

  test('D5: has a required column of its type', async () => {
    expect(await columnOf({ required: true })).toEqual({ type: 'string' });
  });

  test('D6: has another column that may be null', async () => {
    expect(await columnOf({ required: false })).toEqual({ type: ['null', 'string'] });
  });

  test('D7: has format and Airbyte type of a column', async () => {
    const more = { format: 'date-time', airbyte_type: 'timestamp_without_timezone' };
    expect(await columnOf({ required: true, ...more })).toEqual({ type: 'string', ...more });
  });

  test('has the column that says when a document was deleted', async () => {
    const deletions = { deletion_mode: 'deleted_field' };
    expect(properties(await one({ deletions }))['deleted_at']).toMatchObject({
      type: ['null', 'string'],
      format: 'date-time',
    });
  });

  test('has a column called ttl in place of the usual one', async () => {
    const ttl = { ...column, name: 'ttl', type: 'integer' };
    expect(properties(await one({ additional_columns: [ttl] }))['ttl']).toEqual({
      type: 'integer',
    });
  });
});

describe('collections in FQL v10', () => {
  const definition = (name: string, history_days?: number) => ({
    '@doc': {
      coll: { '@mod': 'Collection' },
      name,
      ts: { '@time': '2024-01-01T00:00:00Z' },
      ...(history_days === undefined ? {} : { history_days: { '@int': String(history_days) } }),
    },
  });

  test('are streams that need no index, from all pages', async () => {
    const { streams, asked } = await discovered(
      [
        [
          'Collection.all().pageSize(1000)',
          { body: { data: { '@set': { data: [definition('b', 0)], after: 'token' } } } },
        ],
        ['Set.paginate(after)', { body: { data: { data: [definition('a')] } } }],
      ],
      { api_version: '10' },
    );
    expect(asked).toMatchObject([{ arguments: {} }, { arguments: { after: 'token' } }]);
    expect(streams.map((stream) => stream.resource)).toEqual([
      { collection: 'a' },
      { collection: 'b' },
    ]);
  });

  test('have columns of what is in their documents', async () => {
    const document = {
      '@doc': {
        id: '1',
        coll: { '@mod': 'foo' },
        ts: { '@time': '2024-01-01T00:00:00Z' },
        n: { '@int': '1' },
        name: 'x',
      },
    };
    const { streams, asked } = await discovered(
      [
        [
          'Collection(name).all().pageSize(size)',
          { body: { data: { '@set': { data: [document] } } } },
        ],
      ],
      { api_version: '10', discover_columns: true, collection: { name: 'foo' } },
    );
    expect(asked).toMatchObject([{ arguments: { name: 'foo', size: { '@int': '256' } } }]);
    expect(streams[0]?.resource).toMatchObject({
      additional_columns: [
        { name: 'n', path: ['data', 'n'], type: 'integer', required: false },
        { name: 'name', path: ['data', 'name'], type: 'string', required: false },
      ],
    });
  });
});
