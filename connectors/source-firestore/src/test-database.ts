import { frozenClock, startFakeFirestore, systemClock } from '@fairlead/fake-firestore';
import { numbered, setAll } from './testing/harness/writes.ts';

/** How many documents {@link testDatabase} has. */
export const testDocuments = 23;

/** A fake with the same documents of the same times every time, long ago, and the settings with which it is read. */
export async function testDatabase() {
  let clock = frozenClock();
  const fake = await startFakeFirestore({
    clock: { now: () => clock.now(), advance: (ms) => clock.advance(ms) },
  });
  setAll(fake.store, numbered('users/', 12), (n) => ({ n, name: `name ${n}`, tags: ['a', n] }));
  setAll(fake.store, numbered('users/07/messages/', 6), (n) => ({ text: 'ä\n', n: n / 4 }));
  setAll(fake.store, numbered('groups/1/messages/', 4));
  fake.store.set('users/zoe', { n: 9_007_199_254_740_993n, half: 0.5, small: -0 });
  clock = systemClock();
  return {
    fake,
    settings: { database: fake.store.name, advanced: { emulatorHost: fake.address } },
    [Symbol.asyncDispose]: () => fake.close(),
  };
}

/** Settings that cannot work. */
export const wrongSettings = [
  {
    what: 'a database that is written in another way',
    settings: { database: 'demo', advanced: { emulatorHost: '127.0.0.1:1' } },
  },
  {
    what: 'an extra collection that is a document',
    settings: { database: 'projects/demo', advanced: { extra_collections: ['users/ada'] } },
  },
];
