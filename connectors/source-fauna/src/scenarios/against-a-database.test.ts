import { frozenClock, startFakeFauna, type FakeFauna } from '@fairlead/fake-fauna';
import { connect, silentLog } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { createFauna } from '../source.ts';
import { readOnce, type Members } from './testing/reading.ts';

const deletions = { deletion_mode: 'deleted_field' };
const foo = { collection: 'foo', index: 'foo_ts' };
const other = { collection: 'other', index: 'other_ts' };
/** The state of the retired connector when nothing was read. */
const none = { foo: { updates_cursor: {}, remove_cursor: {} } };

/** A database with two empty collections and their indexes. */
async function database(): Promise<FakeFauna> {
  const fake = await startFakeFauna({
    clock: frozenClock(),
    settings: { defaultHistoryDays: 30 },
  });
  for (const name of ['foo', 'other']) {
    fake.store.createCollection(name);
    fake.store.createIndex(`${name}_ts`, { source: name, values: ['ts', 'ref'] });
  }
  return fake;
}

/** Documents 101 to 104 of one transaction, and their rows. */
function fill({ store }: FakeFauna, name: string): unknown[] {
  const ids = [101, 102, 103, 104];
  const ts = store.transaction((transaction) => {
    for (const id of ids) transaction.set(name, id, { a: id, nested: { b: [id, null] } });
  });
  return ids.map((id) => ({
    ref: String(id),
    ts,
    data: { a: id, nested: { b: [id, null] } },
    ttl: null,
  }));
}

async function follow({ port }: FakeFauna, state: Members, isTold = false, pageSize = 2) {
  return await readOnce({
    port,
    collection: { page_size: pageSize, ...(isTold ? { deletions } : {}) },
    bindings: [foo],
    state,
  });
}

describe('a database', () => {
  test('B1, B2, B3: gives four documents of one transaction, then nothing, then what has changed', async () => {
    await using fake = await database();
    const rows = fill(fake, 'foo');
    const first = await follow(fake, {});
    expect(first.rows).toEqual(rows);
    const second = await follow(fake, first.state);
    expect(second.story).toEqual([]);
    expect(second.states.at(-1)).toEqual(first.state);
    const changed = fake.store.set('foo', 102, { a: 'new' });
    const created = fake.store.set('foo', 200, {});
    const third = await follow(fake, second.state);
    expect(third.rows).toEqual([
      { ref: '102', ts: changed, data: { a: 'new' }, ttl: null },
      { ref: '200', ts: created, data: {}, ttl: null },
    ]);
    expect((await follow(fake, third.state)).story).toEqual([]);
  });

  test('B4: tells of a deletion to whom nothing was told, with its time', async () => {
    await using fake = await database();
    fake.store.set('foo', 105, {});
    fake.clock.advance(1_500_000);
    const before = fake.clock.now();
    const ts = fake.store.delete('foo', 105);
    const { rows } = await follow(fake, none, true);
    expect(rows).toEqual([{ ref: '105', ts, deleted_at: expect.any(String) }]);
    expect(ts).toBeGreaterThanOrEqual(before);
    const [{ deleted_at: text }] = rows as [{ readonly deleted_at: string }];
    expect(Date.parse(text)).toBe(Math.floor(ts / 1000));
    expect(text).toBe('2026-01-01T00:00:01.500000Z');
  });

  test('B5: tells of deletions in their order, with growing times', async () => {
    await using fake = await database();
    const ids = [300_000_000_000_000_001n, 300_000_000_000_000_002n, 300_000_000_000_000_003n];
    const start = fake.store.transaction((transaction) => {
      for (const id of ids) transaction.set('foo', id, {});
    });
    const order = [ids[0], ids[2], ids[1]].map(String);
    const times = order.map((id) => fake.store.delete('foo', id));
    const state = { foo: { updates_cursor: {}, remove_cursor: { ts: start - 1 } } };
    const { story, state: end } = await follow(fake, state, true);
    expect(story).toEqual(order.map((id, index) => `delete foo ${id}@${times[index]}`));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(times).size).toBe(3);
    expect((await follow(fake, end, true)).story).toEqual([]);
  });

  test.each([1, 2, 64])(
    'B6, B7, B8: tells of the documents of another collection, and of their deletion, in pages of %i',
    async (pageSize) => {
      await using fake = await database();
      fill(fake, 'foo');
      const rows = fill(fake, 'other');
      let state: Members = {};
      const read = async () => {
        const reading = await readOnce({
          port: fake.port,
          collection: { page_size: pageSize, deletions },
          bindings: [other],
          state,
        });
        ({ state } = reading);
        return reading.rows;
      };
      expect(await read()).toEqual(rows);
      expect(await read()).toEqual([]);
      const [first, third] = [fake.store.delete('other', 101), fake.store.delete('other', 103)];
      expect(await read()).toEqual([
        { ref: '101', ts: first, deleted_at: expect.stringMatching(/Z$/) },
        { ref: '103', ts: third, deleted_at: expect.stringMatching(/Z$/) },
      ]);
      expect(await read()).toEqual([]);
      const second = fake.store.delete('other', 102);
      expect(await read()).toEqual([
        { ref: '102', ts: second, deleted_at: expect.stringMatching(/Z$/) },
      ]);
      expect(await read()).toEqual([]);
    },
  );

  test('B9: is found good by check', async () => {
    await using fake = await database();
    fill(fake, 'foo');
    const source = connect(createFauna(), {
      domain: '127.0.0.1',
      port: fake.port,
      scheme: 'http',
      secret: fake.secret,
      collection: { name: 'foo', index: 'foo_ts', deletions },
    });
    const { signal } = new AbortController();
    await expect(source.check({ signal, log: silentLog })).resolves.toBeUndefined();
  });

  test('gives nothing to a state of the far future, again and again', async () => {
    await using fake = await database();
    fill(fake, 'foo');
    fake.store.delete('foo', 101);
    const far = { ts: 253_370_764_800_000_000, ref: '10' };
    const first = await follow(fake, { foo: { updates_cursor: far, remove_cursor: far } }, true);
    expect(first.story).toEqual([]);
    expect(first.state).toMatchObject({ foo: { updates_cursor: far, remove_cursor: far } });
    expect((await follow(fake, first.state, true)).story).toEqual([]);
  });

  test('gives both collections, one after the other', async () => {
    await using fake = await database();
    const rows = [...fill(fake, 'foo'), ...fill(fake, 'other')];
    const { port } = fake;
    const first = await readOnce({ port, bindings: [foo, other] });
    expect(first.rows).toEqual(rows);
    const ts = fake.store.set('other', 7, {});
    const second = await readOnce({ port, bindings: [foo, other], state: first.state });
    expect(second.story).toEqual([`row other 7@${ts}`]);
  });
});
