import { describe, expect, test } from 'vitest';
import { encodeAddTarget, encodeRemoveTarget } from '../wire/requests.ts';
import { opened, patient, signal } from './testing/opened.ts';

const users = { from: { collectionId: 'users' } };

describe('reads of a query', () => {
  test.each([0, 1, 5000])('of %i documents are as many as are billed', async (count) => {
    await using it = await opened();
    if (count > 0) it.fake.store.synthesise({ collection: 'users', count });
    const call = it.firestore.query({ parent: it.root, query: users }, signal);
    expect(await call.headers).toBeTypeOf('object');
    let messages = 0;
    for await (const pulled of call) messages += pulled.count;
    expect(await call.trailers).toBeTypeOf('object');
    expect(messages).toBe(Math.max(1, count));
    expect(it.firestore.reads.used).toBe(it.fake.counters.of('RunQuery').reads);
    expect(it.firestore.reads.used).toBe(Math.max(1, count));
  });

  test('that is cut short are those that came', async () => {
    await using it = await opened();
    it.fake.store.synthesise({ collection: 'users', count: 100 });
    it.fake.faults.push('RunQuery', { end: { code: 14 } }, { afterMessages: 7, end: { code: 14 } });
    for (const reads of [0, 7]) {
      const call = it.firestore.query({ parent: it.root, query: users }, signal);
      const pulling = (async () => {
        for await (const _ of call);
      })();
      await expect(pulling).rejects.toMatchObject({ code: 14 });
      expect(it.firestore.reads.used).toBe(reads);
    }
  });

  test('that is left early are those that were pulled, and the call ends', async () => {
    await using it = await opened();
    it.fake.store.synthesise({ collection: 'users', count: 100_000 });
    let messages = 0;
    for await (const { count } of it.firestore.query({ parent: it.root, query: users }, signal)) {
      messages += count;
      break;
    }
    expect(it.firestore.reads.used).toBe(messages);
    await expect.poll(() => it.fake.counters.of('RunQuery').open, patient).toBe(0);
  });
});

describe('reads of a stream of changes', () => {
  test('are the documents that came', async () => {
    await using it = await opened();
    for (let i = 0; i < 5; i++) it.fake.store.set(`users/${i}`, {});
    const call = it.firestore.listen(signal);
    const { database } = it.firestore;
    void call.write(
      encodeAddTarget(database, { targetId: 1, of: { parent: it.root, query: users } }),
    );
    /** Ends after some changes, deletes included. */
    const iterator = call[Symbol.asyncIterator]();
    const until = async (reads: number) => {
      while (it.firestore.reads.used < reads) await iterator.next();
    };
    await until(5);
    it.fake.store.set('users/0', { a: 1 });
    it.fake.store.delete('users/1');
    it.fake.store.set('users/9', {});
    await until(7);
    expect(it.fake.counters.of('Listen').reads).toBe(7);
    expect(it.firestore.reads.used).toBe(7);
    void call.write(encodeRemoveTarget(database, 1));
    call.cancel();
    await expect(iterator.next()).rejects.toMatchObject({ code: 1 });
  });

  test('end with the stream', async () => {
    await using it = await opened();
    const call = it.firestore.listen(signal);
    call.end();
    for await (const _ of call);
    expect(it.firestore.reads.used).toBe(0);
  });
});
