import { describe, expect, test } from 'vitest';
import { startFakeFauna, type FakeFauna } from './fake-fauna.ts';
import { frozenClock } from './store/clock.ts';
import { ask, post, q } from './testing/post.ts';

const start = 1_700_000_000_000_000;
const hour = 3_600_000_000;
const day = 24 * hour;

async function started(historyDays: number | null): Promise<FakeFauna> {
  const fake = await startFakeFauna({ clock: frozenClock(start) });
  fake.store.createCollection('foo', { historyDays });
  return fake;
}

const events = (fake: FakeFauna, options: Record<string, unknown> = {}) =>
  ask(fake, {
    map: {
      lambda: 'e',
      expr: [
        { select: 'action', from: { var: 'e' } },
        { select: ['document', 'id'], from: { var: 'e' } },
        { subtract: [{ select: 'ts', from: { var: 'e' } }, start] },
      ],
    },
    collection: {
      select: 'data',
      from: q.paginate(q.documents('foo'), { events: true, ...options }),
    },
  });

describe('time', () => {
  test('Now covers what is committed, and what is committed later is later', async () => {
    await using fake = await started(null);
    const now = () => ask(fake, { to_micros: { now: null } });
    const first = Number(await now());
    expect(first).toBe(start);
    const written = fake.store.set('foo', 1, {});
    expect(written).toBeGreaterThan(first);
    expect(await now()).toBe(written);
    const created = await ask(fake, { create: { collection: 'foo' }, params: { object: {} } });
    expect(created).toMatchObject({ ts: written + 1 });
  });

  test('a reader that pinned the present sees nothing of what comes', async () => {
    await using fake = await started(null);
    fake.store.set('foo', 1, {});
    const pinned = Number(await ask(fake, { to_micros: { now: null } }));
    const documents = q.paginate(q.documents('foo'));
    const at = (ts: number) => ask(fake, { at: ts, expr: documents });
    fake.store.set('foo', 2, {});
    fake.store.delete('foo', 1);
    expect(await at(pinned)).toEqual({ data: [q.document('foo', '1')] });
    expect(await at(pinned + hour)).toEqual({ data: [q.document('foo', '2')] });
    expect(await at(start - hour)).toEqual({ data: [] });
  });

  test('one transaction has one time, and is seen by itself', async () => {
    await using fake = await started(null);
    const create = (id: string) => ({
      create: q.ref('foo', id),
      params: { object: { data: { object: {} } } },
    });
    const answer = await post(fake, [
      create('1'),
      create('2'),
      { count: q.documents('foo') },
      { now: null },
    ]);
    const [one, two, count] = (answer.json as { resource: { ts: number }[] }).resource;
    expect(one?.ts).toBe(two?.ts);
    expect(count).toBe(2);
    expect(answer.headers.get('x-txn-time')).toBe(String(one?.ts));
    expect(answer.status).toBe(200);
  });

  test('a replica that is behind sees what the client has seen', async () => {
    await using fake = await started(null);
    fake.clock.advance(hour);
    fake.settings.replicaLagMicros = hour / 2;
    const ts = fake.store.set('foo', 1, {});
    const seen = (headers: Record<string, string>) =>
      ask(fake, { exists: q.ref('foo', '1') }, { headers });
    expect(await seen({})).toBe(false);
    expect(await seen({ 'x-last-seen-txn': String(ts) })).toBe(true);
    const write = { update: q.ref('foo', '1'), params: { object: { data: { object: { a: 1 } } } } };
    expect(await post(fake, write)).toMatchObject({ status: 200 });
  });
});

describe('set events', () => {
  test('an update is none; a delete and a new creation are', async () => {
    await using fake = await started(null);
    fake.store.set('foo', 1, { a: 1 }, { ts: start + 1 });
    fake.store.set('foo', 1, { a: 2 }, { ts: start + 2 });
    fake.store.delete('foo', 1, { ts: start + 3 });
    fake.store.set('foo', 1, { a: 3 }, { ts: start + 4 });
    expect(await events(fake)).toEqual([
      ['add', '1', 1],
      ['remove', '1', 3],
      ['add', '1', 4],
    ]);
  });

  test('at one time removes come before adds, then ids count', async () => {
    await using fake = await started(null);
    for (const id of [10, 9]) fake.store.set('foo', id, {}, { ts: start + 1 });
    fake.store.transaction(
      (transaction) => {
        transaction.set('foo', 1, {});
        transaction.delete('foo', 10);
        transaction.delete('foo', 9);
      },
      { ts: start + 2 },
    );
    expect(await events(fake, { after: start + 2 })).toEqual([
      ['remove', '9', 2],
      ['remove', '10', 2],
      ['add', '1', 2],
    ]);
  });

  test('another time to live is a remove and an add at once', async () => {
    await using fake = await started(null);
    fake.store.set('foo', 1, {}, { ts: start + 1 });
    fake.store.set('foo', 1, {}, { ts: start + 2, ttl: start + hour });
    expect(await events(fake)).toEqual([
      ['add', '1', 1],
      ['remove', '1', 2],
      ['add', '1', 2],
    ]);
  });

  test('an index tells of values that change', async () => {
    await using fake = await started(null);
    fake.store.createIndex('by', { source: 'foo', values: ['data.a'] });
    fake.store.set('foo', 1, { a: 1 }, { ts: start + 1 });
    fake.store.set('foo', 1, { a: 2 }, { ts: start + 2 });
    fake.store.set('foo', 1, { a: 2, b: 1 }, { ts: start + 3 });
    const document = q.document('foo', '1');
    expect(await ask(fake, q.paginate({ events: q.match('by') }))).toEqual({
      data: [
        { ts: start + 1, action: 'add', document, data: [1] },
        { ts: start + 2, action: 'remove', document, data: [1] },
        { ts: start + 2, action: 'add', document, data: [2] },
      ],
    });
  });

  test('below the history they are gone, but for adds that still hold', async () => {
    await using fake = await started(1);
    fake.store.set('foo', 1, {}, { ts: start + 1 });
    fake.store.set('foo', 2, {}, { ts: start + 2 });
    fake.store.delete('foo', 2, { ts: start + 3 });
    fake.store.set('foo', 3, {}, { ts: start + 4 });
    fake.clock.advance(day + hour);
    fake.store.delete('foo', 3);
    const later = await events(fake);
    expect(later).toMatchObject([
      ['add', '1', 1],
      ['add', '3', 4],
      ['remove', '3', expect.any(Number)],
    ]);
  });
});

describe('history', () => {
  test.each([
    { historyDays: 0, kept: 15 * 60_000_000 },
    { historyDays: 2, kept: 2 * day + 15 * 60_000_000 },
  ])('$historyDays days and 15 minutes can be read', async ({ historyDays, kept }) => {
    await using fake = await started(historyDays);
    fake.clock.advance(10 * day);
    const now = start + 10 * day;
    const at = (ts: number) => post(fake, { at: ts, expr: q.paginate(q.documents('foo')) });
    expect((await at(now - kept)).status).toBe(200);
    const text = (micros: number) => new Date(micros / 1000).toISOString().replace('.000Z', 'Z');
    expect(await at(now - kept - 1_000_000)).toMatchObject({
      status: 400,
      json: {
        errors: [
          {
            code: 'bad request',
            description: `Requested timestamp ${text(now - kept - 1_000_000)} less than minimum allowed timestamp ${text(now - kept)}.`,
          },
        ],
      },
    });
  });

  test('what has expired is gone from reads and indexes, and no event tells', async () => {
    await using fake = await started(null);
    fake.store.createIndex('foo_ts', { source: 'foo', values: ['ts', 'ref'] });
    fake.store.set('foo', 1, {}, { ts: start + 1, ttl: start + hour });
    fake.store.set('foo', 2, {}, { ts: start + 2 });
    const both = [
      q.paginate(q.documents('foo')),
      q.paginate(q.match('foo_ts')),
      { exists: q.ref('foo', '1') },
    ];
    expect(await ask(fake, both)).toMatchObject([{ data: [{}, {}] }, { data: [{}, {}] }, true]);
    fake.clock.advance(hour);
    expect(await ask(fake, both)).toEqual([
      { data: [q.document('foo', '2')] },
      { data: [[start + 2, q.document('foo', '2')]] },
      false,
    ]);
    expect(await events(fake)).toEqual([
      ['add', '1', 1],
      ['add', '2', 2],
    ]);
  });

  test('a collection may limit the life of its documents', async () => {
    await using fake = await started(null);
    fake.store.createCollection('short', { ttlDays: 1 });
    const created = await ask(fake, { create: q.ref('short', '1'), params: { object: {} } });
    expect(created).toMatchObject({ ttl: { '@ts': expect.stringMatching(/^2023-11-15T/) } });
  });

  test('a deleted collection takes its documents and references along', async () => {
    await using fake = await started(null);
    fake.store.createCollection('bar');
    fake.store.set('foo', 1, {});
    fake.store.set('bar', 1, {
      one: q.document('foo', '1'),
      all: [q.document('foo', '1')],
      kept: 1,
    });
    fake.store.deleteCollection('foo');
    expect(await ask(fake, { select: 'data', from: { get: q.ref('bar', '1') } })).toEqual({
      all: [null],
      kept: 1,
    });
    expect(await ask(fake, q.paginate({ collections: null }))).toEqual({
      data: [q.collection('bar')],
    });
    expect(await ask(fake, { at: start, expr: q.paginate({ collections: null }) })).toMatchObject({
      data: [null],
    });
  });
});
