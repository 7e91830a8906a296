import { startFakeFauna, type FakeFauna } from '@fairlead/fake-fauna';
import { describe, expect, test } from 'vitest';
import { beforeEach } from './scenarios/testing/database.ts';
import {
  airbyte,
  catalogOf,
  keptStates,
  plain,
  statesIn,
  type Message,
  type Row,
} from './testing/airbyte.ts';
import { AirbyteTable, type SyncMode } from './testing/airbyte-table.ts';
import { timeText } from './capture/time-text.ts';

// A platform reads and writes in each of the modes that the retired connector offered, over several syncs.

const pageSize = 3;

async function shop() {
  const fake = await startFakeFauna({ settings: { defaultHistoryDays: 30 } });
  fake.store.createCollection('foo');
  fake.store.createIndex('foo_ts', { source: 'foo', values: ['ts', 'ref'] });
  fake.store.transaction((transaction) => {
    for (let id = 101; id <= 104; id++) transaction.set('foo', id, { a: id });
  });
  for (let id = 1; id <= 6; id++) fake.store.set('foo', id, { a: id });
  return fake;
}

function configOf({ host: domain, port, secret }: FakeFauna, apiVersion: '4' | '10') {
  return {
    domain,
    port,
    scheme: 'http',
    secret,
    api_version: apiVersion,
    collection: {
      page_size: pageSize,
      deletions: { deletion_mode: 'deleted_field', column: 'deleted_at' },
    },
  };
}

/** A connection of a platform: its catalog, its states and its table. */
async function connectionOf(fake: FakeFauna, mode: SyncMode, apiVersion: '4' | '10') {
  const config = configOf(fake, apiVersion);
  const discovered = await airbyte('discover', { config });
  const streams = discovered.messages[0]?.catalog?.streams ?? [];
  const [stream] = streams;
  if (stream === undefined) throw new Error('no stream was discovered');
  const table = new AirbyteTable(stream, mode);
  let state: unknown[] = [];
  return {
    table,
    /** One sync to its end; a full refresh begins without a state. */
    sync: async () => {
      const catalog = catalogOf(streams, mode.read, mode.write);
      const given = mode.read === 'incremental' ? state : [];
      const transcript = await airbyte('read', { config, catalog, state: given });
      expect(transcript.code).toBe(0);
      state = keptStates(transcript);
      table.sync(transcript.messages);
      return transcript;
    },
  };
}

/** What a table has to hold of the documents that are there. */
function documentsOf({ store }: FakeFauna): Row[] {
  return store.documents('foo').map(({ id, ts, fields }) => ({
    ref: id,
    ts,
    data: fields['data'] ?? {},
    ttl: null,
    deleted_at: null,
  }));
}

function sorted(rows: readonly Row[]): Row[] {
  return plain(rows).toSorted(
    (a, b) => Number(a['ref']) - Number(b['ref']) || Number(a['ts']) - Number(b['ts']),
  );
}

/** Changes, deletions, and documents that were deleted and are there again. */
function change({ store }: FakeFauna) {
  store.set('foo', 102, { a: 'new' });
  const deleted = [
    { ref: '103', ts: store.delete('foo', 103) },
    { ref: '1', ts: store.delete('foo', 1) },
    { ref: '2', ts: store.delete('foo', 2) },
  ];
  const again = [
    store.delete('foo', 104),
    store.set('foo', 104, { a: 'again' }),
    store.set('foo', 200, { a: { b: [1] } }),
    store.delete('foo', 200),
    store.set('foo', 200, { a: 'third' }),
  ];
  expect(again).toHaveLength(5);
  return deleted.map(({ ref, ts }) => tombstone(ref, ts));
}

/** The row of a deletion as a table has it. */
function tombstone(ref: string, ts: number): Row {
  return { ref, ts, data: null, ttl: null, deleted_at: timeText(BigInt(ts)) };
}

/** A state comes after each page at least, and only ever one of its stream by itself. */
function expectStates(messages: readonly Message[]): void {
  let records = 0;
  for (const { record, state } of messages) {
    if (record !== undefined) expect(++records).toBeLessThanOrEqual(pageSize);
    if (state === undefined) continue;
    expect(state.type).toBe('STREAM');
    expect(state.sourceStats.recordCount).toBe(records);
    records = 0;
  }
  expect(records).toBe(0);
}

const versions = ['4', '10'] as const;

describe.each(versions)('in FQL v%s', (apiVersion) => {
  test('full refresh, overwrite: the table is the collection', async () => {
    await using fake = await shop();
    const mode = { read: 'full_refresh', write: 'overwrite' } as const;
    const { table, sync } = await connectionOf(fake, mode, apiVersion);
    const first = await sync();
    expectStates(first.messages);
    expect(sorted(table.rows)).toEqual(documentsOf(fake));
    expect(statesIn(first, 'foo').length).toBeGreaterThanOrEqual(4);
    change(fake);
    expectStates((await sync()).messages);
    expect(sorted(table.rows)).toEqual(documentsOf(fake));
  });

  test('full refresh, append: the table has the collection as it was at each sync', async () => {
    await using fake = await shop();
    const mode = { read: 'full_refresh', write: 'append' } as const;
    const { table, sync } = await connectionOf(fake, mode, apiVersion);
    await sync();
    const before = documentsOf(fake);
    expect(sorted(table.rows)).toEqual(before);
    change(fake);
    await sync();
    expect(sorted(table.rows)).toEqual(sorted([...before, ...documentsOf(fake)]));
  });

  test('incremental, append: the table has each change once, and each deletion', async () => {
    await using fake = await shop();
    const mode = { read: 'incremental', write: 'append' } as const;
    const { table, sync } = await connectionOf(fake, mode, apiVersion);
    const before = documentsOf(fake);
    expectStates((await sync()).messages);
    expect(sorted(table.rows)).toEqual(before);
    const deleted = change(fake);
    expectStates((await sync()).messages);
    const isNew = (row: Row) =>
      before.every(({ ref, ts }) => ref !== row['ref'] || ts !== row['ts']);
    const seen = sorted(table.rows);
    expect(seen).toEqual(expect.arrayContaining([...before, ...deleted]));
    expect(seen).toEqual(expect.arrayContaining(documentsOf(fake).filter(isNew)));
    // What came to be and ended in between may be told of, or not; nothing is told of twice.
    expect(new Set(seen.map(({ ref, ts }) => `${String(ref)}@${String(ts)}`)).size).toBe(
      seen.length,
    );
    await sync();
    expect(sorted(table.rows)).toEqual(seen);
  });

  test.each([{ keepsDeleted: false }, { keepsDeleted: true }])(
    'incremental, append and dedup: the table is the collection (deleted ones are kept: $keepsDeleted)',
    async ({ keepsDeleted }) => {
      await using fake = await shop();
      const mode = { read: 'incremental', write: 'append_dedup', keepsDeleted } as const;
      const { table, sync } = await connectionOf(fake, mode, apiVersion);
      await sync();
      expect(sorted(table.rows)).toEqual(documentsOf(fake));
      const deleted = change(fake);
      expectStates((await sync()).messages);
      const kept = keepsDeleted ? deleted : [];
      expect(sorted(table.rows)).toEqual(sorted([...documentsOf(fake), ...kept]));
      // A document that was deleted is there again, and one that is there is deleted at last.
      fake.store.set('foo', 1, { a: 'back' });
      const late = tombstone('104', fake.store.delete('foo', 104));
      await sync();
      const still = [...deleted.filter(({ ref }) => ref !== '1'), late];
      expect(sorted(table.rows)).toEqual(
        sorted([...documentsOf(fake), ...(keepsDeleted ? still : [])]),
      );
    },
  );

  test('full refresh: a document that changes while it is read comes once', async () => {
    await using fake = await shop();
    const mode = { read: 'full_refresh', write: 'overwrite' } as const;
    const { table, sync } = await connectionOf(fake, mode, apiVersion);
    let isChanged = false;
    const change101 = (count: number) => {
      if (count !== 2) return;
      fake.store.set('foo', 101, { a: 'changed' });
      isChanged = true;
    };
    beforeEach(fake, { updates: change101, snapshot: change101, load: change101 });
    await sync();
    expect(isChanged).toBe(true);
    const refs = table.rows.map(({ ref }) => ref);
    expect(refs).toHaveLength(10);
    expect(new Set(refs).size).toBe(10);
  });
});
