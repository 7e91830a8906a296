import { describe, expect, test } from 'vitest';
import { Task } from '../testing/task.ts';
import {
  before,
  databaseOfFoo,
  day,
  deletions,
  expectSame,
  fill,
  foo,
  minute,
} from './testing/database.ts';
import { readOnce } from './testing/reading.ts';

const timesBegun = ({ story }: { readonly story: readonly string[] }) =>
  story.filter((line) => line.startsWith('begins')).length;

describe('deletions of a collection with a short history (defect 15)', () => {
  test.each<[string, number | null, number, number]>([
    ['no history, within the quarter of an hour', 0, 14 * minute, 1],
    ['no history, after the quarter of an hour', 0, 16 * minute, 2],
    ['a day, within it', 1, day + 14 * minute, 1],
    ['a day, after it', 1, day + 16 * minute, 2],
    ['all history, after years', null, 2000 * day, 1],
  ])('%s', async (_, historyDays, passes, times) => {
    await using fake = await databaseOfFoo(historyDays);
    fill(fake, 3);
    const { port } = fake;
    const setup = { port, collection: { deletions }, bindings: [foo] };
    const first = await readOnce(setup);
    const ts = fake.store.delete('foo', 2);
    fake.clock.advance(passes);
    const second = await readOnce({ ...setup, state: first.state });
    expect(timesBegun(first) + timesBegun(second)).toBe(times);
    expect(second.story).toEqual(
      times === 1
        ? [`delete foo 2@${ts}`]
        : ['begins foo', expect.stringMatching(/^row foo 1@/), expect.any(String), 'ends foo'],
    );
    expect(second.log.filter(({ level }) => level === 'warn')).toHaveLength(times - 1);
  });

  test('are not lost when it is killed among them, and goes on too late', async () => {
    await using fake = await databaseOfFoo(0);
    fill(fake, 5);
    const task = new Task(fake, foo, { page_size: 1, deletions });
    await task.run();
    for (const id of [1, 2, 3]) fake.store.delete('foo', id);
    let checkpoints = 0;
    await task.run((event) => event.is === 'checkpoint' && ++checkpoints === 2);
    fake.clock.advance(60 * minute);
    await task.run();
    expectSame(task, fake);
  });

  test('are not lost when they are forgotten while they are read', async () => {
    await using fake = await databaseOfFoo(0);
    fill(fake, 5);
    const task = new Task(fake, foo, { page_size: 1, deletions });
    await task.run();
    for (const id of [1, 2, 3]) fake.store.delete('foo', id);
    before(fake, 'removals', (count) => count === 2 && fake.clock.advance(60 * minute));
    await task.run();
    expectSame(task, fake);
  });

  test('are not lost when the key may not see how long the history is', async () => {
    const secrets = { reader: { read: ['foo'], indexes: ['foo_ts'] } };
    await using fake = await databaseOfFoo(0, { secrets });
    fill(fake, 3);
    const { port } = fake;
    const setup = { port, secret: 'reader', collection: { deletions }, bindings: [foo] };
    const first = await readOnce(setup);
    expect(first.story).toHaveLength(5);
    fake.store.delete('foo', 2);
    fake.clock.advance(60 * minute);
    const second = await readOnce({ ...setup, state: first.state });
    expect(timesBegun(second)).toBe(1);
    expect(second.log.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('are said to be in doubt when the retired connector has read last before it', async () => {
    await using fake = await databaseOfFoo(0);
    fill(fake, 3);
    const { ts = 0 } = fake.store.read('foo', 3) ?? {};
    fake.store.delete('foo', 2);
    fake.clock.advance(60 * minute);
    const cursor = { ts, ref: '3' };
    const { log } = await readOnce({
      port: fake.port,
      collection: { deletions },
      bindings: [foo],
      state: { foo: { updates_cursor: cursor, remove_cursor: { ts: 0, ref: '' } } },
    });
    expect(log.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('are told of after a first reading that took longer than it, which is not done again', async () => {
    await using fake = await databaseOfFoo(0);
    fill(fake, 8);
    const task = new Task(fake, foo, { page_size: 1, deletions });
    before(fake, 'updates', (count) => {
      if (count <= 8) fake.clock.advance(5 * minute);
      if (count === 4) fake.store.delete('foo', 1);
    });
    await task.run();
    await task.run();
    expect(timesBegun(task)).toBe(1);
    expectSame(task, fake);
  });
});

describe('a full refresh at a time that is forgotten (defect 16)', () => {
  test('goes on at a later one when it was killed', async () => {
    await using fake = await databaseOfFoo(0);
    fill(fake, 6);
    const setup = {
      port: fake.port,
      collection: { page_size: 2 },
      bindings: [{ collection: 'foo' }],
    };
    let batches = 0;
    const first = await readOnce({
      ...setup,
      stopped: (event) => event.is === 'checkpoint' && ++batches === 1,
    });
    fake.clock.advance(60 * minute);
    const changed = fake.store.set('foo', 5, { id: 'new' });
    const second = await readOnce({ ...setup, state: first.state });
    expect(second.failure).toBeUndefined();
    expect(second.rows.map((row) => (row as { ref: string }).ref)).toEqual(['3', '4', '5', '6']);
    expect(second.rows[2]).toMatchObject({ ts: changed, data: { id: 'new' } });
    expect(second.log.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(second.state).toEqual({ foo: {} });
  });

  test('goes on at a later one when that happens while it is read', async () => {
    await using fake = await databaseOfFoo(0);
    fill(fake, 6);
    const task = new Task(fake, { collection: 'foo' }, { page_size: 2 });
    before(fake, 'snapshot', (count) => count < 6 && fake.clock.advance(10 * minute));
    await task.run();
    expect(task.story.map((line) => line.replace(/@.*/, ''))).toEqual([
      'begins',
      ...[1, 2, 3, 4, 5, 6].map((id) => `row ${id}`),
    ]);
    expectSame(task, fake);
  });

  test('begins at a later one when the state is of long ago', async () => {
    await using fake = await databaseOfFoo(1);
    fill(fake, 3);
    const task = new Task(fake, { collection: 'foo' });
    task.state = { bindings: { foo: { full_sync_cursor: { ts: 1_658_504_456_881_000 } } } };
    await task.run();
    expectSame(task, fake);
  });
});

describe('in FQL v10', () => {
  test('all is read anew when the feed does not go back far enough', async () => {
    await using fake = await databaseOfFoo(0);
    fill(fake, 3);
    const task = new Task(fake, foo, { page_size: 1, deletions }, '10');
    await task.run();
    fake.store.delete('foo', 2);
    fake.clock.advance(60 * minute);
    await task.run();
    expect(timesBegun(task)).toBe(2);
    expectSame(task, fake);
    fake.store.delete('foo', 3);
    await task.run();
    expect(timesBegun(task)).toBe(2);
    expectSame(task, fake);
  });

  test('the feed moves on while nothing happens', async () => {
    await using fake = await databaseOfFoo(0);
    fill(fake, 2);
    const task = new Task(fake, foo, { deletions }, '10');
    await task.run();
    for (let times = 0; times < 3; times++) {
      fake.clock.advance(10 * minute);
      await task.run();
    }
    fake.store.delete('foo', 1);
    await task.run();
    expect(timesBegun(task)).toBe(1);
    expectSame(task, fake);
  });

  test('a first reading that was killed, and whose time is forgotten, is begun anew', async () => {
    await using fake = await databaseOfFoo(0);
    fill(fake, 6);
    const task = new Task(fake, foo, { page_size: 2, deletions }, '10');
    let batches = 0;
    await task.run((event) => event.is === 'documents' && ++batches === 2);
    fake.clock.advance(60 * minute);
    fake.store.delete('foo', 1);
    await task.run();
    expectSame(task, fake);
  });
});
