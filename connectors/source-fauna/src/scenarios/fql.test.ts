import { describe, expect, test } from 'vitest';
import { scriptedServer, type Reply, type Seen } from '../client/testing/scripted-server.ts';
import { Task } from '../testing/task.ts';
import { before, databaseOfFoo, deletions, expectSame, fill, foo } from './testing/database.ts';
import { readOnce, type Members } from './testing/reading.ts';

/** A story without times. */
function words(story: readonly string[]): string[] {
  return story.map((line) => line.replace(/@.*/, ''));
}

describe('an event feed', () => {
  test('tells of all that happens, in order', async () => {
    await using fake = await databaseOfFoo();
    fill(fake, 3);
    const task = new Task(fake, foo, { page_size: 2, deletions }, '10');
    await task.run();
    expect(words(task.story)).toEqual(['begins', 'row 1', 'row 2', 'row 3']);
    fake.store.delete('foo', 1);
    fake.store.set('foo', 1, { n: 'again' });
    fake.store.set('foo', 4, {});
    fake.store.delete('foo', 4);
    fake.store.set('foo', 2, { n: 'new' });
    await task.run();
    expect(words(task.story.slice(4))).toEqual(['delete 1', 'row 1', 'row 4', 'delete 4', 'row 2']);
    expectSame(task, fake);
    await task.run();
    expect(task.story).toHaveLength(9);
  });

  test('tells of no deletion when those are ignored', async () => {
    await using fake = await databaseOfFoo();
    fill(fake, 3);
    const task = new Task(fake, foo, { page_size: 1 }, '10');
    await task.run();
    fake.store.delete('foo', 1);
    fake.store.set('foo', 2, { n: 'new' });
    await task.run();
    expect(words(task.story.slice(4))).toEqual(['row 2']);
  });

  test('tells of no deletion where the time to live changes', async () => {
    await using fake = await databaseOfFoo();
    fill(fake, 2);
    const task = new Task(fake, foo, { deletions }, '10');
    await task.run();
    fake.store.set('foo', 2, {}, { ttl: 4e15 });
    fake.store.set('foo', 2, {});
    await task.run();
    expect(words(task.story.slice(3))).toEqual(['row 2', 'row 2']);
    expectSame(task, fake);
  });

  test.each<[string, (fake: Awaited<ReturnType<typeof databaseOfFoo>>) => void]>([
    ['is written', ({ store }) => void store.set('foo', 1, { n: 'new' })],
    ['is created', ({ store }) => void store.set('foo', 9, {})],
    ['is deleted that has come', ({ store }) => void store.delete('foo', 1)],
    ['is deleted that has not', ({ store }) => void store.delete('foo', 4)],
    [
      'is deleted and created again',
      ({ store }) => {
        store.delete('foo', 1);
        store.set('foo', 1, { n: 'again' });
      },
    ],
  ])('has what happens while it is loaded: a document %s', async (_, meanwhile) => {
    for (const page of [1, 2, 4]) {
      await using fake = await databaseOfFoo();
      fill(fake, 4);
      const task = new Task(fake, foo, { page_size: 1, deletions }, '10');
      before(fake, 'load', (count) => count === page && meanwhile(fake));
      await task.run();
      expectSame(task, fake);
      const { length } = task.story;
      await task.run();
      expect(task.story).toHaveLength(length);
    }
  });

  test('needs no index, and is followed from the state of FQL v4 by reading all anew', async () => {
    await using fake = await databaseOfFoo();
    fill(fake, 3);
    const first = await readOnce({ port: fake.port, collection: { deletions }, bindings: [foo] });
    fake.store.delete('foo', 2);
    const { story, state } = await readOnce({
      port: fake.port,
      apiVersion: '10',
      collection: { deletions },
      bindings: [{ collection: 'foo' }],
      state: first.state,
    });
    expect(words(story)).toEqual(['begins foo', 'row foo 1', 'row foo 3', 'ends foo']);
    expect(state).toEqual({
      foo: {
        feed_cursor: { start_ts: expect.any(Number), loaded: true, cursor: expect.any(String) },
      },
    });
  });
});

const start = 1_700_000_000_000_000;
const stats = { read_ops: 1 };
const stream = { body: { data: { '@stream': 'token' }, txn_ts: start, stats } };

/** An answer of the feed. */
function feed(events: readonly object[], cursor: string, hasNext = false): Reply {
  return { body: { events, cursor, has_next: hasNext, stats } };
}

function event(type: 'add' | 'update' | 'remove', id: string, ts: number): object {
  const document = { id, coll: { '@mod': 'foo' } };
  const time = { '@time': new Date(ts / 1000).toISOString() };
  const data =
    type === 'remove'
      ? { '@ref': { ...document, exists: false, cause: 'not found' } }
      : { '@doc': { ...document, ts: time } };
  return { type, data, txn_ts: ts, cursor: `c${ts}`, stats };
}

function failed(code: string): object {
  return { type: 'error', error: { code, message: 'It is over.' }, stats };
}

/** The answer to a query that lists all collections: none. */
const noCollections = { body: { data: { '@set': { data: [] } }, txn_ts: start, stats } };
const forbidden = { status: 403, body: { error: { code: 'forbidden', message: 'No.' }, stats } };

/** What a request asks in FQL. */
function textOf({ body }: Seen): string {
  const { query } = { query: '', ...(body as object | undefined) };
  return query;
}

/** Replies to queries for event sources, for lists of collections and for pages of the feed. */
function replying(feeds: readonly Reply[], listing: Reply = noCollections): (seen: Seen) => Reply {
  const left = [...feeds];
  return (seen) => {
    if (seen.path === '/feed/1') return left.shift() ?? feed([], 'end');
    return textOf(seen).startsWith('Collection.all()') ? listing : stream;
  };
}

interface Case {
  readonly cursor: Members;
  readonly feeds: readonly Reply[];
  /** What is sent of where to begin. */
  readonly asked: readonly Members[];
  readonly story: readonly string[];
  readonly end: Members;
  readonly failure?: object;
}

describe('the answers of a feed', () => {
  const loaded = { start_ts: start - 1000, loaded: true };
  const at = start + 1000;
  test.each<[string, Case]>([
    [
      'are asked for from when reading began',
      {
        cursor: loaded,
        feeds: [feed([event('add', '1', at)], 'next')],
        asked: [{ start_ts: start - 1000 }],
        story: [`row foo 1@${at}`],
        end: { ...loaded, cursor: 'next' },
      },
    ],
    [
      'are asked for by the cursor that came last, as long as there is more',
      {
        cursor: { ...loaded, cursor: 'before' },
        feeds: [
          feed([event('update', '1', at)], 'a', true),
          feed([], 'b', true),
          feed([event('remove', '1', at + 1000)], 'c'),
        ],
        asked: [{ cursor: 'before' }, { cursor: 'a' }, { cursor: 'b' }],
        story: [`row foo 1@${at}`, `delete foo 1@${at + 1000}`],
        end: { ...loaded, cursor: 'c' },
      },
    ],
    [
      'tell what was before an error, and then of it',
      {
        cursor: { ...loaded, cursor: 'before' },
        feeds: [feed([event('add', '1', at), failed('permission_loss')], 'a')],
        asked: [{ cursor: 'before' }],
        story: [`row foo 1@${at}`],
        end: { ...loaded, cursor: 'a' },
        failure: { kind: 'access', where: 'collection foo' },
      },
    ],
    [
      'may have an error that passes',
      {
        cursor: { ...loaded, cursor: 'before' },
        feeds: [feed([failed('internal_error')], 'before')],
        asked: [{ cursor: 'before' }],
        story: [],
        end: { ...loaded, cursor: 'before' },
        failure: { kind: 'transient', where: 'collection foo' },
      },
    ],
  ])('%s', async (_, { cursor, feeds, asked, story, end, failure }) => {
    await using server = await scriptedServer(replying(feeds));
    const reading = await readOnce({
      port: server.port,
      apiVersion: '10',
      collection: { page_size: 100, deletions },
      bindings: [{ collection: 'foo' }],
      state: { foo: { feed_cursor: cursor } },
    });
    const bodies = server.requests.filter(({ path }) => path === '/feed/1').map(({ body }) => body);
    expect(bodies).toEqual(asked.map((from) => ({ token: 'token', page_size: 100, ...from })));
    expect(reading.story).toEqual(story);
    expect(reading.state).toEqual({ foo: { feed_cursor: end } });
    if (failure === undefined) expect(reading.failure).toBeUndefined();
    else expect(reading.failure).toMatchObject(failure);
    expect(reading.failed).toEqual([]);
  });
});

describe('of a key without the right', () => {
  const setup = {
    apiVersion: '10' as const,
    collection: { deletions },
    bindings: [{ collection: 'foo' }],
    state: { foo: { feed_cursor: { start_ts: start, loaded: true } } },
  };

  test('to list collections a feed is read all the same', async () => {
    await using server = await scriptedServer(
      replying([feed([event('add', '1', start + 1000)], 'a')], forbidden),
    );
    const { failure, story } = await readOnce({ ...setup, port: server.port });
    expect(failure).toBeUndefined();
    expect(story).toEqual([`row foo 1@${start + 1000}`]);
  });

  test('to read a collection it fails in plain words (defect 24)', async () => {
    await using server = await scriptedServer((seen) =>
      textOf(seen).startsWith('Collection.all()') ? noCollections : forbidden,
    );
    const { failure } = await readOnce({ ...setup, port: server.port });
    expect(failure).toMatchObject({ kind: 'access', where: 'collection foo' });
  });

  test('to read a collection nothing of it begins, and no table is emptied', async () => {
    await using fake = await databaseOfFoo(30, { secrets: { reader: {} } });
    fill(fake, 3);
    const { port } = fake;
    const reading = { ...setup, port, secret: 'reader', state: {} };
    const refused = await readOnce(reading);
    expect(refused.failure).toMatchObject({
      kind: 'access',
      where: 'collection foo',
      message: expect.stringContaining('no permission to read') as string,
    });
    expect(refused).toMatchObject({ story: [], states: [] });
    fake.secrets.set('reader', { read: ['foo'] });
    const { story } = await readOnce({ ...reading, state: refused.state });
    expect(words(story)).toEqual(['begins foo', 'row foo 1', 'row foo 2', 'row foo 3', 'ends foo']);
  });
});
