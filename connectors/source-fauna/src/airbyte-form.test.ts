import { startFakeFauna, type FakeFauna } from '@fairlead/fake-fauna';
import { describe, expect, test } from 'vitest';
import { FaunaConfig } from './settings.ts';
import { airbyte, catalogOf, errorsIn, plain, recordsIn } from './testing/airbyte.ts';

// Settings, catalog and records as users of the retired connector know them.

/** The demo database: `foo` with an index and documents of several types, `other` without one. */
async function demo() {
  const fake = await startFakeFauna({ settings: { defaultHistoryDays: 30 } });
  const { store } = fake;
  for (const name of ['foo', 'other']) store.createCollection(name);
  store.createIndex('ts', { source: 'foo', values: ['ts', 'ref'] });
  const collection = { '@ref': { id: 'foo', collection: { '@ref': { id: 'collections' } } } };
  const ts = store.set('foo', 1, {
    a: { nested: 1n },
    ref: { '@ref': { id: '1', collection } },
    text: 'x',
    at: { '@ts': '2022-11-22T01:23:45Z' },
    n: 1.5,
    day: { '@date': '2022-11-22' },
  });
  store.set('other', 7, { a: 1n });
  return { fake, ts };
}

/** A sample of the settings, for the fake. */
function at({ host: domain, port, secret }: FakeFauna, collection: object) {
  return { domain, port, scheme: 'http', secret, collection };
}

const laterShape = {
  page_size: 64,
  deletions: { deletion_mode: 'deleted_field', column: 'deleted_at' },
};
const firstShape = {
  name: 'foo',
  index: 'ts',
  page_size: 2,
  data_column: true,
  additional_columns: [
    { name: 'text', path: ['data', 'text'], type: 'string', required: true },
    { name: 'day', path: ['data', 'day'], type: 'string', format: 'date', required: false },
    {
      name: 'none',
      path: ['data', 'none'],
      type: 'string',
      format: 'date-time',
      airbyte_type: 'timestamp_without_timezone',
      required: false,
    },
  ],
  deletions: { deletion_mode: 'ignore' },
};

describe('settings', () => {
  test.each([
    ['of the service that has ended', { domain: 'db.fauna.com', port: 443, scheme: 'https' }],
    ['of this machine', { domain: 'localhost', port: 8443, scheme: 'http' }],
  ])('%s are taken, in both shapes', (_, server) => {
    for (const collection of [laterShape, firstShape]) {
      const config = { ...server, secret: 'secret', collection };
      expect(FaunaConfig.parse(config)).toMatchObject(server);
    }
  });

  test.each([
    ['later', laterShape],
    ['first', firstShape],
    ['first, without an index', { ...firstShape, index: '' }],
  ])('of the %s shape are found good', async (_, collection) => {
    const { fake } = await demo();
    await using _fake = fake;
    const { messages } = await airbyte('check', { config: at(fake, collection) });
    expect(messages).toEqual([
      { type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } },
    ]);
  });

  test.each([
    ['a wrong secret', { secret: 'wrong' }, {}, /Failed to connect to database: Unauthorized/],
    ['a collection that is not there', {}, { name: 'fooo' }, /'fooo' does not exist.*'foo'\?/],
    ['an index that is not there', {}, { index: 'tss' }, /Index 'tss' does not exist/],
    ['a reserved name', {}, { additional_columns: columnsOf('ref') }, /reserved name 'ref'/],
    ['one name twice', {}, { additional_columns: columnsOf('a', 'a') }, /duplicate name 'a'/],
  ])('with %s are found wrong', async (_, connection, collection, message) => {
    const { fake } = await demo();
    await using _fake = fake;
    const config = { ...at(fake, { ...firstShape, ...collection }), ...connection };
    const { code, messages } = await airbyte('check', { config });
    expect(code).toBe(0);
    expect(messages.map(({ connectionStatus }) => connectionStatus)).toEqual([
      { status: 'FAILED', message: expect.stringMatching(message) },
    ]);
  });
});

function columnsOf(...names: readonly string[]) {
  return names.map((name) => ({ name, path: ['data', 'a'], type: 'string', required: false }));
}

describe('discover', () => {
  async function discovered(collection: object) {
    const { fake } = await demo();
    await using _fake = fake;
    const { messages } = await airbyte('discover', { config: at(fake, collection) });
    expect(messages).toHaveLength(1);
    return messages[0]?.catalog?.streams ?? [];
  }

  test('offers changes of what has an index, and declares all columns', async () => {
    const streams = await discovered(laterShape);
    expect(streams.map(({ name, supported_sync_modes: modes }) => [name, ...modes])).toEqual([
      ['foo', 'full_refresh', 'incremental'],
      ['other', 'full_refresh'],
    ]);
    for (const stream of streams) {
      expect(stream).toMatchObject({
        source_defined_cursor: true,
        source_defined_primary_key: [['ref']],
        is_resumable: true,
        json_schema: {
          type: 'object',
          properties: {
            ref: { type: 'string' },
            ts: { type: ['null', 'integer'] },
            data: { type: ['null', 'object'] },
            ttl: {
              type: ['null', 'string'],
              format: 'date-time',
              airbyte_type: 'timestamp_with_timezone',
            },
            deleted_at: {
              type: ['null', 'string'],
              format: 'date-time',
              airbyte_type: 'timestamp_with_timezone',
            },
          },
        },
      });
      const [cursor = ''] = stream.default_cursor_field ?? [];
      expect(Object.keys(stream.json_schema.properties)).toContain(cursor);
    }
  });

  test('has the deletion column by the name that it was given, or not at all', async () => {
    const deletions = { deletion_mode: 'deleted_field', column: 'gone' };
    const [named] = await discovered({ ...laterShape, deletions });
    expect(named?.json_schema.properties).toHaveProperty('gone');
    const [ignored] = await discovered({ deletions: { deletion_mode: 'ignore' } });
    expect(Object.keys(ignored?.json_schema.properties ?? {})).not.toContain('deleted_at');
  });

  test('of the first shape offers one stream with its columns', async () => {
    const streams = await discovered(firstShape);
    expect(streams).toMatchObject([
      {
        name: 'foo',
        supported_sync_modes: ['full_refresh', 'incremental'],
        json_schema: {
          properties: {
            text: { type: ['null', 'string'] },
            day: { type: ['null', 'string'], format: 'date' },
            none: {
              type: ['null', 'string'],
              format: 'date-time',
              airbyte_type: 'timestamp_without_timezone',
            },
          },
        },
      },
    ]);
    const [bare] = await discovered({ ...firstShape, index: '', data_column: false });
    expect(bare?.supported_sync_modes).toEqual(['full_refresh']);
    expect(Object.keys(bare?.json_schema.properties ?? {})).not.toContain('data');
  });
});

describe('records', () => {
  const data = {
    a: { nested: 1 },
    ref: { id: '1', collection: 'foo', type: 'document' },
    text: 'x',
    at: '2022-11-22T01:23:45Z',
    n: 1.5,
    day: '2022-11-22',
  };

  test.each([
    ['later', laterShape, { data, ttl: null }],
    ['first', firstShape, { data, ttl: null, text: 'x', day: '2022-11-22', none: null }],
    [
      'first, without data',
      { ...firstShape, data_column: false },
      { ttl: null, text: 'x', day: '2022-11-22', none: null },
    ],
  ])('of the %s shape are as they were, in both modes', async (_, collection, expected) => {
    const { fake, ts } = await demo();
    await using _fake = fake;
    const config = at(fake, collection);
    const { messages } = await airbyte('discover', { config });
    const streams = messages[0]?.catalog?.streams.filter(({ name }) => name === 'foo') ?? [];
    for (const mode of ['full_refresh', 'incremental']) {
      const catalog = catalogOf(streams, mode, 'append');
      const transcript = await airbyte('read', { config, catalog });
      expect(plain(recordsIn(transcript, 'foo'))).toEqual([{ ref: '1', ts, ...expected }]);
    }
  });

  test('are told of as far as there are collections that can be read', async () => {
    const { fake } = await demo();
    await using _fake = fake;
    const config = at(fake, laterShape);
    const { messages } = await airbyte('discover', { config });
    fake.store.deleteCollection('foo');
    const catalog = catalogOf(messages[0]?.catalog?.streams ?? [], 'full_refresh', 'append');
    const transcript = await airbyte('read', { config, catalog });
    expect(transcript.code).toBe(1);
    expect(recordsIn(transcript, 'other')).toMatchObject([{ ref: '7' }]);
    expect(errorsIn(transcript)[0]).toMatch(/'foo'/);
  });
});
