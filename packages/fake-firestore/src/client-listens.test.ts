import type { DocumentSnapshot, QuerySnapshot } from '@google-cloud/firestore';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { startFakeFirestore } from './fake-firestore.ts';
import { officialClient } from './testing/official-client.ts';

const fake = await startFakeFirestore();
const client = officialClient(fake);
afterAll(async () => {
  await client.terminate();
  await fake.close();
});

let run = 0;
let items = client.collection('runs/0/items');
beforeEach(() => {
  items = client.collection(`runs/${++run}/items`);
});

/** What a listener gets, one after another. */
function listening<Snapshot>(
  listen: (next: (snapshot: Snapshot) => void, fail: (error: Error) => void) => () => void,
) {
  const waiting: ((snapshot: Snapshot) => void)[] = [];
  const got: Snapshot[] = [];
  const stop = listen(
    (snapshot) => {
      const next = waiting.shift();
      if (next === undefined) got.push(snapshot);
      else next(snapshot);
    },
    (error) => {
      throw error;
    },
  );
  const next = async (): Promise<Snapshot> =>
    got.shift() ?? new Promise((resolve) => waiting.push(resolve));
  return { next, [Symbol.dispose]: stop };
}

function changes(snapshot: QuerySnapshot): string {
  return snapshot
    .docChanges()
    .map(({ type, doc }) => `${type} ${doc.id}`)
    .join(', ');
}

describe('a listener of the official client', () => {
  test('hears of what is added, modified and removed', async () => {
    await items.doc('a').set({ n: 1 });
    using listener = listening<QuerySnapshot>((next, fail) => items.onSnapshot(next, fail));
    expect(changes(await listener.next())).toBe('added a');
    await items.doc('b').set({ n: 2 });
    expect(changes(await listener.next())).toBe('added b');
    await items.doc('a').update({ n: 3 });
    expect(changes(await listener.next())).toBe('modified a');
    await items.doc('b').delete();
    expect(changes(await listener.next())).toBe('removed b');
  });

  test('hears of a batch at once', async () => {
    using listener = listening<QuerySnapshot>((next, fail) => items.onSnapshot(next, fail));
    expect((await listener.next()).size).toBe(0);
    const batch = client.batch();
    for (let n = 0; n < 5; n++) batch.set(items.doc(String(n)), { n });
    await batch.commit();
    expect(changes(await listener.next())).toBe('added 0, added 1, added 2, added 3, added 4');
  });

  test('of a filter hears of documents that come in and drop out', async () => {
    const open = items.where('open', '==', true);
    await items.doc('a').set({ open: false });
    using listener = listening<QuerySnapshot>((next, fail) => open.onSnapshot(next, fail));
    expect((await listener.next()).size).toBe(0);
    await items.doc('a').set({ open: true });
    expect(changes(await listener.next())).toBe('added a');
    await items.doc('a').set({ open: false });
    expect(changes(await listener.next())).toBe('removed a');
  });

  test.each(['remove', 'change'] as const)(
    'of a limit hears of who takes a free place, when leaving is told as a %s',
    async (leaving) => {
      fake.settings.listen.leaving = leaving;
      for (const id of ['a', 'b', 'c']) await items.doc(id).set({ id });
      using listener = listening<QuerySnapshot>((next, fail) =>
        items.orderBy('id').limit(2).onSnapshot(next, fail),
      );
      expect(changes(await listener.next())).toBe('added a, added b');
      await items.doc('a').delete();
      expect(changes(await listener.next())).toBe('removed a, added c');
      await items.doc('a').set({ id: 'a' });
      expect(changes(await listener.next())).toBe('removed c, added a');
    },
  );

  test('of one document hears of its life', async () => {
    const document = items.doc('a');
    using listener = listening<DocumentSnapshot>((next, fail) => document.onSnapshot(next, fail));
    expect((await listener.next()).exists).toBe(false);
    await document.set({ n: 1 });
    expect((await listener.next()).data()).toEqual({ n: 1 });
    await document.delete();
    expect((await listener.next()).exists).toBe(false);
  });

  test('of a group hears of all collections', async () => {
    const group = client.collectionGroup(`group${run}`);
    using listener = listening<QuerySnapshot>((next, fail) => group.onSnapshot(next, fail));
    expect((await listener.next()).size).toBe(0);
    await client.doc(`x/1/group${run}/a`).set({});
    expect(changes(await listener.next())).toBe('added a');
    await client.doc(`group${run}/b`).set({});
    expect(changes(await listener.next())).toBe('added b');
  });

  test('sees the same after a reset', async () => {
    await items.doc('a').set({ n: 1 });
    using listener = listening<QuerySnapshot>((next, fail) => items.onSnapshot(next, fail));
    expect(changes(await listener.next())).toBe('added a');
    fake.listeners.reset();
    await items.doc('b').set({ n: 1 });
    expect(changes(await listener.next())).toBe('added b');
  });

  test('is served in the style of the official emulator', async () => {
    fake.settings.style = 'emulator';
    await items.doc('a').set({ n: 1 });
    using listener = listening<QuerySnapshot>((next, fail) => items.onSnapshot(next, fail));
    expect(changes(await listener.next())).toBe('added a');
    await items.doc('b').set({ n: 1 });
    expect(changes(await listener.next())).toBe('added b');
    await items.doc('a').delete();
    expect(changes(await listener.next())).toBe('removed a');
    fake.settings.style = 'production';
  });

  test('comes back by itself after its stream is cut, and misses nothing', async () => {
    fake.faults.push('Listen', { afterMessages: 6, end: { reset: 8 } });
    await items.doc('a').set({ n: 1 });
    using listener = listening<QuerySnapshot>((next, fail) => items.onSnapshot(next, fail));
    expect(changes(await listener.next())).toBe('added a');
    for (const id of ['b', 'c', 'd']) await items.doc(id).set({ n: 1 });
    let size = 1;
    while (size < 4) ({ size } = await listener.next());
    expect(fake.faults.pending).toBe(0);
  });
});
