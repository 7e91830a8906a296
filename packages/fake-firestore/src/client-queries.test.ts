import { FieldPath, Filter, FieldValue, Timestamp, type Query } from '@google-cloud/firestore';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFakeFirestore } from './fake-firestore.ts';
import { officialClient } from './testing/official-client.ts';

const fake = await startFakeFirestore({ settings: { partitionDocuments: 10 } });
const client = officialClient(fake);
afterAll(async () => {
  await client.terminate();
  await fake.close();
});

const cities = client.collection('cities');
const values = client.collection('values');

beforeAll(async () => {
  await cities.doc('BJ').set({ name: 'Beijing', population: 21.5, tags: ['capital', 'old'] });
  await cities
    .doc('LA')
    .set({ name: 'Los Angeles', population: 3.9, tags: ['coast'], at: { lat: 34 } });
  await cities.doc('SF').set({ name: 'San Francisco', population: 0.8, tags: ['coast', 'hills'] });
  await cities.doc('TOK').set({ name: 'Tokyo', population: null, tags: ['capital', 'coast'] });
  await cities.doc('DC').set({ name: 'Washington', population: NaN });
  const mixed = [
    null,
    false,
    true,
    NaN,
    -Infinity,
    -1,
    0,
    0.5,
    1,
    new Timestamp(0, 1000),
    '',
    'Z',
    'a',
    '\uffff',
    '😀',
    Buffer.from([1]),
    client.doc('a/b'),
    [1],
    [1, 0],
    FieldValue.vector([9]),
    FieldValue.vector([1, 1]),
    { a: 1 },
    { a: 1, b: 0 },
  ];
  await Promise.all(mixed.map((v, n) => values.doc(String(n).padStart(2, '0')).set({ v, n })));
  await values.doc('without').set({ n: -1 });
});

async function ids(query: Query): Promise<string> {
  return (await query.get()).docs.map(({ id }) => id).join(' ');
}

describe('a query of the official client', () => {
  test.each<[string, Query, string]>([
    ['==', cities.where('name', '==', 'Tokyo'), 'TOK'],
    ['== null', cities.where('population', '==', null), 'TOK'],
    ['== NaN', cities.where('population', '==', NaN), 'DC'],
    ['!=', cities.where('name', '!=', 'Tokyo'), 'BJ LA SF DC'],
    ['!= null', cities.where('population', '!=', null), 'DC SF LA BJ'],
    ['!= NaN', cities.where('population', '!=', NaN), 'SF LA BJ'],
    ['<', cities.where('name', '<', 'San'), 'BJ LA'],
    ['<=', cities.where('name', '<=', 'San Francisco'), 'BJ LA SF'],
    ['>', cities.where('name', '>', 'San Francisco'), 'TOK DC'],
    ['>=', cities.where('name', '>=', 'San Francisco'), 'SF TOK DC'],
    ['array-contains', cities.where('tags', 'array-contains', 'coast'), 'LA SF TOK'],
    ['array-contains-any', cities.where('tags', 'array-contains-any', ['old', 'hills']), 'BJ SF'],
    ['in', cities.where('name', 'in', ['Tokyo', 'Beijing']), 'BJ TOK'],
    ['not-in', cities.where('name', 'not-in', ['Tokyo', 'Beijing']), 'LA SF DC'],
    ['a field of a map', cities.where('at.lat', '==', 34), 'LA'],
    ['a name', cities.where(FieldPath.documentId(), '>', 'LA'), 'SF TOK'],
    ['names', cities.where(FieldPath.documentId(), 'in', ['SF', 'BJ']), 'BJ SF'],
    [
      'AND',
      cities.where(
        Filter.and(
          Filter.where('tags', 'array-contains', 'coast'),
          Filter.where('population', '>', 1),
        ),
      ),
      'LA',
    ],
    [
      'OR',
      cities.where(
        Filter.or(Filter.where('name', '==', 'Tokyo'), Filter.where('population', '<', 1)),
      ),
      'TOK DC SF',
    ],
  ])('with %s', async (_, query, expected) => {
    expect(await ids(query)).toBe(expected);
  });

  test.each<[string, Query, string]>([
    ['by name', cities, 'BJ DC LA SF TOK'],
    ['by name, backwards', cities.orderBy(FieldPath.documentId(), 'desc'), 'TOK SF LA DC BJ'],
    ['by a field', cities.orderBy('population'), 'TOK DC SF LA BJ'],
    ['by a field, backwards', cities.orderBy('population', 'desc'), 'BJ LA SF DC TOK'],
    ['by two', cities.orderBy('tags').orderBy('name', 'desc'), 'TOK BJ LA SF'],
    ['with a limit', cities.orderBy('name').limit(2), 'BJ LA'],
    ['the last ones', cities.orderBy('name').limitToLast(2), 'TOK DC'],
    ['with an offset', cities.orderBy('name').offset(3), 'TOK DC'],
    ['startAt', cities.orderBy('name').startAt('San Francisco'), 'SF TOK DC'],
    ['startAfter', cities.orderBy('name').startAfter('San Francisco'), 'TOK DC'],
    ['endAt', cities.orderBy('name').endAt('San Francisco'), 'BJ LA SF'],
    ['endBefore', cities.orderBy('name').endBefore('San Francisco'), 'BJ LA'],
    [
      'by names, between',
      cities.orderBy(FieldPath.documentId()).startAfter('BJ').endAt('LA'),
      'DC LA',
    ],
    [
      'by names, between, backwards',
      cities.orderBy(FieldPath.documentId(), 'desc').startAt('SF').endBefore('DC'),
      'SF LA',
    ],
    ['all types', values.orderBy('v'), mixedIds(false)],
    ['all types, backwards', values.orderBy('v', 'desc'), mixedIds(true)],
  ])('in order: %s', async (_, query, expected) => {
    expect(await ids(query)).toBe(expected);
  });

  test('after a snapshot', async () => {
    const snapshot = await cities.doc('LA').get();
    expect(await ids(cities.orderBy('population').startAfter(snapshot))).toBe('BJ');
  });

  test('for some fields only', async () => {
    const { docs } = await cities.where('name', '==', 'Los Angeles').select('name', 'at.lat').get();
    expect(docs[0]?.data()).toEqual({ name: 'Los Angeles', at: { lat: 34 } });
    const names = await cities.where('name', '==', 'Tokyo').select().get();
    expect(names.docs[0]?.data()).toEqual({});
  });

  test('as a stream', async () => {
    const seen: unknown[] = [];
    for await (const document of cities.stream()) seen.push(document);
    expect(seen).toMatchObject(['BJ', 'DC', 'LA', 'SF', 'TOK'].map((id) => ({ id })));
  });

  test('counts, adds up and averages', async () => {
    const { AggregateField } = await import('@google-cloud/firestore');
    const result = await values
      .where('n', '>=', 0)
      .aggregate({
        count: AggregateField.count(),
        sum: AggregateField.sum('n'),
        average: AggregateField.average('n'),
      })
      .get();
    expect(result.data()).toEqual({ count: 23, sum: 253, average: 11 });
    expect((await cities.count().get()).data().count).toBe(5);
  });
});

describe('the tree of documents', () => {
  const root = client.doc('tree/root');
  const leaves = Array.from({ length: 60 }, (_, n) => `tree/root/a/${n % 7}/leaves/${n}`);
  beforeAll(async () => {
    const batch = client.batch();
    for (const path of leaves) batch.set(client.doc(path), { path });
    batch.set(client.doc('tree/root/b/x'), {});
    batch.set(client.doc('other/x/leaves/y'), {});
    await batch.commit();
  });

  test('lists collections', async () => {
    const collections = await root.listCollections();
    expect(collections.map(({ id }) => id)).toEqual(['a', 'b']);
    const top = await client.listCollections();
    expect(top.map(({ id }) => id)).toEqual(expect.arrayContaining(['cities', 'tree', 'values']));
  });

  test('lists documents, with those that only have others below them', async () => {
    const documents = await root.collection('a').listDocuments();
    expect(documents.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    expect((await root.collection('a').get()).size).toBe(0);
  });

  test('finds a group of collections', async () => {
    expect((await client.collectionGroup('leaves').get()).size).toBe(61);
  });

  test('cuts a group into partitions that cover it once', async () => {
    const group = client.collectionGroup('leaves');
    const queries: Query[] = [];
    for await (const partition of group.getPartitions(4)) queries.push(partition.toQuery());
    expect(queries).toHaveLength(4);
    const parts = await Promise.all(queries.map((query) => query.get()));
    expect(parts.flatMap(({ docs }) => docs.map(({ ref }) => ref.path))).toEqual(
      (await group.get()).docs.map(({ ref }) => ref.path),
    );
  });

  test('is deleted with all that is below', async () => {
    await client.recursiveDelete(root.collection('a'));
    expect((await client.collectionGroup('leaves').get()).size).toBe(1);
    await client.recursiveDelete(root);
    expect(await root.listCollections()).toEqual([]);
    expect((await client.doc('other/x/leaves/y').get()).exists).toBe(true);
  });
});

function mixedIds(backwards: boolean): string {
  const all = Array.from({ length: 23 }, (_, n) => String(n).padStart(2, '0'));
  return (backwards ? all.toReversed() : all).join(' ');
}
