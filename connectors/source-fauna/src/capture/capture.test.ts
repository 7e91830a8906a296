import { frozenClock, startFakeFauna, type FakeFauna } from '@fairlead/fake-fauna';
import { describe, expect, test } from 'vitest';
import { Task } from '../testing/task.ts';

const followed = { collection: 'foo', index: 'foo_ts' };
const deletions = { deletions: { deletion_mode: 'deleted_field', column: 'deleted_at' } };

async function fakeWithFoo(historyDays: number | null = 30): Promise<FakeFauna> {
  const fake = await startFakeFauna({ clock: frozenClock() });
  fake.store.createCollection('foo', { historyDays });
  fake.store.createIndex('foo_ts', { source: 'foo', values: ['ts', 'ref'] });
  return fake;
}

function expectSame(task: Task, { store }: FakeFauna): void {
  expect(task.problems).toEqual([]);
  const expected = store.documents('foo').map(({ id, ts, fields }) => ({
    ref: id,
    ts,
    data: fields['data'] ?? {},
    ttl: fields['ttl'] ?? null,
  }));
  const found = [...task.rows.values()].toSorted((a, b) =>
    BigInt(a.ref) < BigInt(b.ref) ? -1 : 1,
  );
  expect(found).toEqual(expected);
}

describe('a collection with an index', () => {
  test('may be empty at first', async () => {
    await using fake = await fakeWithFoo();
    const task = new Task(fake, followed, deletions);
    await task.run();
    expect(task.story).toEqual(['begins']);
    expect(task.state.bindings).toMatchObject({ foo: { updates_cursor: {} } });
    fake.store.set('foo', 1, {});
    await task.run();
    expectSame(task, fake);
  });

  test('comes once, and then what has changed', async () => {
    await using fake = await fakeWithFoo();
    for (let id = 101; id <= 104; id++) fake.store.set('foo', id, { id });
    const task = new Task(fake, followed, { page_size: 2 });
    await task.run();
    expectSame(task, fake);
    expect(task.story).toHaveLength(5);
    await task.run();
    expect(task.story).toHaveLength(5);
    fake.store.set('foo', 102, { id: 'new' });
    fake.store.set('foo', 200, {});
    await task.run();
    expect(task.story.slice(5).map((line) => line.split('@')[0])).toEqual(['row 102', 'row 200']);
    expectSame(task, fake);
  });

  test('documents of one transaction come once each, over pages and runs', async () => {
    await using fake = await fakeWithFoo();
    fake.store.transaction((transaction) => {
      for (let id = 1; id <= 7; id++) transaction.set('foo', id, { id });
    });
    const task = new Task(fake, followed, { page_size: 3 });
    await task.run();
    await task.run();
    expect(task.story).toHaveLength(8);
    expectSame(task, fake);
  });

  test('deletions come with their time, and not again', async () => {
    await using fake = await fakeWithFoo();
    for (let id = 1; id <= 5; id++) fake.store.set('foo', id, { id });
    const task = new Task(fake, followed, { page_size: 1, ...deletions });
    await task.run();
    for (const id of [1, 3, 2]) fake.store.delete('foo', id);
    await task.run();
    expect(task.story.slice(6).map((line) => line.split('@')[0])).toEqual([
      'delete 1',
      'delete 3',
      'delete 2',
    ]);
    await task.run();
    expect(task.story).toHaveLength(9);
    expectSame(task, fake);
  });

  test('what was deleted and came to be again stays', async () => {
    await using fake = await fakeWithFoo();
    fake.store.set('foo', 1, { n: 1 });
    const task = new Task(fake, followed, deletions);
    await task.run();
    fake.store.delete('foo', 1);
    fake.store.set('foo', 1, { n: 2 });
    await task.run();
    expect(task.story.at(-1)).toMatch(/^row 1@/);
    expect(task.story.join()).not.toContain('delete');
    expectSame(task, fake);
  });

  test('deletions that the database has forgotten let it be read anew', async () => {
    await using fake = await fakeWithFoo(0);
    fake.store.set('foo', 1, { n: 1 });
    fake.store.set('foo', 2, { n: 1 });
    const task = new Task(fake, followed, deletions);
    await task.run();
    fake.store.delete('foo', 1);
    fake.clock.advance(3_600_000_000);
    await task.run();
    expect(task.story.filter((line) => line === 'begins')).toHaveLength(2);
    expectSame(task, fake);
  });
});

describe('a collection without an index', () => {
  test('may be empty', async () => {
    await using fake = await fakeWithFoo();
    const task = new Task(fake, { collection: 'foo' });
    await task.run();
    expect(task.story).toEqual(['begins']);
  });

  test('is read as a whole, each time', async () => {
    await using fake = await fakeWithFoo();
    for (let id = 1; id <= 5; id++) fake.store.set('foo', id, { id });
    const task = new Task(fake, { collection: 'foo' }, { page_size: 2 });
    await task.run();
    expectSame(task, fake);
    fake.store.delete('foo', 3);
    await task.run();
    expect(task.story.filter((line) => line === 'begins')).toHaveLength(2);
    expectSame(task, fake);
  });

  test('goes on where it was killed, at the same instant', async () => {
    await using fake = await fakeWithFoo();
    for (let id = 1; id <= 6; id++) fake.store.set('foo', id, { id });
    const task = new Task(fake, { collection: 'foo' }, { page_size: 2 });
    let batches = 0;
    await task.run((event) => event.is === 'documents' && ++batches === 2);
    fake.store.set('foo', 5, { id: 'later' });
    await task.run();
    expect(task.story.map((line) => line.split('@')[0])).toEqual([
      'begins',
      ...[1, 2, 3, 4, 5, 6].map((id) => `row ${id}`),
    ]);
    expect(task.rows.get('5')).toMatchObject({ data: { id: 5 } });
  });

  test('goes on at a later instant when the first is forgotten', async () => {
    await using fake = await fakeWithFoo(0);
    for (let id = 1; id <= 6; id++) fake.store.set('foo', id, { id });
    const task = new Task(fake, { collection: 'foo' }, { page_size: 2 });
    let batches = 0;
    await task.run((event) => event.is === 'documents' && ++batches === 2);
    fake.clock.advance(3_600_000_000);
    await task.run();
    expectSame(task, fake);
  });
});
