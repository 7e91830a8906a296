import { startFakeFauna, type FakeFauna } from '@fairlead/fake-fauna';
import { describe, expect, test } from 'vitest';
import {
  airbyte,
  catalogOf,
  errorsIn,
  keptStates,
  plain,
  recordsIn,
  statesIn,
} from './testing/airbyte.ts';

// States of the retired connector, as its users have them, in all forms in which platforms hand them on.

const pageSize = 2;

/** Documents 1 to 6, each of its own transaction; their times. */
async function databaseOfFoo() {
  const fake = await startFakeFauna({ settings: { defaultHistoryDays: 30 } });
  fake.store.createCollection('foo');
  fake.store.createIndex('foo_ts', { source: 'foo', values: ['ts', 'ref'] });
  const times = [1, 2, 3, 4, 5, 6].map((id) => fake.store.set('foo', id, { a: id }));
  return { fake, times, at: (id: number) => times[id - 1] ?? 0 };
}

async function read(
  { host: domain, port, secret }: FakeFauna,
  state: unknown,
  mode: 'full_refresh' | 'incremental' = 'incremental',
) {
  const deletions = { deletion_mode: 'deleted_field', column: 'deleted_at' };
  const collection = { page_size: pageSize, deletions };
  const config = { domain, port, scheme: 'http', secret, collection };
  const { messages } = await airbyte('discover', { config });
  const catalog = catalogOf(messages[0]?.catalog?.streams ?? [], mode, 'append');
  return await airbyte('read', { config, catalog, state });
}

const refsIn = (transcript: Awaited<ReturnType<typeof read>>) =>
  recordsIn(transcript, 'foo').map((row) => row['ref']);

const collection = { '@ref': { id: 'foo', collection: { '@ref': { id: 'collections' } } } };
const refOf = (id: number) => ({ '@ref': { id: String(id), collection } });

/** The forms of a state file that holds the state of one stream. */
const forms: readonly [form: string, write: (state: object) => unknown][] = [
  ['a LEGACY state', (state) => [{ type: 'LEGACY', data: { foo: state, bar: {} } }]],
  ['a LEGACY state alone', (state) => ({ type: 'LEGACY', data: { foo: state } })],
  ['a bare object', (state) => ({ foo: state })],
  ['a message', (state) => ({ type: 'STATE', state: { data: { foo: state }, emitted_at: 1 } })],
  [
    'the state of a stream',
    (state) => [
      { type: 'STREAM', stream: { stream_descriptor: { name: 'foo' }, stream_state: state } },
    ],
  ],
];

describe.each(forms)('in %s', (_, write) => {
  test.each([
    ['text', JSON.stringify],
    ['JSON', (value: unknown) => value],
  ] as const)('updates go on at the page that was to come, which is %s', async (__, form) => {
    const { fake, at } = await databaseOfFoo();
    await using _fake = fake;
    const after = form([at(3), refOf(3), refOf(3)]);
    const updates = { ts: at(1), ref: '1', after };
    const first = await read(fake, write({ updates_cursor: updates }));
    expect(refsIn(first)).toEqual(['3', '4', '5', '6']);
    // And from then on by our own.
    fake.store.set('foo', 2, { a: 'new' });
    expect(refsIn(await read(fake, keptStates(first)))).toEqual(['2']);
  });

  test('updates go on after the last one', async () => {
    const { fake, at } = await databaseOfFoo();
    await using _fake = fake;
    const deletedAt = fake.store.delete('foo', 2);
    const state = {
      remove_cursor: { ts: at(1), ref: '99' },
      updates_cursor: { ts: at(4), ref: '4' },
    };
    const transcript = await read(fake, write(state));
    expect(transcript.code).toBe(0);
    expect(recordsIn(transcript, 'foo')).toMatchObject([
      { ref: '2', ts: deletedAt },
      { ref: '5' },
      { ref: '6' },
    ]);
  });

  test.each([
    ['text', JSON.stringify],
    ['JSON', (value: unknown) => value],
  ] as const)('deletions go on at the page that was to come, which is %s', async (__, form) => {
    const { fake, at } = await databaseOfFoo();
    await using _fake = fake;
    const deleted = [1, 2, 3, 4].map((id) => fake.store.delete('foo', id));
    const after = form({ ts: deleted[1], action: 'remove', document: refOf(2) });
    const state = {
      remove_cursor: { ts: 0, ref: '', after },
      updates_cursor: { ts: at(6), ref: '6' },
    };
    expect(refsIn(await read(fake, write(state)))).toEqual(['2', '3', '4']);
  });

  test.each([
    ['text', JSON.stringify],
    ['JSON', (value: unknown) => value],
  ] as const)('a full refresh goes on at its instant, at a page that is %s', async (__, form) => {
    const { fake, at } = await databaseOfFoo();
    await using _fake = fake;
    fake.store.set('foo', 5, { a: 'later' });
    fake.store.set('foo', 7, { a: 'later' });
    const cursor = { ts: at(6), after: form([refOf(4)]) };
    const transcript = await read(fake, write({ full_sync_cursor: cursor }), 'full_refresh');
    expect(plain(recordsIn(transcript, 'foo'))).toEqual(
      [4, 5, 6].map((id) => ({ ref: String(id), ts: at(id), data: { a: id }, ttl: null })),
    );
    expect(statesIn(transcript, 'foo').at(-1)?.stream.stream_state).toMatchObject({
      __ab_full_refresh_sync_complete: true,
    });
  });
});

test('a full refresh takes nothing of the state of updates', async () => {
  const { fake, at } = await databaseOfFoo();
  await using _fake = fake;
  const state = { foo: { updates_cursor: { ts: at(6), ref: '6' } } };
  expect(refsIn(await read(fake, state, 'full_refresh'))).toHaveLength(6);
});

test('a state of the far future gives no records, and stays as it is', async () => {
  const { fake } = await databaseOfFoo();
  await using _fake = fake;
  const far = { ts: 253_370_764_800_000_000, ref: '10' };
  const state = { foo: { updates_cursor: far, remove_cursor: far } };
  const transcript = await read(fake, state);
  expect(transcript.code).toBe(0);
  expect(refsIn(transcript)).toEqual([]);
  expect(statesIn(transcript, 'foo').at(-1)?.stream.stream_state.cursor).toMatchObject({
    updates_cursor: far,
    remove_cursor: far,
  });
});

test('a state of another connector is refused in one line', async () => {
  const { fake } = await databaseOfFoo();
  await using _fake = fake;
  const transcript = await read(fake, { foo: { cursor: '2026-01-01' } });
  expect(transcript.code).toBe(1);
  expect(errorsIn(transcript).join('\n')).toMatch(
    /^.*saved state does not fit.*it is not of a Fauna source.*Refresh or clear the stream.*$/,
  );
});

test('what was read before a failure is in a state, and is not read again', async () => {
  const { fake } = await databaseOfFoo();
  await using _fake = fake;
  let isDown = true;
  fake.faults.always({
    status: 500,
    when: ({ body }) => isDown && body.includes('"range"') && body.includes('"after"'),
  });
  const failed = await read(fake, undefined);
  expect(failed.code).toBe(1);
  expect(refsIn(failed)).toEqual(['1', '2']);
  isDown = false;
  expect(refsIn(await read(fake, keptStates(failed)))).toEqual(['3', '4', '5', '6']);
});

test('deletions come first and in their order, then what was written (§21)', async () => {
  const { fake, at } = await databaseOfFoo();
  await using _fake = fake;
  const first = await read(fake, undefined);
  const [third, one, two] = [3, 1, 2].map((id) => fake.store.delete('foo', id));
  fake.store.set('foo', 4, { a: 4, nested: { deeper: [true, null] } });
  fake.store.set('foo', 200, {});
  const transcript = await read(fake, keptStates(first));
  expect(plain(recordsIn(transcript, 'foo'))).toEqual([
    { ref: '3', ts: third, deleted_at: expect.stringMatching(/^\d{4}-.*Z$/) },
    { ref: '1', ts: one, deleted_at: expect.stringMatching(/^\d{4}-.*Z$/) },
    { ref: '2', ts: two, deleted_at: expect.stringMatching(/^\d{4}-.*Z$/) },
    {
      ref: '4',
      ts: expect.any(Number),
      data: { a: 4, nested: { deeper: [true, null] } },
      ttl: null,
    },
    { ref: '200', ts: expect.any(Number), data: {}, ttl: null },
  ]);
  expect(at(4)).toBeLessThan(third ?? 0);
});
