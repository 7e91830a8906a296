import {
  FieldPath,
  FieldValue,
  GeoPoint,
  Timestamp,
  type DocumentData,
  type Firestore,
} from '@google-cloud/firestore';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { startFakeFirestore } from './fake-firestore.ts';
import { officialClient } from './testing/official-client.ts';

const fake = await startFakeFirestore();
const client = officialClient(fake, { useBigInt: true });
afterAll(async () => {
  await client.terminate();
  await fake.close();
});

let run = 0;
let root = client.doc('runs/0');
beforeEach(() => {
  root = client.doc(`runs/${++run}`);
});

describe('the official client', () => {
  test('sets, merges, updates, deletes and reads documents', async () => {
    const ada = root.collection('users').doc('ada');
    await ada.set({ name: 'Ada', born: 1815, tags: { a: 1, b: 2 } });
    await ada.set({ tags: { c: 3 } }, { merge: true });
    await ada.update({ 'tags.a': FieldValue.delete(), born: FieldValue.increment(1) });
    expect((await ada.get()).data()).toEqual({ name: 'Ada', born: 1816n, tags: { b: 2n, c: 3n } });
    await ada.set({ name: 'A.' });
    expect((await ada.get()).data()).toEqual({ name: 'A.' });
    await ada.delete();
    expect((await ada.get()).exists).toBe(false);
  });

  test('keeps every type of value as it was', async () => {
    const values = {
      null: null,
      yes: true,
      small: 1n,
      largest: 2n ** 63n - 1n,
      smallest: -(2n ** 63n),
      half: 0.5,
      minusZero: -0,
      nan: NaN,
      infinite: Infinity,
      negative: -Infinity,
      tiny: 5e-324,
      text: 'naïve 🚢 \u0000 end',
      empty: '',
      bytes: Buffer.from([0, 1, 254, 255]),
      no: Buffer.alloc(0),
      time: new Timestamp(-62135596800, 0),
      late: new Timestamp(253402300799, 999999000),
      place: new GeoPoint(0, -180),
      list: [1n, 'two', null, { three: [3n] }],
      map: { 'odd.key': 1n, '`': 2n, '': 3n, ' ': { deep: {} } },
      vector: FieldValue.vector([1, -0, 2.5]),
    };
    const { '': _, ...map } = values.map;
    const document = root.collection('all').doc('types');
    await document.set({ ...values, map, other: client.doc('elsewhere/x') });
    const { other, ...read } = (await document.get()).data() ?? {};
    expect(read).toEqual({ ...values, map });
    expect(Object.is(read['minusZero'], -0)).toBe(true);
    expect(other.path).toBe('elsewhere/x');
  });

  test('transforms values on the server', async () => {
    const document = root.collection('counters').doc('one');
    const result = await document.set({
      count: 41n,
      list: ['a', 'b', 'c'],
      score: 1.5,
    });
    await document.update({
      count: FieldValue.increment(1),
      score: FieldValue.increment(1),
      list: FieldValue.arrayUnion('c', 'd'),
      made: FieldValue.serverTimestamp(),
      other: FieldValue.increment(-3),
    });
    await document.update({ list: FieldValue.arrayRemove('a', 'x') });
    const { made, ...rest } = (await document.get()).data() ?? {};
    expect(rest).toEqual({ count: 42n, score: 2.5, list: ['b', 'c', 'd'], other: -3n });
    expect(made.toMillis()).toBeGreaterThanOrEqual(result.writeTime.toMillis());
  });

  test('keeps the update time of a document that a write leaves as it is', async () => {
    const document = root.collection('c').doc('d');
    const first = await document.set({ a: 1, b: [1, { c: NaN }] });
    const second = await document.set({ b: [1, { c: NaN }], a: 1 });
    const third = await document.set({ a: 1.0, b: [1, { c: NaN }] }, { merge: true });
    expect([second.writeTime, third.writeTime]).toEqual([first.writeTime, first.writeTime]);
    expect((await document.get()).updateTime).toEqual(first.writeTime);
    expect((await document.update({ a: 2 })).writeTime.valueOf()).not.toBe(
      first.writeTime.valueOf(),
    );
  });

  test('gives a recreated document a new create time', async () => {
    const document = root.collection('c').doc('d');
    await document.set({ a: 1 });
    const { createTime } = await document.get();
    await document.set({ a: 2 });
    expect((await document.get()).createTime).toEqual(createTime);
    await document.delete();
    await document.set({ a: 3 });
    expect((await document.get()).createTime?.valueOf()).not.toBe(createTime?.valueOf());
  });

  test.each<{ what: string; code: number; act: (db: Firestore, path: string) => Promise<unknown> }>(
    [
      {
        what: 'the creation of a document that is there',
        code: 6,
        act: (db, path) => db.doc(path).create({ a: 2 }),
      },
      {
        what: 'the update of a document that is not there',
        code: 5,
        act: (db, path) => db.doc(`${path}x`).update({ a: 2 }),
      },
      {
        what: 'a delete under a wrong update time',
        code: 9,
        act: (db, path) => db.doc(path).delete({ lastUpdateTime: new Timestamp(1, 0) }),
      },
      {
        what: 'a document of more than 1 MiB',
        code: 3,
        act: (db, path) => db.doc(path).set({ a: 'x'.repeat(1 << 20) }),
      },
      {
        what: 'a reserved field name',
        code: 3,
        act: (db, path) => db.doc(path).set({ __secret__: 1 }),
      },
    ],
  )('is refused $what', async ({ code, act }) => {
    const document = root.collection('c').doc('there');
    await document.set({ a: 1 });
    await expect(act(client, document.path)).rejects.toMatchObject({ code });
    expect((await document.get()).data()).toEqual({ a: 1n });
  });

  test('commits a batch as a whole or not at all', async () => {
    const items = root.collection('items');
    await items.doc('a').set({ n: 1 });
    const batch = client.batch();
    batch.set(items.doc('b'), { n: 2 });
    batch.update(items.doc('a'), { n: 3 });
    const results = await batch.commit();
    expect(results[0]?.writeTime).toEqual(results[1]?.writeTime);

    const failing = client.batch();
    failing.delete(items.doc('a'));
    failing.create(items.doc('b'), {});
    await expect(failing.commit()).rejects.toMatchObject({ code: 6 });
    expect((await items.get()).docs.map((d) => d.data())).toEqual([{ n: 3n }, { n: 2n }]);
  });

  test('reads several documents at once, some of their fields only', async () => {
    const items = root.collection('items');
    await items.doc('a').set({ n: 1, m: { x: 1, y: 2 } });
    const snapshots = await client.getAll(items.doc('a'), items.doc('gone'), {
      fieldMask: [new FieldPath('m', 'y')],
    });
    expect(snapshots.map((snapshot) => snapshot.data())).toEqual([{ m: { y: 2n } }, undefined]);
  });

  test('writes thousands of documents by a BulkWriter, which hears of each failure', async () => {
    const items = root.collection('items');
    await items.doc('5').set({ n: -1 });
    const writer = client.bulkWriter({ throttling: false });
    const failures: string[] = [];
    writer.onWriteError(({ documentRef, code }) => {
      failures.push(`${documentRef.id}: ${code}`);
      return false;
    });
    for (let n = 0; n < 1200; n++) void writer.create(items.doc(String(n)), { n }).catch(() => {});
    await writer.close();
    expect(failures).toEqual(['5: 6']);
    expect((await items.count().get()).data().count).toBe(1200n);
  });
});

describe('a transaction of the official client', () => {
  test('reads and writes', async () => {
    const account = root.collection('accounts').doc('a');
    await account.set({ balance: 1 });
    const seen = await client.runTransaction(async (transaction) => {
      const balance = Number((await transaction.get(account)).get('balance'));
      transaction.update(account, { balance: balance + 1 });
      return balance;
    });
    expect(seen).toBe(1);
    expect((await account.get()).get('balance')).toBe(2n);
  });

  test('is tried again when what it read has changed', async () => {
    const account = root.collection('accounts').doc('a');
    await account.set({ balance: 1 });
    const seen: DocumentData[] = [];
    await client.runTransaction(async (transaction) => {
      const data = (await transaction.get(account)).data() ?? {};
      seen.push(data);
      if (seen.length === 1) await account.set({ balance: 10 });
      transaction.update(account, { balance: Number(data['balance']) + 1 });
    });
    expect(seen).toEqual([{ balance: 1n }, { balance: 10n }]);
    expect((await account.get()).get('balance')).toBe(11n);
  });

  test('is tried again when a query of it has another result', async () => {
    const accounts = root.collection('accounts');
    const counts: number[] = [];
    await client.runTransaction(async (transaction) => {
      const { size } = await transaction.get(accounts.where('open', '==', true));
      counts.push(size);
      if (counts.length === 1) await accounts.doc('new').set({ open: true });
      if (counts.length === 2) await accounts.doc('other').set({ open: false });
      transaction.set(accounts.doc('sum'), { size });
    });
    expect(counts).toEqual([0, 1]);
  });

  test('that only reads sees the past it asks for', async () => {
    const account = root.collection('accounts').doc('a');
    const { writeTime } = await account.set({ balance: 1 });
    await account.set({ balance: 2 });
    const balance = await client.runTransaction(
      async (transaction) => (await transaction.get(account)).get('balance'),
      { readOnly: true, readTime: writeTime },
    );
    expect(balance).toBe(1n);
  });

  test('leaves nothing behind when it fails', async () => {
    const account = root.collection('accounts').doc('a');
    const failing = client.runTransaction(async (transaction) => {
      await transaction.get(account);
      transaction.set(account, { balance: 1 });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect((await account.get()).exists).toBe(false);
  });
});
