import { expect, test } from 'vitest';
import { startFakeFirestore } from '../fake-firestore.ts';
import { wireClient } from '../testing/wire-client.ts';

test('a line with latency lets everything through, in order and not at once', async () => {
  await using fake = await startFakeFirestore({ roundTripMs: 20 });
  await using client = wireClient(fake);
  fake.store.synthesise({ collection: 'c', count: 20_000, ids: 'number' });
  const structuredQuery = { from: [{ collectionId: 'c' }] };
  const start = performance.now();
  const first = await client.query({ structuredQuery: { ...structuredQuery, limit: 1 } });
  // A timer may be early by a millisecond.
  expect(performance.now() - start).toBeGreaterThan(19);
  expect(first).toHaveLength(1);
  const all = await client.query({ structuredQuery });
  expect(all.map(({ document }) => document!.fields[0]!.value!.type.value)).toEqual(
    Array.from({ length: 20_000 }, (_, index) => BigInt(index)),
  );
});

test('a connection that is cut is cut for the other side too', async () => {
  await using fake = await startFakeFirestore({ roundTripMs: 2 });
  await using client = wireClient(fake);
  fake.store.set('c/d', {});
  fake.faults.push('RunQuery', { end: { disconnect: true } });
  const structuredQuery = { from: [{ collectionId: 'c' }] };
  await expect(client.query({ structuredQuery })).rejects.toMatchObject({ code: 14 });
  expect(await client.query({ structuredQuery })).toHaveLength(1);
});
