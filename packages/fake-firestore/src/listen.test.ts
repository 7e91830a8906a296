import { create, toBinary } from '@bufbuild/protobuf';
import { Status } from '@fairlead/grpc';
import { ListenRequestSchema } from './protocol/listen.gen.ts';
import { describe, expect, test } from 'vitest';
import type { FakeFirestoreOptions } from './fake-firestore.ts';
import { mayHold } from './listen/bloom.ts';
import { served } from './testing/served.ts';
import { timestampOf, tokenOf } from './time/micros.ts';

async function start(options: FakeFirestoreOptions = {}) {
  const server = await served(options);
  const { parent } = server.client;
  return {
    ...server,
    group: (collectionId: string, allDescendants = true) => ({
      case: 'query' as const,
      value: { parent, structuredQuery: { from: [{ collectionId, allDescendants }] } },
    }),
  };
}

describe('a target', () => {
  test('gets all documents, is current, and then gets what changes', async () => {
    await using server = await start();
    const { store } = server.fake;
    store.set('users/a', { n: 1 });
    store.set('other/x', {});
    using listening = server.client.listen();
    listening.add({ targetId: 7, what: server.group('users') });
    expect(await listening.untilPoint()).toEqual(['ADD 7', 'change users/a 7', 'CURRENT 7']);
    expect(listening.point).toBe(store.now());

    store.set('users/b', {});
    store.set('other/y', {});
    expect(await listening.untilPoint()).toEqual(['change users/b 7']);
    store.commit({ delete: 'users/a' }, { set: 'users/c/users/d', fields: {} });
    expect(await listening.untilPoint()).toEqual(['delete users/a 7', 'change users/c/users/d 7']);
    expect(listening.point).toBe(store.now());
  });

  test('hears once of several writes of one commit to a document, and not of one that changes nothing', async () => {
    await using server = await start();
    const { store } = server.fake;
    store.set('users/a', { n: 1 });
    using listening = server.client.listen();
    listening.add({ targetId: 1, what: server.group('users') });
    await listening.untilPoint();
    store.set('users/a', { n: 1 });
    store.commit({ update: 'users/a', fields: { n: 2 } }, { update: 'users/a', fields: { n: 3 } });
    expect(await listening.untilPoint()).toEqual(['change users/a 1']);
  });

  test('shares its stream with others, and a document names all it belongs to', async () => {
    await using server = await start();
    const { store } = server.fake;
    using listening = server.client.listen();
    listening.add({ targetId: 1, what: server.group('users') });
    listening.add({ targetId: 2, what: server.group('users', false) });
    listening.add({
      targetId: 3,
      what: { case: 'documents', value: { documents: [`${server.client.parent}/users/a`] } },
    });
    await listening.until('CURRENT 3');
    await listening.untilPoint();
    store.set('users/a', { n: 1 });
    expect(await listening.untilPoint()).toEqual(['change users/a 1 2 3']);
    listening.drop(2);
    expect(await listening.untilPoint()).toEqual(['REMOVE 2']);
    store.set('users/a/users/b', { n: 1 });
    expect(await listening.untilPoint()).toEqual(['change users/a/users/b 1']);
    store.delete('users/a');
    expect(await listening.untilPoint()).toEqual(['delete users/a 1 3']);
  });

  test('takes turns with others while catching up, and no consistent point comes before the last', async () => {
    await using server = await start({ settings: { listen: { turnDocuments: 1 } } });
    const { store, listeners } = server.fake;
    for (const id of ['1', '2']) store.commit(...set(`a/${id}`), ...set(`b/${id}`));
    using listening = server.client.listen();
    listening.add({ targetId: 1, what: server.group('a') });
    listening.add({ targetId: 2, what: server.group('b') });
    await listening.until('CURRENT 2');
    await listening.untilPoint();
    listeners.hold();
    listeners.reset();
    const told = await listening.until('CURRENT 2');
    expect(told.filter((text) => text.startsWith('change'))).toEqual([
      'change a/1 1',
      'change b/1 2',
      'change a/2 1',
      'change b/2 2',
    ]);
    store.set('a/3', {});
    expect(await listening.until('change a/3')).toEqual(['change a/3 1']);
    listeners.release();
    expect(await listening.untilPoint()).toEqual([]);
  });

  test('gets what is committed while it catches up after that, and not within', async () => {
    await using server = await start({ settings: { listen: { turnDocuments: 1 } } });
    const { store } = server.fake;
    // More than the windows and buffers between server and client hold.
    const text = 'x'.repeat(900_000);
    for (let n = 10; n < 40; n++) store.set(`a/${n}`, { text });
    using listening = server.client.listen();
    listening.add({ targetId: 1, what: server.group('a') });
    const before = await listening.until('change a/10');
    store.commit({ set: 'a/39', fields: {} }, { delete: 'a/38' }, { set: 'a/40', fields: {} });
    store.set('a/39', { n: 3 });
    const within = [...before, ...(await listening.until('CURRENT'))];
    expect(within.filter((told) => told.startsWith('change'))).toHaveLength(30);
    expect(await listening.untilPoint()).toEqual([
      'change a/39 1',
      'delete a/38 1',
      'change a/40 1',
      'change a/39 1',
    ]);
  });

  test('that is wanted once ends with its consistent point', async () => {
    await using server = await start();
    using listening = server.client.listen();
    listening.add({ targetId: 1, what: server.group('a'), once: true });
    expect(await listening.untilPoint()).toEqual(['ADD 1', 'CURRENT 1']);
    expect(await listening.until('REMOVE')).toEqual(['REMOVE 1']);
  });

  test('whose document is changed and belongs no more hears a remove', async () => {
    await using server = await start();
    const { store } = server.fake;
    store.set('a/1', { open: true });
    using listening = server.client.listen();
    const where = {
      type: {
        case: 'fieldFilter' as const,
        value: {
          field: { fieldPath: 'open' },
          op: 5,
          value: { type: { case: 'booleanValue' as const, value: true } },
        },
      },
    };
    const { value } = server.group('a');
    listening.add({
      targetId: 1,
      what: {
        case: 'query',
        value: { ...value, structuredQuery: { ...value.structuredQuery, where } },
      },
    });
    expect(await listening.untilPoint()).toEqual(['ADD 1', 'change a/1 1', 'CURRENT 1']);
    store.set('a/1', { open: false });
    expect(await listening.untilPoint()).toEqual(['remove a/1 1']);
  });

  test('gets a heartbeat with a newer time although nothing changes', async () => {
    await using server = await start();
    using listening = server.client.listen();
    listening.add({ targetId: 1, what: server.group('a') });
    await listening.untilPoint();
    const first = listening.point;
    server.fake.clock.advance(30_000);
    server.fake.listeners.heartbeat();
    expect(await listening.untilPoint()).toEqual([]);
    expect(listening.point - first).toBe(30e6);
  });
});

describe('a resume', () => {
  test.each(['read time', 'token'])('by %s gets only what changed', async (by) => {
    await using server = await start();
    const { store } = server.fake;
    for (const id of ['a', 'b', 'c', 'd']) store.set(`users/${id}`, { n: 1 });
    const since = store.now();
    store.set('users/e', {});
    store.set('users/b', { n: 2 });
    store.delete('users/c');
    store.set('users/f', {});
    store.delete('users/f');
    using listening = server.client.listen();
    listening.add({
      targetId: 1,
      what: server.group('users'),
      resume:
        by === 'token'
          ? { case: 'resumeToken', value: tokenOf(since) }
          : { case: 'readTime', value: timestampOf(since) },
    });
    expect(await listening.untilPoint()).toEqual([
      'ADD 1',
      'change users/e 1',
      'change users/b 1',
      'delete users/c 1',
      'filter 1 count 4',
      'CURRENT 1',
    ]);
    expect(server.fake.counters.of('Listen').reads).toBe(2);
  });

  test('may not hear of deletes, and learns the names of what did not change if it tells its count', async () => {
    await using server = await start({ settings: { listen: { forgetDeletes: 'all' } } });
    const { store } = server.fake;
    for (const id of ['a', 'b', 'c', 'd']) store.set(`users/${id}`, { n: 1 });
    const since = store.now();
    store.delete('users/c');
    store.set('users/a', { n: 2 });
    using listening = server.client.listen();
    const target = {
      what: server.group('users'),
      resume: { case: 'readTime' as const, value: timestampOf(since) },
    };
    listening.add({ targetId: 1, ...target });
    expect(await listening.untilPoint()).toEqual([
      'ADD 1',
      'change users/a 1',
      'filter 1 count 3',
      'CURRENT 1',
    ]);
    listening.add({ targetId: 2, ...target, expectedCount: 4 });
    await listening.until('ADD 2');
    await listening.until('change');
    const { response } = await listening.next();
    const filter = response.case === 'filter' ? response.value : undefined;
    const name = (id: string) => `${server.client.parent}/users/${id}`;
    expect(filter?.count).toBe(3);
    expect(['b', 'd', 'c', 'a'].map((id) => mayHold(filter!.unchangedNames!, name(id)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test.each([
    { tooOldResume: 'remove' as const, expected: ['ADD 1', 'REMOVE 1 code 9'] },
    { tooOldResume: 'reset' as const, expected: ['ADD 1', 'RESET 1', 'change a/1 1', 'CURRENT 1'] },
    { tooOldResume: 'full' as const, expected: ['ADD 1', 'change a/1 1', 'CURRENT 1'] },
  ])('from before the retention: $tooOldResume', async ({ tooOldResume, expected }) => {
    await using server = await start({ settings: { listen: { tooOldResume } } });
    const { store } = server.fake;
    const since = store.set('a/1', {});
    server.fake.clock.advance(3_601_000);
    using listening = server.client.listen();
    listening.add({
      targetId: 1,
      what: server.group('a'),
      resume: { case: 'readTime', value: timestampOf(since) },
    });
    expect(await listening.until(expected.at(-1)!)).toEqual(expected);
  });

  test('from the future is refused', async () => {
    await using server = await start();
    using listening = server.client.listen();
    listening.add({
      targetId: 1,
      what: server.group('a'),
      resume: { case: 'readTime', value: timestampOf(server.fake.store.now() + 1) },
    });
    expect(await listening.until('REMOVE')).toEqual(['ADD 1', 'REMOVE 1 code 3']);
  });

  test('after more than half an hour is billed like a new query', async () => {
    await using server = await start();
    const { store } = server.fake;
    for (let n = 0; n < 10; n++) store.set(`a/${n}`, {});
    const since = store.now();
    server.fake.clock.advance(31 * 60_000);
    using listening = server.client.listen();
    listening.add({
      targetId: 1,
      what: server.group('a'),
      resume: { case: 'readTime', value: timestampOf(since) },
    });
    await listening.untilPoint();
    expect(server.fake.counters.of('Listen').reads).toBe(10);
  });
});

describe('a target that fails', () => {
  test.each([0, 1, 3])('after %i documents is removed with its cause', async (afterDocuments) => {
    await using server = await start();
    for (let n = 0; n < 5; n++) server.fake.store.set(`a/${n}`, {});
    const cause = { code: Status.RESOURCE_EXHAUSTED, message: 'too much' };
    server.fake.listeners.failTargets({ afterDocuments, cause });
    using listening = server.client.listen();
    listening.add({ targetId: 1, what: server.group('a') });
    const told = await listening.until('REMOVE');
    expect(told.filter((text) => text.startsWith('change'))).toHaveLength(afterDocuments);
    expect(told.at(-1)).toBe('REMOVE 1 code 8');
  });

  test('after some time', async () => {
    await using server = await start();
    server.fake.listeners.failTargets(undefined, { afterMs: 5, cause: { code: Status.INTERNAL } });
    using listening = server.client.listen();
    listening.add({ targetId: 1, what: server.group('a') });
    listening.add({ targetId: 2, what: server.group('a') });
    expect((await listening.until('REMOVE')).at(-1)).toBe('REMOVE 2 code 13');
  });

  test('because it has too much to catch up on', async () => {
    await using server = await start({ settings: { listen: { catchUpLimit: 3 } } });
    for (let n = 0; n < 4; n++) server.fake.store.set(`a/${n}`, {});
    using listening = server.client.listen();
    listening.add({ targetId: 1, what: server.group('a') });
    expect((await listening.until('REMOVE')).at(-1)).toBe('REMOVE 1 code 4');
    server.fake.store.delete('a/0');
    listening.add({ targetId: 2, what: server.group('a') });
    expect((await listening.until('CURRENT')).at(-1)).toBe('CURRENT 2');
    // Each time anew.
    server.fake.listeners.reset();
    expect((await listening.until('CURRENT')).at(-1)).toBe('CURRENT 2');
  });

  test('because a query makes no sense', async () => {
    await using server = await start();
    using listening = server.client.listen();
    listening.add({
      targetId: 1,
      what: { case: 'query', value: { parent: server.client.parent } },
    });
    expect(await listening.until('REMOVE')).toEqual(['ADD 1', 'REMOVE 1 code 3']);
  });

  test('on demand, and resets and filters on demand', async () => {
    await using server = await start();
    server.fake.store.set('a/1', {});
    using listening = server.client.listen();
    listening.add({ targetId: 1, what: server.group('a') });
    await listening.untilPoint();
    server.fake.listeners.reset();
    expect(await listening.untilPoint()).toEqual(['RESET 1', 'change a/1 1', 'CURRENT 1']);
    server.fake.listeners.filter(17);
    expect(await listening.untilPoint()).toEqual(['filter 1 count 17']);
    server.fake.listeners.remove({ code: Status.PERMISSION_DENIED });
    expect(await listening.until('REMOVE')).toEqual(['REMOVE 1 code 7']);
    expect(server.fake.listeners.targetIds).toEqual([]);
  });
});

test('a stream whose client talks of another database ends, and is forgotten', async () => {
  await using server = await start();
  const { client, fake } = server;
  const call = client.channel.duplex('/google.firestore.v1.Firestore/Listen');
  const say = (database: string) =>
    call.write(toBinary(ListenRequestSchema, create(ListenRequestSchema, { database, change })));
  const change = { case: 'removeTarget' as const, value: 1 };
  await say(client.name);
  await say('projects/demo/databases/other');
  await expect(call.trailers).rejects.toMatchObject({ code: Status.INVALID_ARGUMENT });
  expect(fake.listeners.count).toBe(0);
});

function set(path: string) {
  return [{ set: path, fields: {} }];
}
