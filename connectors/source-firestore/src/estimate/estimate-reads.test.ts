import type { Binding } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { FirestoreResource } from '../settings.ts';
import type { Cursor } from '../state/cursor.ts';
import { openedFirestore } from '../testing/opened-firestore.ts';
import { estimateReads } from './estimate-reads.ts';
import { priceOf } from './price.ts';

/** A binding of a path, whose state key it is as well. */
function bind(path: string, more: object = {}): Binding<FirestoreResource> {
  return { stream: path, stateKey: path, resource: FirestoreResource.parse({ path, ...more }) };
}

async function opened() {
  const open = await openedFirestore();
  const { store } = open.fake;
  store.synthesise({ collection: 'users', count: 2500, ids: 'number' });
  store.synthesise({ collection: 'users/*/messages', count: 2, ids: 'number' });
  store.synthesise({ collection: 'groups', count: 10, ids: 'number' });
  store.synthesise({ collection: 'groups/*/messages', count: 100, ids: 'number' });
  open.write('users/00000007/teams/1/messages/1', 'orgs/acme/users/1', 'orgs/acme/users/2');
  return {
    ...open,
    estimate: (
      bindings: readonly Binding<FirestoreResource>[],
      states: Readonly<Record<string, Cursor>> = {},
    ) => estimateReads(open.firestore, bindings, { bindings: states }, open.scope),
  };
}

const at = '2024-02-29T12:00:00Z';

describe('what is read of a binding', () => {
  test.each([
    { of: 'a collection', bindings: [bind('users')], reads: [2500], counting: 3 },
    { of: 'one with a parent', bindings: [bind('orgs/acme/users')], reads: [2], counting: 1 },
    {
      of: 'a group, with documents of other paths in it',
      bindings: [bind('users/*/messages')],
      reads: [5001],
      counting: 6,
    },
    { of: 'nothing', bindings: [bind('nowhere')], reads: [0], counting: 1 },
    {
      of: 'bindings that are read together',
      bindings: [bind('users/*/messages'), bind('users/*/teams/*/messages'), bind('groups')],
      reads: [5001, 0, 10],
      counting: 7,
    },
    {
      of: 'one without a backfill',
      bindings: [bind('users', { backfillMode: 'none' })],
      reads: [0],
      counting: 0,
    },
  ])('of $of', async ({ bindings, reads, counting }) => {
    await using open = await opened();
    const estimate = await open.estimate(bindings);
    expect(estimate).toMatchObject({
      unit: 'document reads',
      bindings: reads,
      overhead: counting,
    });
    expect(open.fake.counters.total.reads).toBe(counting);
  });

  test.each<{ of: string; state: Cursor; reads: number }>([
    { of: 'one that has been read', state: { at }, reads: 0 },
    { of: 'one that has just begun', state: { at, ranges: [{}] }, reads: 2500 },
    {
      of: 'one in the middle',
      state: { at, ranges: [{ cursor: 'users/00000999' }] },
      reads: 1500,
    },
    {
      of: 'one of which parts are read',
      state: {
        at,
        ranges: [
          { cursor: 'users/00000099' },
          { from: 'users/00000200', isDone: true },
          { from: 'users/00002400' },
        ],
      },
      reads: 200,
    },
    {
      of: "one that Estuary's connector has left in the middle",
      state: {
        ReadTime: at,
        Backfill: { Completed: false, Cursor: 'users/00002399' },
        Inconsistent: false,
      },
      reads: 100,
    },
  ])('is what is left of $of', async ({ state, reads }) => {
    await using open = await opened();
    expect((await open.estimate([bind('users')], { users: state })).bindings).toEqual([reads]);
  });

  test('is what is left of a group, in its own bounds', async () => {
    await using open = await opened();
    const state = { at, ranges: [{ cursor: 'users/00002498/messages/00000001' }] };
    const path = 'users/*/messages';
    expect((await open.estimate([bind(path)], { [path]: state })).bindings).toEqual([2]);
  });
});

test('a group is said to be counted with all that is in it', async () => {
  await using open = await opened();
  await open.estimate([bind('users'), bind('users/*/messages')]);
  expect(open.lines).toMatchObject([
    { fields: { stream: 'users/*/messages', collectionId: 'messages', below: 'users' } },
  ]);
});

test('all of it has a price', async () => {
  await using open = await opened();
  expect((await open.estimate([bind('users')])).price).toEqual({
    currency: 'USD',
    amount: (2503 * 0.06) / 100_000,
    basis: 'list price of $0.06 per 100,000 reads in eur3',
  });
});

test.each([
  {
    locationId: 'nam5',
    edition: 'standard',
    price: 'list price of $0.06 per 100,000 reads in nam5',
  },
  {
    locationId: 'europe-west9',
    edition: 'standard',
    price: 'list price of $0.03 to $0.06 per 100,000 reads, by location',
  },
  { locationId: 'nam5', edition: 'enterprise', price: undefined },
] as const)('the price in $locationId, $edition, is $price', ({ locationId, edition, price }) => {
  const database = {
    name: 'd',
    locationId,
    edition,
    type: 'native',
    hasPointInTimeRecovery: false,
    realtimeUpdates: 'enabled',
    firestoreAccess: 'enabled',
  } as const;
  const found = priceOf(1_000_000, database);
  expect(found?.basis).toBe(price);
  if (price !== undefined) expect(found?.amount).toBeCloseTo(0.6, 12);
});

test('without a word about the database the higher price is taken', () => {
  expect(priceOf(100_000, undefined)).toMatchObject({
    amount: 0.06,
    basis: expect.stringContaining('$0.03 to $0.06') as string,
  });
});

test('a count that fails says of which stream', async () => {
  await using open = await opened();
  open.fake.faults.always('RunAggregationQuery', { end: { code: 3, message: 'no' } });
  await expect(open.estimate([bind('users')])).rejects.toMatchObject({
    kind: 'config',
    where: expect.stringMatching(/^stream users: /) as string,
  });
});
