import { describe, expect, test } from 'vitest';
import { failing } from '../client/testing/opened.ts';
import { openedFake } from '../client/testing/opened-fake.ts';
import { FaunaResource, streamSettings } from '../settings.ts';
import { streamsOf } from './streams-of.ts';
import { samplePage } from './sample-page.ts';

const tsAndRef = ['ts', 'ref'];

describe('discovery of FQL v4', () => {
  test('offers all collections, with the index that changes are read by', async () => {
    await using it = await openedFake();
    const { store } = it.fake;
    for (const name of ['foo', 'bar', 'baz']) store.createCollection(name);
    store.createIndex('by_name', { source: 'foo', terms: ['data.name'], values: tsAndRef });
    store.createIndex('hidden', { source: 'foo', values: tsAndRef, hidden: true });
    store.createIndex('inactive', { source: 'foo', values: tsAndRef, active: false });
    store.createIndex('first', { source: 'foo', values: [...tsAndRef, 'data.name'] });
    store.createIndex('second', { source: 'foo', values: tsAndRef });
    store.createIndex('descending', { source: 'bar', values: ['-ts', 'ref'] });
    store.createIndex('both', { source: ['bar', 'baz'], values: tsAndRef });
    store.createIndex('all', { source: '_', values: tsAndRef });
    const streams = await streamsOf(it.fauna, it.config, it.scope);
    expect(streams.map(({ resource }) => resource)).toEqual([
      { collection: 'bar' },
      { collection: 'baz' },
      { collection: 'foo', index: 'first' },
    ]);
  });

  test('offers more collections and indexes than fit into a page', async () => {
    await using it = await openedFake();
    const names = Array.from({ length: 1100 }, (_, i) => `c${String(i).padStart(4, '0')}`);
    for (const name of names) {
      it.fake.store.createCollection(name);
      it.fake.store.createIndex(`${name}_ts`, { source: name, values: tsAndRef });
    }
    const streams = await streamsOf(it.fauna, it.config, it.scope);
    expect(streams.map(({ resource }) => resource)).toEqual(
      names.map((collection) => ({ collection, index: `${collection}_ts` })),
    );
    expect(it.fake.counters.requests).toBe(4);
  });

  test('fails when nothing may be listed', async () => {
    await using it = await openedFake({ secret: 'theirs' }, { secrets: { theirs: 'client' } });
    expect(await failing(streamsOf(it.fauna, it.config, it.scope))).toMatchObject({
      kind: 'access',
      where: it.fauna.server,
    });
  });

  test('makes columns of what documents have, which can then be read', async () => {
    await using it = await openedFake({ discover_columns: true, collection: { name: 'users' } });
    const { store } = it.fake;
    store.createCollection('users');
    store.set('users', 1, { name: 'Ada', at: { '@ts': '2022-11-22T01:23:45.123456789Z' }, n: 1n });
    store.set('users', 2, { name: 'Bob', ref: 'x', on: { '@date': '2022-11-22' } });
    const [stream] = await streamsOf(it.fauna, it.config, it.scope);
    const { columns } = streamSettings(it.config, FaunaResource.parse(stream?.resource));
    expect(columns.map(({ name, type, format }) => [name, type, format])).toEqual([
      ['name', 'string', undefined],
      ['at', 'string', undefined],
      ['n', 'integer', undefined],
      ['data_ref', 'string', undefined],
      ['on', 'string', 'date'],
    ]);
    const options = { size: 10, columns, hasData: false };
    const page = await samplePage(it.fauna, 'users', options, it.scope.signal);
    const [, bob = ''] = Buffer.from(page.lines).toString().trim().split('\n');
    expect(JSON.parse(bob)).toMatchObject({
      ref: '2',
      name: 'Bob',
      at: null,
      data_ref: 'x',
      on: '2022-11-22',
    });
  });
});

describe('discovery of FQL v10', () => {
  test('offers all collections, without indexes', async () => {
    await using it = await openedFake({ api_version: '10' });
    const names = Array.from({ length: 1100 }, (_, i) => `c${String(i).padStart(4, '0')}`);
    for (const name of names) it.fake.store.createCollection(name);
    const streams = await streamsOf(it.fauna, it.config, it.scope);
    expect(streams.map(({ resource }) => resource)).toEqual(
      names.map((collection) => ({ collection })),
    );
  });

  test('makes columns of what documents have', async () => {
    await using it = await openedFake({ api_version: '10', discover_columns: true });
    it.fake.store.createCollection('users');
    it.fake.store.set('users', 1, { name: 'Ada', n: 1n, half: 0.5 });
    const [stream] = await streamsOf(it.fauna, it.config, it.scope);
    const { columns } = streamSettings(it.config, FaunaResource.parse(stream?.resource));
    expect(columns.map(({ name, type }) => [name, type])).toEqual([
      ['name', 'string'],
      ['n', 'integer'],
      ['half', 'number'],
    ]);
  });
});
