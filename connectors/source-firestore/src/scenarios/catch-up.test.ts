import { startFakeFirestore, type FakeFirestore } from '@fairlead/fake-firestore';
import { describe, expect, test } from 'vitest';
import { expectSame } from '../testing/harness/compare.ts';
import { Task } from '../testing/harness/task.ts';
import { numbered, setAll } from '../testing/harness/writes.ts';

const messages = 'users/*/messages';
const paths = numbered('users/ada/messages/', 200);

/** A task that has caught up on 200 messages and is down, while some or all of them change. */
async function behind(fake: FakeFirestore, count = 200): Promise<Task> {
  setAll(fake.store, paths, () => ({ n: 'old' }));
  const task = new Task(fake, [messages]);
  await task.catchUp();
  setAll(fake.store, paths.slice(0, count), () => ({ n: 'new' }));
  return task;
}

describe('a server that ends targets which have to catch up on too much', () => {
  test.each([
    [199, 200],
    [100, 200],
    [30, 200],
    [7, 200],
    [2, 40],
    [1, 40],
  ])('still gives every change once (%i documents of %i)', async (limit, count) => {
    await using fake = await startFakeFirestore();
    await using task = await behind(fake, count);
    fake.settings.listen.catchUpLimit = limit;
    const life = await task.catchUp({}, 20_000);
    expectSame(task);
    const told = life.rows(messages).map(({ path, fields }) => `${path} ${String(fields['n'])}`);
    expect(told.toSorted()).toEqual(paths.slice(0, count).map((path) => `${path} new`));
    expect(task.destination.table(messages).beginnings).toBe(1);
  });

  test.each([1, 2, 4, 8, 10, 13, 14])('for any passing cause (code %i)', async (code) => {
    await using fake = await startFakeFirestore();
    await using task = await behind(fake);
    const failures = [150, 90, 40, 20].map((afterDocuments) => ({
      afterDocuments,
      cause: { code },
    }));
    fake.listeners.failTargets(...failures);
    const life = await task.catchUp();
    expectSame(task);
    expect(life.rows(messages)).toHaveLength(200);
  });

  test('is caught up with although it is killed whenever some changes were durable', async () => {
    await using fake = await startFakeFirestore();
    await using task = await behind(fake);
    fake.settings.listen.catchUpLimit = 20;
    let lives = 0;
    for (let isDone = false; !isDone; lives++) {
      expect(lives, 'lives without an end').toBeLessThan(60);
      const life = task.live();
      await life.until(
        () => life.rows(messages).length > 0 || life.caughtUp.size > 0,
        'some changes were durable',
      );
      isDone = life.caughtUp.size > 0;
      await life.kill();
    }
    await task.catchUp();
    expectSame(task);
  });

  test('while documents go on changing and going', async () => {
    await using fake = await startFakeFirestore();
    await using task = await behind(fake);
    fake.settings.listen.catchUpLimit = 25;
    const life = task.live({
      onEvent() {
        const at = life?.eventCount ?? 0;
        if (at > 40) return;
        fake.store.set(paths[(at * 37) % 200] ?? '', { n: at });
        fake.store.delete(paths[(at * 53) % 200] ?? '');
      },
    });
    await life.present(40_000);
    fake.store.set('users/last/messages/1', { n: 'last' });
    await task.settled(life);
    await life.stop();
    expectSame(task);
  });

  test('whose listeners take no cursors is read instead', async () => {
    await using fake = await startFakeFirestore({ settings: { listen: { cursors: false } } });
    await using task = await behind(fake);
    fake.settings.listen.catchUpLimit = 50;
    await task.catchUp();
    expectSame(task);
  });

  test('and forgets deletes', async () => {
    await using fake = await startFakeFirestore({
      settings: { listen: { forgetDeletes: 'all' } },
    });
    await using task = await behind(fake);
    for (const path of paths.slice(50, 90)) fake.store.delete(path);
    fake.settings.listen.catchUpLimit = 30;
    await task.catchUp();
    expectSame(task);
  });

  test('does not hold up a binding that is not behind', async () => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, paths, () => ({ n: 'old' }));
    await using task = new Task(fake, [messages, 'groups/*/notes']);
    await task.catchUp();
    setAll(fake.store, paths, () => ({ n: 'new' }));
    fake.settings.listen.catchUpLimit = 1;
    const life = task.live();
    fake.store.set('groups/a/notes/1', { n: 1 });
    await life.until(
      () => task.destination.table('groups/*/notes').size === 1,
      'the note had come',
    );
    await task.settled(life, 50_000);
    await life.stop();
  });
});

test('after a split all is listened to by as few targets as before', async () => {
  await using fake = await startFakeFirestore();
  await using task = await behind(fake);
  fake.settings.listen.catchUpLimit = 20;
  const life = task.live();
  await life.present(40_000);
  fake.settings.listen.catchUpLimit = Infinity;
  fake.store.set('users/last/messages/1', { n: 'last' });
  await task.settled(life);
  await life.until(() => fake.listeners.targetIds.length <= 2, 'the targets were joined');
  await life.stop();
});
