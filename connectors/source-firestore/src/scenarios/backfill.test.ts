import { startFakeFirestore, type Ending } from '@fairlead/fake-firestore';
import { describe, expect, test } from 'vitest';
import { expectSame } from '../testing/harness/compare.ts';
import { Task } from '../testing/harness/task.ts';
import { numbered, setAll } from '../testing/harness/writes.ts';

const messages = 'users/*/messages';
const codes = [1, 2, 4, 8, 10, 13, 14] as const;

const passing: readonly (readonly [string, Ending])[] = [
  ...codes.map((code) => [`code ${code}`, { code }] as const),
  ...[0, 2, 7, 8, 11].map((reset) => [`a reset with ${reset}`, { reset }] as const),
  ['a connection that takes no more calls', { goaway: 0 }],
  ['a lost connection', { disconnect: true }],
];

describe.each(passing)('scans that end with %s', (_, end) => {
  test.each([0, 1, 17])('after %i messages go on behind the last document', async (after) => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, numbered('users/ada/messages/', 60));
    await using task = new Task(fake, [messages]);
    const fault = { afterMessages: after, end };
    fake.faults.push('RunQuery', fault, fault, {}, fault);
    const life = await task.catchUp();
    expectSame(task);
    expect(life.rows(messages)).toHaveLength(60);
  });
});

describe.each(passing)('other calls that end with %s', (_, end) => {
  test('are made again', async () => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, numbered('users/ada/messages/', 60));
    await using task = new Task(fake, [messages]);
    for (const rpc of [
      'BatchGetDocuments',
      'RunAggregationQuery',
      'PartitionQuery',
      'ListCollectionIds',
      'GetDatabase',
    ] as const) {
      fake.faults.push(rpc, { end }, { end });
    }
    await task.catchUp();
    expectSame(task);
  });
});

test.each([1, 3, 10])(
  'a server that cuts scans after %i documents is read to the end',
  async (cut) => {
    await using fake = await startFakeFirestore({
      settings: { queryCut: { afterDocuments: cut } },
    });
    setAll(fake.store, numbered('users/ada/messages/', 40));
    await using task = new Task(fake, [messages]);
    const life = await task.catchUp();
    expectSame(task);
    expect(life.rows(messages)).toHaveLength(40);
  },
);

describe('a large collection', () => {
  test.each([
    ['with points from the server', { partitions: true }],
    ['without points', { partitions: false }],
    ['like the official emulator', { style: 'emulator' as const }],
  ])('is read in parts, each document once (%s)', async (_, settings) => {
    await using fake = await startFakeFirestore({ settings });
    const shape = fake.store.synthesise({ collection: 'users', count: 30_000 });
    fake.store.synthesise({ collection: 'users/*/messages', count: 0 });
    await using task = new Task(fake, ['users']);
    const life = await task.catchUp({}, 50_000);
    expect(life.rows('users')).toHaveLength(30_000);
    expect(task.destination.table('users').size).toBe(30_000);
    expect(task.destination.problems).toEqual([]);
    expect(task.destination.table('users').rows.has(shape.path(29_999))).toBe(true);
  });

  test('is read by several scans at a time', async () => {
    await using fake = await startFakeFirestore();
    fake.store.synthesise({ collection: 'a', count: 60_000 });
    await using task = new Task(fake, ['a'], { config: { advanced: { scanParallelism: 8 } } });
    let most = 0;
    await task.catchUp(
      { onEvent: () => (most = Math.max(most, fake.counters.of('RunQuery').open)) },
      50_000,
    );
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  test('is read to its end by lives that are killed at a checkpoint each', async () => {
    await using fake = await startFakeFirestore();
    const count = 12_000;
    fake.store.synthesise({ collection: 'users', count, bytes: 1000 });
    await using task = new Task(fake, ['users']);
    let lives = 0;
    for (let isDone = false; !isDone; lives++) {
      expect(lives, 'lives without an end').toBeLessThan(40);
      const life = task.live();
      const rows = () => life.rows('users').length;
      await life.until(() => rows() > 0 || life.caughtUp.size > 0, 'some documents were durable');
      isDone = life.caughtUp.size > 0;
      await life.kill();
    }
    await task.catchUp();
    expect(task.destination.table('users').size).toBe(count);
    expect(task.destination.problems).toEqual([]);
    expect(task.destination.table('users').beginnings).toBe(1);
    expect(lives).toBeGreaterThan(2);
  });

  test('that changes while it is read comes with every change, and none twice', async () => {
    await using fake = await startFakeFirestore({
      settings: { queryCut: { afterDocuments: 400 } },
    });
    const shape = fake.store.synthesise({ collection: 'users', count: 5_000 });
    await using task = new Task(fake, ['users']);
    let step = 0;
    let isQuiet = false;
    const life = task.live({
      onEvent() {
        if (isQuiet || step++ > 100) return;
        const at = (step * 7_919) % 5_000;
        fake.store.mutate(shape, [at, (at + 1) % 5_000], { changed: step });
        fake.store.delete(shape.path((at + 2) % 5_000));
        fake.store.set(shape.path((at + 3) % 5_000), { replaced: step });
      },
    });
    await life.present(50_000);
    isQuiet = true;
    fake.store.set('users/last', { n: 'last' });
    const { rows } = task.destination.table('users');
    await life.until(() => rows.has('users/last'), 'the last one had come');
    await life.stop();
    expectSame(task);
  });
});

describe('the document at which a scan was interrupted', () => {
  test.each([
    ['has changed', 'set'],
    ['is gone', 'delete'],
    ['was made anew', 'recreate'],
  ])('%s, and the scan goes on there', async (_, what) => {
    await using fake = await startFakeFirestore();
    const count = 8_000;
    fake.store.synthesise({ collection: 'users', count, bytes: 1500 });
    await using task = new Task(fake, ['users']);
    const first = task.live();
    await first.until(() => first.rows('users').length > 0, 'some documents were durable');
    await first.kill();
    const rows = new Set(task.destination.table('users').rows.keys());
    expect(rows.size).toBeLessThan(count);
    // Whichever it was: all that were read last before a gap.
    const last = lastOfRuns([...fake.store.model().keys()], rows);
    for (const path of last) {
      if (what !== 'set') fake.store.delete(path);
      if (what !== 'delete') fake.store.set(path, { what });
    }
    const next = await task.catchUp({}, 40_000);
    expectSame(task);
    expect(next.rows('users').length).toBeLessThanOrEqual(count - rows.size + 2 * last.length);
    expect(task.destination.table('users').beginnings).toBe(1);
  });
});

/** The paths that are there and whose next one is not. */
function lastOfRuns(paths: readonly string[], rows: ReadonlySet<string>): string[] {
  return paths.filter((path, index) => rows.has(path) && !rows.has(paths[index + 1] ?? ''));
}

test('a cursor for restarts that only some documents have decides nothing', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, numbered('users/ada/messages/', 30), (index): { [key: string]: number } =>
    index % 3 === 0 ? { updated: index } : { other: index },
  );
  await using task = new Task(fake, [{ path: messages, restartCursorPath: '/updated' }]);
  await task.catchUp();
  expectSame(task);
  expect(task.destination.table(messages).size).toBe(30);
});

test('a life that is killed while another binding is read anew keeps what the first one has', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, numbered('users/', 10));
  await using task = new Task(fake, ['users']);
  await task.catchUp();
  fake.store.synthesise({ collection: 'logs', count: 20_000 });
  task.bind(['users', 'logs']);
  const life = task.live();
  await life.until(() => life.checkpoints > 0, 'there was a checkpoint');
  await life.kill();
  const next = await task.catchUp();
  expect(next.rows('users')).toEqual([]);
  expectSame(task);
});

test('an empty collection is caught up with, and what comes into it later arrives', async () => {
  await using fake = await startFakeFirestore();
  await using task = new Task(fake, ['users', 'a/*/b']);
  const first = await task.catchUp();
  expect(first.counts['backfill-begins']).toBe(2);
  expect(first.counts['backfill-ends']).toBe(2);
  fake.store.set('users/1', {});
  const second = await task.catchUp();
  expect(second.told('users')).toEqual(['change users/1 {}']);
});

test('a restart of a task that has caught up begins no backfill', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, numbered('users/', 10));
  await using task = new Task(fake, ['users']);
  await task.catchUp();
  const { counts } = await task.catchUp();
  expect([counts['backfill-begins'], counts['backfill-ends']]).toEqual([undefined, undefined]);
});
