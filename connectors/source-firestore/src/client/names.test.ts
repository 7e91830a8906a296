import { describe, expect, test } from 'vitest';
import type { Query } from '../wire/structured-query.ts';
import { all, opened, patient, signal } from './testing/opened.ts';

const users: Query = { from: { collectionId: 'users' } };
const descending: Query = { ...users, orderBy: [{ field: '__name__', direction: 'descending' }] };

async function withUsers(count: number, more: Parameters<typeof opened>[0] = {}) {
  const it = await opened(more);
  const shape = it.fake.store.synthesise({ collection: 'users', count });
  const names = Array.from({ length: count }, (_, i) => `${it.root}/${shape.path(i)}`).sort();
  return { ...it, names };
}

describe('names', () => {
  test('come without fields, in the order of the query, each billed as a read', async () => {
    await using it = await withUsers(1000);
    expect(await all(it.firestore.names({ parent: it.root, query: users }, signal))).toEqual(
      it.names,
    );
    expect(await all(it.firestore.names({ parent: it.root, query: descending }, signal))).toEqual(
      it.names.toReversed(),
    );
    expect(it.firestore.reads.used).toBe(it.fake.counters.total.reads);
    expect(it.fake.counters.of('RunQuery').bytes / 2000).toBeLessThan(160);
  });

  test('that are none are billed as one read', async () => {
    await using it = await opened();
    expect(await all(it.firestore.names({ parent: it.root, query: users }, signal))).toEqual([]);
    expect(it.firestore.reads.used).toBe(1);
    expect(it.fake.counters.total.reads).toBe(1);
  });

  test('are those of an instant', async () => {
    await using it = await opened();
    const readMicros = it.fake.store.set('users/ada', {});
    it.fake.store.delete('users/ada');
    const request = { parent: it.root, query: users, readMicros };
    expect(await all(it.firestore.names(request, signal))).toEqual([`${it.root}/users/ada`]);
  });

  test.each([
    ['as they are', users, {}],
    ['as they are, of an emulator', users, { style: 'emulator' as const }],
    ['backwards', descending, {}],
    ['as they are, up to a limit', { ...users, limit: 95 }, {}],
    ['backwards, up to a limit', { ...descending, limit: 95 }, {}],
  ])(
    '%s go on after the last one when the query is cut again and again',
    async (_how, query, more) => {
      await using it = await withUsers(100, {
        settings: { ...more, queryCut: { afterDocuments: 30 } },
      });
      const all100 = query.orderBy === undefined ? it.names : it.names.toReversed();
      const expected = all100.slice(0, query.limit ?? 100);
      expect(await all(it.firestore.names({ parent: it.root, query }, signal))).toEqual(expected);
      expect(it.waits).toEqual([50, 50, 50]);
      expect(it.firestore.reads.used).toBe(expected.length);
      expect(it.fake.counters.total.reads).toBe(expected.length);
    },
  );

  test('go on after the last one when the query ends with its limit already reached', async () => {
    await using it = await withUsers(50);
    it.fake.faults.push('RunQuery', { afterMessages: 10, end: { code: 14 } });
    const request = { parent: it.root, query: { ...users, limit: 10 } };
    expect(await all(it.firestore.names(request, signal))).toEqual(it.names.slice(0, 10));
    expect(it.fake.counters.of('RunQuery').calls).toBe(1);
  });

  test('end with the failure when there is an order that they cannot go on in', async () => {
    await using it = await opened();
    for (let i = 0; i < 20; i++) it.fake.store.set(`users/${i}`, { age: i });
    it.fake.faults.push('RunQuery', { end: { code: 14 } }, { afterMessages: 5, end: { code: 14 } });
    const query = { ...users, orderBy: [{ field: 'age' }] };
    const seen: string[] = [];
    const reading = (async () => {
      for await (const name of it.firestore.names({ parent: it.root, query }, signal))
        seen.push(name);
    })();
    await expect(reading).rejects.toMatchObject({ name: 'Failure', kind: 'transient' });
    expect(seen).toEqual(Array.from({ length: 5 }, (_, i) => `${it.root}/users/${i}`));
    expect(it.waits).toHaveLength(1);
  });

  test('that nobody wants any more end the call', async () => {
    await using it = await withUsers(100_000);
    for await (const _ of it.firestore.names({ parent: it.root, query: users }, signal)) break;
    await expect.poll(() => it.fake.counters.of('RunQuery').open, patient).toBe(0);
    expect(it.fake.counters.of('RunQuery').messages).toBeLessThan(100_000);
  });
});
