import { startFakeFirestore, type FakeFirestore } from '@fairlead/fake-firestore';
import { connect, silentLog } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { firestore } from '../source.ts';
import { expectSame } from '../testing/harness/compare.ts';
import { Task } from '../testing/harness/task.ts';
import { numbered, setAll } from '../testing/harness/writes.ts';

/** What a start may cost besides documents: times, counts, points to split at. */
const overhead = 30;

test.each([0, 10, 5_000, 40_000])('reading %i documents bills each once', async (count) => {
  await using fake = await startFakeFirestore();
  fake.store.synthesise({ collection: 'users', count });
  await using task = new Task(fake, ['users']);
  await task.catchUp({}, 50_000);
  expect(task.destination.table('users').size).toBe(count);
  expect(fake.counters.total.reads).toBeLessThanOrEqual(1.01 * count + overhead);
});

test('a restart of a task that has caught up reads no document', async () => {
  await using fake = await startFakeFirestore();
  fake.store.synthesise({ collection: 'users', count: 5_000 });
  await using task = new Task(fake, ['users']);
  await task.catchUp();
  for (let restart = 0; restart < 3; restart++) {
    fake.counters.reset();
    await task.catchUp();
    expect(fake.counters.of('RunQuery').reads).toBe(0);
    expect(fake.counters.of('Listen').reads).toBe(0);
    expect(fake.counters.total.reads).toBeLessThanOrEqual(10);
  }
});

test('changes while down are billed once each', async () => {
  await using fake = await startFakeFirestore();
  const shape = fake.store.synthesise({ collection: 'users', count: 5_000 });
  await using task = new Task(fake, ['users']);
  await task.catchUp();
  await streamsGone(fake);
  fake.store.mutate(shape, numbered('', 300, 0).map(Number), { changed: true });
  fake.counters.reset();
  const life = await task.catchUp();
  expect(life.rows('users')).toHaveLength(300);
  expect(fake.counters.total.reads).toBeLessThanOrEqual(300 + overhead);
});

describe('documents that nobody asked for are not billed', () => {
  test('below other collections at the top', async () => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, numbered('users/ada/messages/', 100));
    const before = numbered('accounts/a/messages/', 900);
    const after = numbered('zoos/z/messages/', 900);
    setAll(fake.store, [...before, ...after]);
    await using task = new Task(fake, ['users/*/messages']);
    await task.catchUp();
    expectSame(task);
    expect(fake.counters.total.reads).toBeLessThanOrEqual(101 + overhead);

    await streamsGone(fake);
    setAll(fake.store, [...before, ...after], () => ({ n: 'changed' }));
    fake.counters.reset();
    await task.catchUp();
    expect(fake.counters.of('Listen').reads).toBe(0);
  });

  test('below a collection that is bound itself', async () => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, numbered('users/', 10));
    setAll(fake.store, [...numbered('users/1/users/', 500), ...numbered('x/1/users/', 500)]);
    await using task = new Task(fake, ['users']);
    await task.catchUp();
    expectSame(task);
    expect(fake.counters.total.reads).toBeLessThanOrEqual(10 + overhead);
  });

  test('beside a concrete parent', async () => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, numbered('orgs/acme/users/', 10));
    setAll(fake.store, [...numbered('orgs/other/users/', 500), ...numbered('users/', 500)]);
    await using task = new Task(fake, ['orgs/acme/users']);
    await task.catchUp();
    expectSame(task);
    expect(fake.counters.total.reads).toBeLessThanOrEqual(10 + overhead);
    fake.store.set('orgs/acme/users/new', {});
    fake.store.set('orgs/other/users/new', {});
    const life = await task.catchUp();
    expect(life.told('orgs/acme/users')).toEqual(['change orgs/acme/users/new {}']);
  });
});

test('two bindings within the same bounds are read by one scan', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, numbered('orgs/1/a/1/docs/', 400));
  setAll(fake.store, numbered('orgs/1/b/1/docs/', 400));
  await using task = new Task(fake, ['orgs/*/a/*/docs', 'orgs/*/b/*/docs']);
  await task.catchUp();
  expectSame(task);
  expect(fake.counters.total.reads).toBeLessThanOrEqual(800 * 1.01 + overhead);
});

test('the same collection in two bindings is read once', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, numbered('users/', 800));
  await using task = new Task(fake, [
    { path: 'users', stateKey: 'one' },
    { path: 'users', stateKey: 'other' },
  ]);
  await task.catchUp();
  expectSame(task);
  expect(fake.counters.total.reads).toBeLessThanOrEqual(800 * 1.01 + overhead);
});

test('a task that is killed again and again reads little more than one that is not', async () => {
  await using fake = await startFakeFirestore();
  const count = 15_000;
  fake.store.synthesise({ collection: 'users', count, bytes: 1000 });
  await using task = new Task(fake, ['users']);
  let lives = 0;
  for (let isDone = false; !isDone && lives < 100; lives++) {
    const life = task.live();
    const goal = life.rows('users').length + count / 5;
    await life.until(
      () => life.rows('users').length >= goal || life.caughtUp.size > 0,
      'a fifth of the documents was durable',
    );
    isDone = life.caughtUp.size > 0;
    await life.kill();
  }
  await task.catchUp();
  expect(task.destination.table('users').size).toBe(count);
  // What is on its way is billed, and read again.
  expect(fake.counters.total.reads).toBeLessThanOrEqual(count + lives * 4_000 + overhead);
  expect(lives).toBeGreaterThan(2);
});

describe('a limit of reads', () => {
  test('ends a run at a checkpoint, and the next one goes on', async () => {
    await using fake = await startFakeFirestore();
    const count = 5_000;
    fake.store.synthesise({ collection: 'users', count });
    await using task = new Task(fake, ['users'], { config: { advanced: { maxReads: 1_500 } } });
    let runs = 0;
    while (task.destination.table('users').size < count) {
      expect(runs, 'runs without an end').toBeLessThan(10);
      const before = task.destination.table('users').size;
      fake.counters.reset();
      await runOnce(task);
      runs++;
      expect(fake.counters.total.reads).toBeLessThanOrEqual(1_500 * 1.1);
      expect(task.destination.table('users').size).toBeGreaterThan(before);
    }
    expect(runs).toBeGreaterThanOrEqual(4);
    expect(runs).toBeLessThanOrEqual(6);
    const last = await task.catchUp();
    expect(last.caughtUp.size).toBe(1);
    expect(last.rows('users')).toEqual([]);
    expect(task.destination.problems).toEqual([]);
  });

  test('counts what a stream tells, too', async () => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, numbered('users/', 50));
    await using task = new Task(fake, ['users'], { config: { advanced: { maxReads: 300 } } });
    const life = task.live();
    await life.present();
    for (let round = 0; round < 20 && !life.hasEnded; round++) {
      setAll(fake.store, numbered('users/', 50), () => ({ round }));
      await life.until(
        () =>
          life.hasEnded ||
          task.destination.table('users').rows.get('users/50')?.fields['round'] === round,
        'the changes had come',
      );
    }
    await expect(life.finished()).rejects.toMatchObject(limitReached);
    expect(fake.counters.total.reads).toBeLessThanOrEqual(420);
    // What was not read is read by the next runs.
    await runOnce(task);
    expectSame(task);
  });
});

/** The server has noticed that nobody listens any more: until then it goes on telling, and billing. */
async function streamsGone(fake: FakeFirestore): Promise<void> {
  while (fake.listeners.count > 0) await new Promise((resolve) => setImmediate(resolve));
}

const limitReached = { name: 'Failure', kind: 'config', where: 'advanced.maxReads' };

/** A run that catches up, or reaches the limit of reads. */
async function runOnce(task: Task): Promise<void> {
  try {
    await task.catchUp();
  } catch (error) {
    expect(error).toMatchObject(limitReached);
  }
}

test('what it says it will read is what it reads', async () => {
  await using fake = await startFakeFirestore();
  fake.store.synthesise({ collection: 'users', count: 3_000 });
  setAll(fake.store, numbered('orgs/acme/members/', 40));
  await using task = new Task(fake, ['users', 'orgs/*/members']);
  const connected = connect(firestore, task.settings);
  const estimate = await connected.estimate?.({
    bindings: task.bindings.map(({ path, stateKey }) => ({
      stream: path,
      stateKey,
      resource: { path },
    })),
    state: { bindings: {} },
    signal: new AbortController().signal,
    log: silentLog,
  });
  expect(estimate?.bindings).toEqual([3_000, 40]);
  fake.counters.reset();
  await task.catchUp();
  const expected = 3_040 + (estimate?.overhead ?? 0);
  expect(fake.counters.total.reads).toBeLessThanOrEqual(expected * 1.01 + overhead);
});
