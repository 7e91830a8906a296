import { Status } from '@fairlead/grpc';
import { describe, expect, test } from 'vitest';
import { startFakeFirestore, type FakeFirestore } from './fake-firestore.ts';
import type { Fault } from './faults/fault.ts';
import type { RunQueryResponse } from './protocol/reads.gen.ts';
import { wireClient } from './testing/wire-client.ts';

const structuredQuery = { from: [{ collectionId: 'c' }] };

async function start(count = 20) {
  const fake = await startFakeFirestore();
  for (let n = 0; n < count; n++) fake.store.set(`c/${String(n).padStart(3, '0')}`, { n });
  return fake;
}

/** How many documents of a query come through, and how it ends. */
async function outcome(fake: FakeFirestore, fault: Fault) {
  await using client = wireClient(fake);
  const seen: RunQueryResponse[] = [];
  fake.faults.push('RunQuery', fault);
  const code = await client.query({ structuredQuery }, seen).then(
    () => 0,
    (error: { code: number }) => error.code,
  );
  return { documents: seen.length, code };
}

describe('a fault', () => {
  test.each<{ what: string; fault: Fault; documents: number; code: number }>([
    {
      what: 'a status before anything',
      fault: { end: { code: Status.PERMISSION_DENIED, message: 'no' } },
      documents: 0,
      code: 7,
    },
    {
      what: 'a status after headers',
      fault: { end: { code: Status.ABORTED, headersFirst: true } },
      documents: 0,
      code: 10,
    },
    {
      what: 'a status after seven messages',
      fault: { afterMessages: 7, end: { code: Status.UNAVAILABLE } },
      documents: 7,
      code: 14,
    },
    { what: 'a refused stream', fault: { end: { reset: 7 } }, documents: 0, code: 14 },
    {
      what: 'a cancelled stream',
      fault: { afterMessages: 3, end: { reset: 8 } },
      documents: 3,
      code: 1,
    },
    { what: 'too much', fault: { afterMessages: 3, end: { reset: 11 } }, documents: 3, code: 8 },
    {
      what: 'a lost connection',
      fault: { afterMessages: 2, end: { disconnect: true } },
      documents: 2,
      code: 14,
    },
    {
      what: 'a connection that goes away',
      fault: { afterMessages: 2, end: { goaway: 0 } },
      documents: 20,
      code: 0,
    },
    { what: 'a frame for every byte', fault: { pieceBytes: 1 }, documents: 20, code: 0 },
    {
      what: 'a slow line',
      fault: { bytesPerSecond: 100_000, pieceBytes: 97 },
      documents: 20,
      code: 0,
    },
    { what: 'some latency', fault: { latencyMs: 5 }, documents: 20, code: 0 },
    { what: 'none', fault: {}, documents: 20, code: 0 },
  ])('is $what', async ({ fault, documents, code }) => {
    await using fake = await start();
    expect(await outcome(fake, fault)).toEqual({ documents, code });
    expect(await outcome(fake, {})).toEqual({ documents: 20, code: 0 });
  });

  test('is met by one call each, in their order, of its kind only', async () => {
    await using fake = await start();
    await using client = wireClient(fake);
    fake.faults.push('RunQuery', { end: { code: Status.INTERNAL } }, {});
    fake.faults.push('RunQuery', { end: { code: Status.DATA_LOSS } });
    fake.faults.push('Listen', { end: { code: Status.UNKNOWN } });
    const codes: number[] = [];
    for (let call = 0; call < 4; call++) {
      codes.push(
        await client.query({ structuredQuery }).then(
          () => 0,
          (error: { code: number }) => error.code,
        ),
      );
    }
    expect(codes).toEqual([13, 0, 15, 0]);
    expect(fake.faults.pending).toBe(1);
  });

  test('lasts when it is to, but for the calls that have one of their own', async () => {
    await using fake = await start();
    fake.faults.always('RunQuery', { end: { code: Status.PERMISSION_DENIED } });
    expect(await outcome(fake, { end: { code: Status.INTERNAL } })).toMatchObject({ code: 13 });
    expect(await outcome(fake, {})).toEqual({ documents: 20, code: 0 });
    await using client = wireClient(fake);
    await expect(client.query({ structuredQuery })).rejects.toMatchObject({ code: 7 });
    fake.faults.clear();
    expect(await client.query({ structuredQuery })).toHaveLength(20);
  });

  test('is silence until the client has enough', async () => {
    await using fake = await start();
    await using client = wireClient(fake);
    fake.faults.push('Listen', { afterMessages: 1, end: { silence: true } });
    using listening = client.listen();
    const what = {
      case: 'query' as const,
      value: { parent: client.parent, structuredQuery },
    };
    listening.add({ targetId: 1, what });
    expect(await listening.until('ADD')).toEqual(['ADD 1']);
    const more = listening.next();
    expect(fake.counters.of('Listen').open).toBe(1);
    listening.cancel();
    await expect(more).rejects.toMatchObject({ code: 1 });
  });

  test('is a token that has expired, until another is used', async () => {
    await using fake = await start();
    await using client = wireClient(fake);
    const asWith = (token: string) =>
      client
        .unaryStatus(token)
        .then(() => 0)
        .catch((error: { code: number }) => error.code);
    expect(await asWith('one')).toBe(0);
    fake.faults.expireTokens();
    expect(await asWith('one')).toBe(16);
    expect(await asWith('two')).toBe(0);
  });

  test('is a header that is missing', async () => {
    await using fake = await startFakeFirestore({ settings: { requireRoutingHeader: true } });
    await using client = wireClient(fake);
    await expect(client.query({ structuredQuery })).rejects.toMatchObject({ code: 3 });
  });
});

describe('a long query', () => {
  test('is cut after so many documents', async () => {
    await using fake = await start(30);
    fake.store.synthesise({ collection: 'c', count: 30, ids: 'number' });
    fake.settings.queryCut = { afterDocuments: 45 };
    await using client = wireClient(fake);
    const seen: RunQueryResponse[] = [];
    await expect(client.query({ structuredQuery }, seen)).rejects.toMatchObject({ code: 14 });
    expect(seen).toHaveLength(45);
  });

  test('is cut after some time', async () => {
    await using fake = await start(0);
    fake.store.synthesise({ collection: 'c', count: 1_000_000 });
    fake.settings.queryCut = { afterMs: 1 };
    await using client = wireClient(fake);
    await expect(client.query({ structuredQuery })).rejects.toMatchObject({ code: 14 });
  });
});

test('a connection has at most 100 streams, and a client may open another', async () => {
  await using fake = await startFakeFirestore({ maxConcurrentStreams: 3 });
  await using client = wireClient(fake);
  const listens = Array.from({ length: 5 }, () => client.listen());
  const value = { parent: client.parent, structuredQuery };
  for (const listening of listens) listening.add({ targetId: 1, what: { case: 'query', value } });
  for (const listening of listens) await listening.untilPoint();
  expect(fake.listeners.count).toBe(5);
});
