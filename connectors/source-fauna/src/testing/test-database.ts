import { frozenClock, startFakeFauna, systemClock } from '@fairlead/fake-fauna';

/** The collections of {@link testDatabase} that can be followed by an index. */
export const followed = ['orders', 'users'];

/** How many documents these have. */
export const followedDocuments = 23;

export interface TestDatabaseOptions {
  readonly apiVersion?: '4' | '10';
}

/**
 * A fake with the same documents of the same times every time, long ago, and the settings with which it is read: in small
 * pages, with deletions. Of the collections, `notes` has no index by (ts, ref).
 */
export async function testDatabase({ apiVersion = '4' }: TestDatabaseOptions = {}) {
  let clock = frozenClock();
  const fake = await startFakeFauna({
    clock: { now: () => clock.now(), advance: (micros) => clock.advance(micros) },
    settings: { defaultHistoryDays: null },
  });
  const { store } = fake;
  for (const name of followed) {
    store.createCollection(name);
    store.createIndex(`${name}_ts`, { source: name, values: ['ts', 'ref'] });
  }
  // Those of one transaction have one time, over the border of a page.
  store.transaction((transaction) => {
    for (let n = 1; n <= 7; n++)
      transaction.set('users', n, { n, name: `name ${n}`, tags: ['a', n] });
  });
  for (let n = 8; n <= 16; n++) store.set('users', n, { n, name: `name ${n}`, half: n / 2 });
  store.set('users', '9007199254740993', { n: 9_007_199_254_740_993n, text: 'ä\n' });
  const reference = { id: '1', collection: collectionRef('users') };
  for (let n = 1; n <= 6; n++) store.set('orders', n, { for: { '@ref': reference }, n: n / 4 });
  store.set('orders', 7, {});
  store.delete('orders', 7);
  store.createCollection('notes');
  for (let n = 1; n <= 3; n++) store.set('notes', n * 10, { n });
  clock = systemClock();
  return {
    fake,
    settings: {
      domain: fake.host,
      port: fake.port,
      scheme: 'http',
      secret: fake.secret,
      collection: { page_size: 4, deletions: { deletion_mode: 'deleted_field' } },
      api_version: apiVersion,
    },
    [Symbol.asyncDispose]: () => fake.close(),
  };
}

function collectionRef(id: string) {
  return { '@ref': { id, collection: { '@ref': { id: 'collections' } } } };
}

/** A state whose cursors lie past everything that there is, as the retired connector's acceptance tests had it. */
export const futureState = Object.fromEntries(
  followed.map((name) => {
    const far = { ts: 253_370_764_800_000_000, ref: '10' };
    return [name, { updates_cursor: far, remove_cursor: far }];
  }),
);

/** Settings that cannot work. */
export const wrongSettings = [
  { what: 'no host at all', settings: { scheme: 'http', secret: 'secret' } },
  {
    what: 'a domain that is a URL',
    settings: { domain: 'http://localhost', scheme: 'http', secret: 'secret' },
  },
  {
    what: 'an index without its collection',
    settings: { domain: 'localhost', secret: 'secret', collection: { index: 'users_ts' } },
  },
];
