import {
  BatchGetDocumentsRequestSchema,
  BatchGetDocumentsResponseSchema,
  GetDocumentRequestSchema,
  ListCollectionIdsRequestSchema,
  ListCollectionIdsResponseSchema,
  PartitionQueryRequestSchema,
  PartitionQueryResponseSchema,
  RunAggregationQueryRequestSchema,
  RunAggregationQueryResponseSchema,
} from './protocol/reads.gen.ts';
import { DocumentSchema, ValueSchema } from './protocol/document.gen.ts';
import { StructuredQuerySchema } from './protocol/query.gen.ts';
import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { group, paths, served } from './testing/served.ts';
import { messagesOf } from './testing/wire-client.ts';
import { timestampOf } from './time/micros.ts';

describe('a read of the past', () => {
  test('sees a query, a count, documents, collections and partitions as they were', async () => {
    await using server = await served({ settings: { partitionDocuments: 1 } });
    const { store, client } = server;
    store.set('users/a', { n: 1 });
    store.set('users/b', { n: 2 });
    const then = timestampOf(store.now());
    store.commit(
      { delete: 'users/a' },
      { set: 'users/c', fields: {} },
      { set: 'new/x', fields: {} },
    );
    store.set('users/b', { n: 3 });

    const readTime = { case: 'readTime' as const, value: then };
    const structuredQuery = group('users');
    const { parent } = client;
    const past = await client.query({ structuredQuery, consistency: readTime });
    expect(paths(past)).toEqual(['users/a', 'users/b']);
    expect(past.map((response) => response.readTime)).toEqual([then, then]);
    expect(paths(await client.query({ structuredQuery }))).toEqual(['users/b', 'users/c']);

    const call = client.stream('RunAggregationQuery', RunAggregationQueryRequestSchema, {
      parent,
      structuredAggregationQuery: {
        structuredQuery,
        aggregations: [{ operator: { case: 'count', value: {} }, alias: 'n' }],
      },
      consistency: readTime,
    });
    for await (const { result } of messagesOf(call, RunAggregationQueryResponseSchema)) {
      expect(result?.aggregateFields[0]?.value?.type.value).toBe(2n);
    }

    const name = `${parent}/users/b`;
    const old = await client.unary(
      'GetDocument',
      GetDocumentRequestSchema,
      { name, consistency: readTime },
      DocumentSchema,
    );
    expect(old.fields[0]?.value?.type.value).toBe(2n);

    const gets = client.stream('BatchGetDocuments', BatchGetDocumentsRequestSchema, {
      database: client.name,
      documents: [`${parent}/users/a`, `${parent}/users/c`],
      consistency: readTime,
    });
    const found: string[] = [];
    for await (const { result } of messagesOf(gets, BatchGetDocumentsResponseSchema)) {
      found.push(result.case ?? '');
    }
    expect(found).toEqual(['found', 'missing']);

    const ids = (readAt?: typeof then) =>
      client.unary(
        'ListCollectionIds',
        ListCollectionIdsRequestSchema,
        { parent, ...(readAt ? { readTime: readAt } : {}) },
        ListCollectionIdsResponseSchema,
      );
    expect((await ids(then)).collectionIds).toEqual(['users']);
    expect((await ids()).collectionIds).toEqual(['new', 'users']);

    const { partitions } = await client.unary(
      'PartitionQuery',
      PartitionQueryRequestSchema,
      { parent, structuredQuery, partitionCount: 1n, readTime: then },
      PartitionQueryResponseSchema,
    );
    expect(partitions[0]?.values[0]?.type.value).toBe(`${parent}/users/b`);
  });

  test.each([
    { what: 'in the future', shiftMs: 1, recovery: false, code: 3 },
    { what: 'an hour old', shiftMs: -3_600_000, recovery: false, code: undefined },
    { what: 'older than an hour', shiftMs: -3_600_001, recovery: false, code: 9 },
    {
      what: 'of a whole minute, with recovery',
      shiftMs: -3_660_000,
      recovery: true,
      code: undefined,
    },
    { what: 'of no whole minute, with recovery', shiftMs: -3_660_001, recovery: true, code: 3 },
    { what: 'of eight days ago, with recovery', shiftMs: -8 * 86_400_000, recovery: true, code: 9 },
  ])('at a time $what', async ({ shiftMs, recovery, code }) => {
    await using server = await served({ pointInTimeRecovery: recovery });
    const value = timestampOf(server.store.now() + shiftMs * 1000);
    const asked = server.client.query({
      structuredQuery: group('users'),
      consistency: { case: 'readTime', value },
    });
    if (code === undefined) await asked;
    else await expect(asked).rejects.toMatchObject({ code });
  });

  test('never sees what is committed after its answer', async () => {
    await using server = await served();
    const [{ readTime } = {}] = await server.client.query({ structuredQuery: group('users') });
    server.store.set('users/a', {});
    const again = await server.client.query({
      structuredQuery: group('users'),
      consistency: { case: 'readTime', value: readTime! },
    });
    expect(paths(again)).toEqual([]);
  });
});

describe('the bill', () => {
  test('of a query is its results, what the offset skips, and one for nothing', async () => {
    await using server = await served();
    const { store, client } = server;
    for (let n = 0; n < 10; n++) store.set(`users/${n}`, { n });
    await client.query({ structuredQuery: group('users') });
    expect(server.reads('RunQuery')).toBe(10);
    await client.query({ structuredQuery: group('users', { offset: 7 }) });
    expect(server.reads('RunQuery')).toBe(20);
    await client.query({ structuredQuery: group('users', { limit: 2 }) });
    expect(server.reads('RunQuery')).toBe(22);
    await client.query({ structuredQuery: group('nobody') });
    expect(server.reads('RunQuery')).toBe(23);
    expect(server.fake.counters.total).toMatchObject({ calls: 4, open: 0, reads: 23 });
    server.fake.counters.reset();
    expect(server.fake.counters.total).toMatchObject({ calls: 0, reads: 0, bytes: 0 });
  });

  test('of a count is one for every thousand', async () => {
    await using server = await served();
    const { store, client } = server;
    store.synthesise({ collection: 'users', count: 12_001 });
    const call = client.stream('RunAggregationQuery', RunAggregationQueryRequestSchema, {
      parent: client.parent,
      structuredAggregationQuery: {
        structuredQuery: group('users'),
        aggregations: [{ operator: { case: 'count', value: {} } }],
      },
    });
    for await (const { result } of messagesOf(call, RunAggregationQueryResponseSchema)) {
      expect(result?.aggregateFields[0]?.value?.type.value).toBe(12_001n);
    }
    expect(server.reads('RunAggregationQuery')).toBe(13);
  });
});

describe('a query', () => {
  test('of every kind finds all below its parent', async () => {
    await using server = await served();
    const { store, client } = server;
    for (const path of ['a/1', 'a/1/b/2', 'a/1/b/2/c/3', 'a/2/b/4', 'd/5']) store.set(path, {});
    const all = { from: [{ allDescendants: true }] };
    expect(paths(await client.query({ structuredQuery: all }))).toEqual([
      'a/1',
      'a/1/b/2',
      'a/1/b/2/c/3',
      'a/2/b/4',
      'd/5',
    ]);
    const below = { parent: `${client.parent}/a/1`, structuredQuery: all };
    expect(paths(await client.query(below))).toEqual(['a/1/b/2', 'a/1/b/2/c/3']);
    const groupBelow = { parent: `${client.parent}/a/1`, structuredQuery: group('b') };
    expect(paths(await client.query(groupBelow))).toEqual(['a/1/b/2']);
  });

  test('in order of names puts numeric ids first and texts by their bytes', async () => {
    await using server = await served();
    const { store, client } = server;
    const ids = ['__id-9223372036854775808__', '__id-5__', '__id7__', '__id10__', '!', 'Z', 'a'];
    const more = ['a\u0000', 'ab', 'é', '\uffff', '😀'];
    for (const id of [...ids, ...more].toReversed()) store.set(`c/${id}`, {});
    expect(paths(await client.query({ structuredQuery: group('c') }))).toEqual(
      [...ids, ...more].map((id) => `c/${id}`),
    );
  });

  test('begins and ends at names that need not exist', async () => {
    await using server = await served();
    const { store, client } = server;
    for (const id of ['a', 'b', 'c', 'd']) store.set(`c/${id}`, {});
    const at = (path: string, before: boolean) => ({
      values: [
        create(ValueSchema, {
          type: { case: 'referenceValue', value: `${client.parent}/${path}` },
        }),
      ],
      before,
    });
    const between = (startAt: object, endAt: object) =>
      client.query({ structuredQuery: group('c', { startAt, endAt }) });
    expect(paths(await between(at('c/aa', true), at('c/cc', true)))).toEqual(['c/b', 'c/c']);
    expect(paths(await between(at('c/b', false), at('c/d', true)))).toEqual(['c/c']);
    expect(paths(await between(at('c/b', true), at('c/d', false)))).toEqual(['c/b', 'c/c', 'c/d']);
    const tree = between(
      at('c/__id-9223372036854775808__', true),
      at('c\u0000/__id-9223372036854775808__', true),
    );
    expect(paths(await tree)).toHaveLength(4);
  });

  test.each([
    { what: 'for nearest vectors', query: { findNearest: new Uint8Array() }, code: 12 },
    { what: 'of two selectors', query: { from: [{}, {}] }, code: 3 },
    { what: 'with a negative limit', query: { limit: -1 }, code: 3 },
    {
      what: 'with a path that is none',
      query: { orderBy: [{ field: { fieldPath: 'a..b' } }] },
      code: 3,
    },
    {
      what: 'with a cursor that is too long',
      query: { startAt: { values: [{}, {}].map(() => create(ValueSchema)) } },
      code: 3,
    },
    { what: 'with a filter that is none', query: { where: {} }, code: 3 },
  ])('$what is refused', async ({ query, code }) => {
    await using server = await served();
    const structuredQuery = create(StructuredQuerySchema, query);
    await expect(server.client.query({ structuredQuery })).rejects.toMatchObject({ code });
  });
});
