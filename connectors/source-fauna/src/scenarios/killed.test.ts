import type { FakeFauna } from '@fairlead/fake-fauna';
import { describe, expect, test } from 'vitest';
import { Task } from '../testing/task.ts';
import { databaseOfFoo, deletions, expectSame, fill } from './testing/database.ts';

const ways = [
  ['as a whole', '4', { collection: 'foo' }],
  ['by an index', '4', { collection: 'foo', index: 'foo_ts' }],
  ['in FQL v10', '10', { collection: 'foo' }],
] as const;

/** Changes of all kinds. */
function change({ store }: FakeFauna): void {
  store.delete('foo', 1);
  store.delete('foo', 2);
  store.set('foo', 2, { n: 'again' });
  store.set('foo', 3, { n: 'new' });
  store.set('foo', 4, { n: 'ttl' }, { ttl: 4e15 });
  store.delete('foo', 5);
  store.transaction((transaction) => {
    for (const id of [6, 7, 8, 9]) transaction.set('foo', id, { n: 'together' });
  });
}

describe.each(ways)('read %s', (_, apiVersion, resource) => {
  /** Reads, and is killed after so many events. @returns whether it came so far. */
  async function killedAfter(task: Task, events: number): Promise<boolean> {
    let count = 0;
    await task.run(() => ++count > events);
    return count > events;
  }

  async function start() {
    const fake = await databaseOfFoo();
    fill(fake, 7);
    const task = new Task(fake, resource, { page_size: 2, deletions }, apiVersion);
    return { fake, task, [Symbol.asyncDispose]: () => fake.close() };
  }

  test('it goes on where it was killed, wherever that was while it was loaded', async () => {
    for (let events = 0; ; events++) {
      await using it = await start();
      const { fake, task } = it;
      const wasKilled = await killedAfter(task, events);
      change(fake);
      await task.run();
      await task.run();
      // What is read as a whole is as it was when that began.
      if (resource.collection === 'foo' && !('index' in resource) && apiVersion === '4') {
        await task.run();
      }
      expectSame(task, fake);
      if (!wasKilled) return;
    }
  });

  test('it goes on where it was killed, wherever that was while it was followed', async () => {
    for (let events = 0; ; events++) {
      await using it = await start();
      const { fake, task } = it;
      await task.run();
      change(fake);
      const wasKilled = await killedAfter(task, events);
      fake.store.set('foo', 1, { n: 'back' });
      fake.store.delete('foo', 3);
      await task.run();
      await task.run();
      expectSame(task, fake);
      if (!wasKilled) return;
    }
  });

  test('it makes headway however often it is killed', async () => {
    await using it = await start();
    const { fake, task } = it;
    // Two pages are done each time, or what begins and a page.
    for (let times = 0; times < 12; times++) {
      let checkpoints = 0;
      await task.run((event) => event.is === 'checkpoint' && ++checkpoints > 2);
    }
    expectSame(task, fake);
    expect(task.story.length).toBeLessThan(80);
  });
});
