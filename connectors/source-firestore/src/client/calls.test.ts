import { describe, expect, test } from 'vitest';
import { DocumentHeader } from '../wire/document-header.ts';
import { timeOfMicros } from '../wire/time.ts';
import { all, opened, signal } from './testing/opened.ts';

const group = (collectionId: string) => ({ from: { collectionId, allDescendants: true } });

describe('the present of the server', () => {
  test('is told by what is not there', async () => {
    await using it = await opened();
    it.fake.clock.advance(1234);
    expect(await it.firestore.serverTime(signal)).toBe(it.fake.store.now());
    expect(it.fake.counters.of('BatchGetDocuments').reads).toBe(1);
    expect(it.firestore.reads.used).toBe(1);
  });
});

describe('a count', () => {
  test.each([0, 1, 1000, 1001, 2500])('of %i is billed by the thousand', async (count) => {
    await using it = await opened();
    if (count > 0) it.fake.store.synthesise({ collection: 'users', count });
    const query = { parent: it.root, query: group('users') };
    expect(await it.firestore.count(query, signal)).toBe(count);
    expect(it.firestore.reads.used).toBe(it.fake.counters.total.reads);
    expect(it.firestore.reads.used).toBe(Math.max(1, Math.ceil(count / 1000)));
  });

  test('is that of an instant', async () => {
    await using it = await opened();
    const at = it.fake.store.set('users/ada', {});
    it.fake.store.set('users/bob', {});
    const query = { parent: it.root, query: group('users'), readTime: timeOfMicros(at) };
    expect(await it.firestore.count(query, signal)).toBe(1);
  });
});

describe('a partition', () => {
  test('is names in order, over all pages, each billed as one read', async () => {
    await using it = await opened({ settings: { partitionDocuments: 1 } });
    const users = it.fake.store.synthesise({ collection: 'users', count: 700 });
    const names = await it.firestore.partition('users', 650, undefined, signal);
    const every = Array.from({ length: 700 }, (_, i) => `${it.root}/${users.path(i)}`).sort();
    expect(names.length).toBeGreaterThan(300);
    expect(names).toEqual([...names].sort());
    expect(every).toEqual(expect.arrayContaining([...names]));
    expect(it.fake.counters.of('PartitionQuery').calls).toBe(Math.ceil(names.length / 300));
    expect(it.firestore.reads.used).toBe(it.fake.counters.total.reads);
  });

  test.each([{ partitions: false }, { style: 'emulator' as const }])(
    'is none where the server has none: %j',
    async (settings) => {
      await using it = await opened({ settings });
      it.fake.store.synthesise({ collection: 'users', count: 1000 });
      expect(await it.firestore.partition('users', 5, undefined, signal)).toEqual([]);
      expect(it.waits).toEqual([]);
    },
  );

  test('into no parts asks nobody', async () => {
    await using it = await opened();
    expect(await it.firestore.partition('users', 0, undefined, signal)).toEqual([]);
    expect(it.fake.counters.total.calls).toBe(0);
  });

  test('is that of an instant', async () => {
    await using it = await opened({ settings: { partitionDocuments: 1 } });
    const before = it.fake.store.now();
    for (let i = 0; i < 9; i++) it.fake.store.set(`users/${i}`, {});
    expect(await it.firestore.partition('users', 5, before, signal)).toEqual([]);
    expect(await it.firestore.partition('users', 5, undefined, signal)).not.toEqual([]);
  });
});

describe('the collections below a parent', () => {
  test('come page by page, as they are asked for', async () => {
    await using it = await opened();
    const ids = Array.from({ length: 650 }, (_, i) => `c${String(i).padStart(3, '0')}`);
    for (const id of ids) it.fake.store.set(`${id}/x/below/y`, {});
    expect(await all(it.firestore.collectionIds(it.root, signal))).toEqual(ids);
    expect(it.fake.counters.of('ListCollectionIds')).toMatchObject({ calls: 3, reads: 3 });
    expect(it.firestore.reads.used).toBe(3);
    for await (const id of it.firestore.collectionIds(`${it.root}/c001/x`, signal)) {
      expect(id).toBe('below');
      break;
    }
    expect(it.firestore.reads.used).toBe(4);
  });
});

describe('the documents below a parent', () => {
  test('have names only, and those that are missing are told', async () => {
    await using it = await opened();
    it.fake.store.set('users/ada', { name: 'Ada' });
    it.fake.store.set('users/ghost/orders/1', {});
    const request = { parent: it.root, collectionId: 'users', showMissing: true };
    expect(await all(it.firestore.documents(request, signal))).toEqual([
      { name: `${it.root}/users/ada`, isMissing: false },
      { name: `${it.root}/users/ghost`, isMissing: true },
    ]);
    expect(it.firestore.reads.used).toBe(it.fake.counters.total.reads);
  });

  test('come page by page, also of a size that is asked for, and none cost a read', async () => {
    await using it = await opened();
    it.fake.store.synthesise({ collection: 'users', count: 25, bytes: 5000 });
    const request = { parent: it.root, collectionId: 'users', pageSize: 10 };
    const names = (await all(it.firestore.documents(request, signal))).map(({ name }) => name);
    expect(new Set(names).size).toBe(25);
    expect(it.fake.counters.of('ListDocuments')).toMatchObject({ calls: 3, reads: 25 });
    expect(it.fake.counters.of('ListDocuments').bytes).toBeLessThan(25 * 200);
    await all(it.firestore.documents({ parent: it.root, collectionId: 'none' }, signal));
    expect(it.firestore.reads.used).toBe(26);
    expect(it.firestore.reads.used).toBe(it.fake.counters.total.reads);
  });
});

describe('documents by name', () => {
  test('are there or not, as of an instant, with the fields that are asked for', async () => {
    await using it = await opened();
    const at = it.fake.store.set('users/ada', { name: 'Ada', age: 36 });
    it.fake.store.set('users/bob', {});
    it.fake.store.delete('users/ada');
    const [ada, bob] = [`${it.root}/users/ada`, `${it.root}/users/bob`];
    const then = await it.firestore.get([ada, bob, ada], { readMicros: at, mask: ['age'] }, signal);
    expect([...then.keys()].sort()).toEqual([ada, bob]);
    expect(then.get(bob)).toBeUndefined();
    const document = then.get(ada) ?? new Uint8Array();
    const header = new DocumentHeader();
    header.read(document, 0, document.length);
    expect(Buffer.from(document.subarray(header.nameStart, header.nameEnd)).toString()).toBe(ada);
    expect(Buffer.from(document).includes('age')).toBe(true);
    expect(Buffer.from(document).includes('Ada')).toBe(false);
    const now = await it.firestore.get([ada, bob], {}, signal);
    expect([now.get(ada), now.get(bob) === undefined]).toEqual([undefined, false]);
    expect(it.firestore.reads.used).toBe(it.fake.counters.total.reads);
  });

  test('are none when none are asked for, at no cost', async () => {
    await using it = await opened();
    expect(await it.firestore.get([], {}, signal)).toEqual(new Map());
    expect(it.fake.counters.total.calls).toBe(0);
  });

  test('after a failure are only those that are left, at the instant of the others', async () => {
    let meanwhile = () => {};
    await using it = await opened({ setup: { sleep: async () => meanwhile() } });
    meanwhile = () => void it.fake.store.delete('users/35');
    const names = Array.from({ length: 40 }, (_, i) => `${it.root}/users/${i}`);
    for (let i = 0; i < 40; i++) it.fake.store.set(`users/${i}`, {});
    it.fake.faults.push('BatchGetDocuments', { afterMessages: 30, end: { code: 14 } });
    const found = await it.firestore.get(names, {}, signal);
    expect([...found.keys()]).toEqual(names);
    expect([...found.values()]).not.toContain(undefined);
    expect(it.fake.store.read('users/35')).toBeUndefined();
    expect(it.firestore.reads.used).toBe(40);
  });
});

describe('what there is to know of the database', () => {
  test('is told, at no cost', async () => {
    await using it = await opened({
      pointInTimeRecovery: true,
      settings: { edition: 'enterprise' },
    });
    expect(await it.firestore.describeDatabase(signal)).toMatchObject({
      name: 'projects/demo/databases/(default)',
      type: 'native',
      edition: 'enterprise',
      hasPointInTimeRecovery: true,
      realtimeUpdates: 'enabled',
    });
    expect(it.firestore.reads.used).toBe(0);
  });

  test.each([7, 12] as const)('is nothing when the server answers with code %i', async (code) => {
    await using it = await opened();
    it.fake.faults.push('GetDatabase', { end: { code } });
    expect(await it.firestore.describeDatabase(signal)).toBeUndefined();
    expect(it.waits).toEqual([]);
  });
});

describe('a limit of reads', () => {
  test('is spent when as many have been counted', async () => {
    await using it = await opened({ advanced: { maxReads: 2 } });
    expect(it.firestore.reads).toMatchObject({ limit: 2, used: 0, isSpent: false });
    await it.firestore.serverTime(signal);
    expect(it.firestore.reads.isSpent).toBe(false);
    await it.firestore.serverTime(signal);
    expect(it.firestore.reads).toMatchObject({ used: 2, isSpent: true });
  });

  test('is never spent when there is none', async () => {
    await using it = await opened();
    it.firestore.reads.add(1e9);
    expect(it.firestore.reads.isSpent).toBe(false);
  });
});
