import { startFakeFirestore, type Ending } from '@fairlead/fake-firestore';
import { describe, expect, test } from 'vitest';
import { expectSame } from '../testing/harness/compare.ts';
import { quickFirestore } from '../testing/harness/quick-firestore.ts';
import { Task } from '../testing/harness/task.ts';
import { numbered, setAll } from '../testing/harness/writes.ts';

const messages = 'users/*/messages';
const paths = numbered('users/ada/messages/', 10);

test('changes, deletes and recreations arrive as they happen', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, paths);
  await using task = new Task(fake, [messages]);
  const life = task.live();
  await life.present();
  for (let round = 0; round < 5; round++) {
    fake.store.set(paths[0] ?? '', { round });
    await task.settled(life);
    fake.store.delete(paths[1] ?? '');
    await task.settled(life);
    fake.store.set(paths[1] ?? '', { round });
    await task.settled(life);
  }
  await life.stop();
  expectSame(task);
  // Ten that were there, and fifteen times something happened.
  expect(life.rows(messages)).toHaveLength(25);
});

test('what a write does not change is not told', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, paths);
  await using task = new Task(fake, [messages]);
  const life = task.live();
  await life.present();
  fake.store.set(paths[0] ?? '', { n: 1 });
  fake.store.set(paths[1] ?? '', { n: 'really' });
  await task.settled(life);
  await life.stop();
  expect(life.rows(messages)).toHaveLength(11);
});

test('what is told to have left without a reason is asked for, and gone if it is not there', async () => {
  await using fake = await startFakeFirestore({ settings: { listen: { deletes: 'remove' } } });
  setAll(fake.store, paths);
  await using task = new Task(fake, [messages]);
  const life = task.live();
  await life.present();
  const { reads } = fake.counters.of('BatchGetDocuments');
  fake.store.delete(paths[0] ?? '');
  fake.store.delete(paths[1] ?? '');
  fake.store.set(paths[1] ?? '', { n: 'again' });
  await task.settled(life);
  await life.stop();
  expectSame(task);
  expect(fake.counters.of('BatchGetDocuments').reads).toBeGreaterThan(reads);
});

test('a reset repeats nothing and loses nothing', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, paths);
  await using task = new Task(fake, [messages]);
  const life = task.live();
  await life.present();
  for (let round = 0; round < 4; round++) {
    fake.listeners.reset();
    fake.store.set(paths[round] ?? '', { round });
    fake.store.delete(paths[9 - round] ?? '');
    fake.listeners.reset();
    await task.settled(life);
  }
  await life.stop();
  expectSame(task);
  expect(life.rows(messages)).toHaveLength(18);
});

test('a reset in the middle of a backfill repeats nothing and loses nothing', async () => {
  await using fake = await startFakeFirestore({ settings: { queryCut: { afterDocuments: 2 } } });
  setAll(fake.store, paths);
  await using task = new Task(fake, [messages]);
  const life = task.live({
    onEvent() {
      if ((life?.eventCount ?? 0) < 20) fake.listeners.reset();
    },
  });
  await life.present();
  fake.store.set(paths[0] ?? '', { n: 'last' });
  await task.settled(life);
  await life.stop();
});

describe('a server like the official emulator', () => {
  test('is read, listened to and resumed without a repetition', async () => {
    await using fake = await startFakeFirestore({ settings: { style: 'emulator' } });
    setAll(fake.store, paths);
    await using task = new Task(fake, [messages, 'users']);
    const life = task.live();
    await life.present();
    for (let round = 0; round < 4; round++) {
      fake.store.set(paths[round] ?? '', { round });
      fake.store.set(`users/u${round}`, { round });
      await task.settled(life);
    }
    fake.store.delete(paths[9] ?? '');
    await task.settled(life);
    await life.stop();
    expect(life.rows(messages)).toHaveLength(15);

    fake.store.set(paths[0] ?? '', { n: 'while down' });
    fake.store.set('users/ada/messages/new', { n: 'new' });
    const next = await task.catchUp();
    expectSame(task);
    expect(next.rows(messages)).toHaveLength(2);
    expect(next.rows('users')).toEqual([]);
  });

  test('has deletes found that happened while down', async () => {
    await using fake = await startFakeFirestore({ settings: { style: 'emulator' } });
    setAll(fake.store, paths);
    await using task = new Task(fake, [messages]);
    await task.catchUp();
    for (const path of paths.slice(2, 6)) fake.store.delete(path);
    await task.catchUp();
    expectSame(task);
  });
});

const codes = [1, 2, 4, 8, 10, 13, 14] as const;

const passing: readonly (readonly [string, Ending])[] = [
  ...codes.map((code) => [`code ${code}`, { code }] as const),
  ['code 14 after headers', { code: 14, headersFirst: true }],
  ...[0, 2, 7, 8, 11].map((reset) => [`a reset with ${reset}`, { reset }] as const),
  ['a connection that takes no more calls', { goaway: 0 }],
  ['a lost connection', { disconnect: true }],
];

describe.each(passing)('a stream of changes that ends with %s', (_, end) => {
  test.each([0, 1, 3, 5])('after %i messages is opened again', async (afterMessages) => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, paths);
    await using task = new Task(fake, [messages]);
    fake.faults.push('Listen', { afterMessages, end });
    const life = task.live();
    await life.present();
    for (let round = 0; round < 3; round++) {
      fake.store.set(paths[0] ?? '', { round });
      await task.settled(life);
    }
    await life.stop();
    expectSame(task);
    expect(life.rows(messages)).toHaveLength(13);
  });
});

describe.each(codes)('targets that are removed for the cause %i', (code) => {
  test('are added again', async () => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, paths);
    await using task = new Task(fake, [messages]);
    const life = task.live();
    await life.present();
    for (let round = 0; round < 3; round++) {
      fake.listeners.remove({ code, message: 'for some reason' });
      fake.store.set(paths[0] ?? '', { round });
      await task.settled(life);
    }
    await life.stop();
  });
});

test('frames of one byte and late answers change nothing', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, paths);
  fake.faults.always('*', { latencyMs: 5, pieceBytes: 1 });
  await using task = new Task(fake, [messages]);
  const life = task.live();
  await life.present();
  fake.store.set(paths[0] ?? '', { n: 'changed' });
  await task.settled(life);
  await life.stop();
});

test('late consistent points hold back what they do not cover', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, paths);
  await using task = new Task(fake, [messages]);
  const life = task.live();
  await life.present();
  fake.listeners.hold();
  fake.store.set(paths[0] ?? '', { n: 'once' });
  fake.store.set(paths[0] ?? '', { n: 'twice' });
  fake.listeners.release();
  await task.settled(life);
  await life.stop();
  expectSame(task);
});

test('five hundred collections need few streams', async () => {
  await using fake = await startFakeFirestore();
  const patterns = numbered('collection', 500);
  setAll(
    fake.store,
    patterns.map((pattern) => `${pattern}/only`),
  );
  await using task = new Task(fake, patterns);
  const life = task.live();
  await life.present(50_000);
  expectSame(task);
  expect(fake.listeners.count).toBeLessThanOrEqual(40);
  fake.store.set('collection123/only', { n: 'changed' });
  fake.store.delete('collection321/only');
  await task.settled(life);
  await life.stop();
});

test('bindings of one group are listened to by one target', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, ['orgs/1/a/1/docs/1', 'orgs/1/b/1/docs/1', 'orgs/1/c/1/docs/1']);
  await using task = new Task(fake, ['orgs/*/a/*/docs', 'orgs/*/b/*/docs']);
  const life = task.live();
  await life.present();
  expectSame(task);
  expect(fake.listeners.targetIds).toHaveLength(1);
  fake.store.set('orgs/2/a/1/docs/1', { n: 2 });
  fake.store.set('orgs/2/b/1/docs/1', { n: 2 });
  await task.settled(life);
  await life.stop();
});

test('a stop ends in time whatever the server does', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, paths);
  await using task = new Task(fake, [messages]);
  fake.faults.always('Listen', { end: { silence: true } });
  const life = task.live();
  await life.until(() => true, 'at once');
  await life.stop();
});

describe('a server that says nothing any more', () => {
  test.each([0, 1, 2, 3, 8])(
    'is called anew after a while (%i messages of changes)',
    async (after) => {
      await using fake = await startFakeFirestore();
      setAll(fake.store, paths);
      await using task = new Task(fake, [messages], { source: quickFirestore({ silenceMs: 300 }) });
      fake.faults.push('Listen', { afterMessages: after, end: { silence: true } });
      const life = task.live();
      await life.present();
      for (let round = 0; round < 5; round++) {
        fake.store.set(paths[0] ?? '', { round });
        await task.settled(life);
      }
      await life.stop();
    },
  );

  test.each([0, 1, 7])('is asked anew after a while (%i documents)', async (after) => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, paths);
    await using task = new Task(fake, [messages], { source: quickFirestore({ silenceMs: 300 }) });
    fake.faults.push('RunQuery', { afterMessages: after, end: { silence: true } });
    const life = await task.catchUp();
    expect(life.rows(messages)).toHaveLength(10);
    expectSame(task);
  });

  test('while it is asked what is gone is asked anew', async () => {
    await using fake = await startFakeFirestore({ settings: { listen: { forgetDeletes: 'all' } } });
    setAll(fake.store, paths);
    await using task = new Task(fake, [messages], { source: quickFirestore({ silenceMs: 300 }) });
    await task.catchUp();
    fake.store.set(paths[0] ?? '', { n: 'changed' });
    fake.store.delete(paths[1] ?? '');
    const fault = { end: { silence: true } } as const;
    fake.faults.push('RunQuery', fault);
    fake.faults.push('RunAggregationQuery', fault);
    await task.catchUp();
    expectSame(task);
  });

  test('between changes is left alone as long as it gives signs of life', async () => {
    await using fake = await startFakeFirestore({ settings: { listen: { heartbeatMs: 50 } } });
    setAll(fake.store, paths);
    await using task = new Task(fake, [messages], { source: quickFirestore({ silenceMs: 400 }) });
    const life = task.live();
    await life.present();
    const before = fake.counters.of('Listen');
    const { messages: said } = { ...before };
    // Signs enough for twice the silence that would count as a loss.
    while (fake.counters.of('Listen').messages < said + 16) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(fake.counters.of('Listen').calls).toBe(1);
    await life.stop();
  });
});
