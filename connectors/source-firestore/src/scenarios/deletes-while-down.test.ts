import {
  startFakeFirestore,
  type FakeFirestore,
  type FakeFirestoreOptions,
  type ListenSettings,
} from '@fairlead/fake-firestore';
import { describe, expect, test } from 'vitest';
import { differences, expectSame } from '../testing/harness/compare.ts';
import { quickFirestore } from '../testing/harness/quick-firestore.ts';
import { Task } from '../testing/harness/task.ts';
import { numbered, setAll } from '../testing/harness/writes.ts';

const messages = 'users/*/messages';
const paths = numbered('users/ada/messages/', 20);

/** A task that has caught up on twenty messages and is down. */
async function caughtUpTask(
  fake: FakeFirestore,
  advanced: { readonly [setting: string]: string } = {},
  source = quickFirestore(),
): Promise<Task> {
  setAll(fake.store, paths);
  const task = new Task(fake, [messages], { config: { advanced }, source });
  await task.catchUp();
  expectSame(task);
  return task;
}

/** What the server does about deletes. */
const manners: readonly { readonly manner: string; readonly listen: Partial<ListenSettings> }[] = [
  { manner: 'that the server tells of', listen: {} },
  { manner: 'that the server tells of, without a filter', listen: { filterOnResume: 'never' } },
  { manner: 'that the server has forgotten', listen: { forgetDeletes: 'all' } },
  {
    manner: 'that the server has forgotten, with a filter only then',
    listen: { forgetDeletes: 'all', filterOnResume: 'forgotten' },
  },
  {
    manner: 'half of which the server has forgotten',
    listen: { forgetDeletes: (path) => Number(path.slice(-1)) % 2 === 0 },
  },
];

describe.each(manners)('deletes $manner', ({ listen }) => {
  test.each([0, 1, 7, 20])('reach the destination: %i of 20', async (count) => {
    await using fake = await startFakeFirestore({ settings: { listen } });
    await using task = await caughtUpTask(fake);
    for (const path of paths.slice(0, count)) fake.store.delete(path);
    const life = await task.catchUp();
    expectSame(task);
    expect(life.told(messages)).toEqual(paths.slice(0, count).map((path) => `delete ${path}`));
  });

  test('reach the destination besides changes, creations and recreations', async () => {
    await using fake = await startFakeFirestore({ settings: { listen } });
    await using task = await caughtUpTask(fake);
    const { store } = fake;
    for (const path of paths.slice(0, 3)) store.delete(path);
    store.set(paths[3] ?? '', { n: 'changed' });
    store.delete(paths[4] ?? '');
    store.set(paths[4] ?? '', { n: 'recreated' });
    setAll(store, numbered('users/bob/messages/', 3));
    store.set('users/bob/messages/gone', {});
    store.delete('users/bob/messages/gone');
    await task.catchUp();
    expectSame(task);
    expect(task.destination.table(messages).size).toBe(20);
  });

  test('of several bindings of one group are told apart from those of nobody', async () => {
    await using fake = await startFakeFirestore({ settings: { listen } });
    const groups = 'groups/*/messages';
    const all = ['users/a', 'groups/a', 'strangers/a'].flatMap((parent) =>
      numbered(`${parent}/messages/`, 6),
    );
    setAll(fake.store, all);
    await using task = new Task(fake, [messages, groups]);
    await task.catchUp();
    for (const path of all.filter((_, index) => index % 3 === 0)) fake.store.delete(path);
    await task.catchUp();
    expectSame(task);
    // A delete from before the last run is not told again, whatever was counted.
    fake.store.delete('users/a/messages/2');
    const life = await task.catchUp();
    expectSame(task);
    expect(life.told(messages)).toEqual(['delete users/a/messages/2']);
    expect(life.told(groups)).toEqual([]);
  });

  test('in the middle of a backfill reach what was read and spare what was not', async () => {
    const settings = { listen, queryCut: { afterDocuments: 4 } };
    await using fake = await startFakeFirestore({ settings });
    setAll(fake.store, paths);
    await using task = new Task(fake, [messages]);
    for (let kills = 0; kills < 4; kills++) {
      const life = task.live();
      await life.until(
        () => life.checkpoints > 1 || life.caughtUp.size > 0,
        'there were two checkpoints',
      );
      await life.kill();
      fake.store.delete(paths[kills * 2] ?? '');
      fake.store.delete(paths[19 - kills * 2] ?? '');
    }
    await task.catchUp();
    expectSame(task);
  });
});

test('no delete was forgotten: a restart reads no document to find that out', async () => {
  await using fake = await startFakeFirestore({ settings: { listen: { forgetDeletes: 'all' } } });
  await using task = await caughtUpTask(fake);
  fake.counters.reset();
  await task.catchUp();
  expect(fake.counters.of('Listen').reads).toBe(0);
  expect(fake.counters.of('RunQuery').reads).toBe(0);
});

test('a few forgotten deletes among many documents cost no read of them all', async () => {
  await using fake = await startFakeFirestore({ settings: { listen: { forgetDeletes: 'all' } } });
  const shape = fake.store.synthesise({ collection: 'users', count: 20_000 });
  await using task = new Task(fake, ['users']);
  await task.catchUp();
  for (const index of [7, 9_000, 19_999]) fake.store.delete(shape.path(index));
  fake.counters.reset();
  const life = await task.catchUp();
  expect(life.told('users')).toEqual(
    [7, 9_000, 19_999].map((index) => `delete ${shape.path(index)}`).toSorted(),
  );
  expect(fake.counters.total.reads).toBeLessThan(5_000);
});

test('deletes that are forgotten while a target is gone are found once it is there again', async () => {
  await using fake = await startFakeFirestore({ settings: { listen: { forgetDeletes: 'all' } } });
  await using task = await caughtUpTask(fake);
  const life = task.live();
  await life.present();
  fake.listeners.remove({ code: 14 });
  fake.store.delete(paths[0] ?? '');
  fake.store.delete(paths[1] ?? '');
  await task.settled(life);
  await life.stop();
  expectSame(task);
});

describe('after longer than the database remembers', () => {
  const hours = 3 * 3_600_000;
  const beginnings = ['remove', 'reset', 'full'] as const;

  /** Changes and deletes documents, and lets three hours pass. */
  function beAway(fake: FakeFirestore): void {
    fake.store.set(paths[0] ?? '', { n: 'changed' });
    fake.store.delete(paths[1] ?? '');
    fake.store.set('users/bob/messages/new', { n: 'new' });
    fake.clock.advance(hours);
    fake.store.set(paths[2] ?? '', { n: 'changed later' });
    fake.store.delete(paths[3] ?? '');
    fake.clock.advance(1000);
  }

  test.each(beginnings)('all is read anew, and told to be (%s)', async (tooOldResume) => {
    await using fake = await startFakeFirestore({ settings: { listen: { tooOldResume } } });
    await using task = await caughtUpTask(fake);
    beAway(fake);
    const life = await task.catchUp();
    expectSame(task);
    expect(task.destination.table(messages).beginnings).toBe(2);
    expect(life.counts['backfill-ends']).toBe(1);
  });

  test.each(beginnings)('only changes come where that is wanted (%s)', async (tooOldResume) => {
    await using fake = await startFakeFirestore({ settings: { listen: { tooOldResume } } });
    await using task = await caughtUpTask(fake, { whenHistoryIsLost: 'update' });
    const before = task.destination.table(messages).beginnings;
    beAway(fake);
    const life = await task.catchUp();
    expect(task.destination.table(messages).beginnings).toBe(before);
    const upserts = life.rows(messages).filter(({ isDelete }) => !isDelete);
    expect(upserts.map(({ path }) => path).toSorted()).toEqual([
      'users/ada/messages/01',
      'users/ada/messages/03',
      'users/bob/messages/new',
    ]);
    // Which of the others are gone cannot be known any more; nothing else may differ.
    expect(differences(task).filter((word) => !word.includes('left over'))).toEqual([]);
    expect(task.logged.join('\n')).toMatch(/delete/);
  });

  test('all is read anew at once, and again after the least interval', async () => {
    await using fake = await startFakeFirestore();
    const waits: number[] = [];
    const sleep = async (ms: number) => {
      waits.push(ms);
    };
    await using task = await caughtUpTask(
      fake,
      { minBackfillInterval: '1h' },
      quickFirestore({ sleep }),
    );
    const life = task.live();
    await life.present();
    for (const expected of [0, 1]) {
      fake.listeners.remove({ code: 9, message: 'The requested snapshot version is too old.' });
      fake.store.set(paths[0] ?? '', { expected });
      await task.settled(life);
      const long = waits.filter((ms) => ms > 600_000);
      expect(long).toHaveLength(expected);
      for (const ms of long) expect(ms).toBeLessThanOrEqual(3_600_000);
    }
    await life.stop();
    expectSame(task);
  });

  test('a reading anew that is killed goes on, and is not begun again', async () => {
    await using fake = await startFakeFirestore({
      settings: { queryCut: { afterDocuments: 5 } },
    });
    await using task = await caughtUpTask(fake);
    beAway(fake);
    for (let lives = 0; lives < 3; lives++) {
      const life = task.live();
      await life.until(() => life.checkpoints > 0, 'there was a checkpoint');
      await life.kill();
    }
    await task.catchUp();
    expectSame(task);
    expect(task.destination.table(messages).beginnings).toBe(2);
  });

  test.each(beginnings)(
    'a backfill that was interrupted is begun anew (%s)',
    async (tooOldResume) => {
      await using fake = await startFakeFirestore({
        settings: { queryCut: { afterDocuments: 5 }, listen: { tooOldResume } },
      });
      setAll(fake.store, paths);
      await using task = new Task(fake, [messages]);
      const life = task.live();
      await life.until(() => life.rows(messages).length > 0, 'some documents were durable');
      await life.kill();
      beAway(fake);
      await task.catchUp();
      expectSame(task);
    },
  );

  test('a backfill during which that time passes goes on', async () => {
    await using fake = await startFakeFirestore({ settings: { queryCut: { afterDocuments: 2 } } });
    setAll(fake.store, paths);
    await using task = new Task(fake, [messages]);
    let isAway = false;
    const life = task.live({
      onEvent({ is }) {
        if (is !== 'documents' || isAway) return;
        isAway = true;
        fake.clock.advance(hours);
        fake.listeners.heartbeat();
      },
    });
    await life.present();
    await task.settled(life);
    await life.stop();
    expect(task.destination.table(messages).beginnings).toBe(1);
  });

  test.each<[string, FakeFirestoreOptions]>([
    ['with point-in-time recovery', { pointInTimeRecovery: true }],
    [
      'when only the listener has forgotten',
      { retentionMs: 24 * 3_600_000, settings: { listen: { resumeLimitMs: 3_600_000 } } },
    ],
  ])('nothing is lost %s', async (_, options) => {
    await using fake = await startFakeFirestore(options);
    await using task = await caughtUpTask(fake);
    beAway(fake);
    await task.catchUp();
    expectSame(task);
  });
});
