import { startFakeFirestore, type FakeFirestore } from '@fairlead/fake-firestore';
import type { Json } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { differences, expectSame } from '../testing/harness/compare.ts';
import { inShort } from '../testing/harness/row.ts';
import { Task } from '../testing/harness/task.ts';
import { numbered, setAll } from '../testing/harness/writes.ts';

// What Estuary's connector has saved (its rows of InitResourceStates) is gone on from.

const paths = numbered('users/', 10);

function now(fake: FakeFirestore): string {
  const micros = fake.store.now();
  const second = new Date(Math.floor(micros / 1e6) * 1000).toISOString().slice(0, 19);
  return `${second}.${String(micros % 1e6).padStart(6, '0')}Z`;
}

/** A task with the state of the other connector, and whatever happened after that was saved. */
async function migrated(fake: FakeFirestore, state: (at: string) => Json): Promise<Task> {
  setAll(fake.store, paths);
  const at = now(fake);
  fake.store.set('users/02', { n: 'changed' });
  fake.store.set('users/08', { n: 'changed' });
  fake.store.delete('users/03');
  fake.store.delete('users/09');
  fake.store.set('users/new', { n: 'new' });
  const task = new Task(fake, ['users']);
  task.destination.resetState({ bindings: { users: state(at) } });
  return task;
}

const changes = [
  'change users/02 {"n":"changed"}',
  'change users/08 {"n":"changed"}',
  'change users/new {"n":"new"}',
  'delete users/03',
  'delete users/09',
];

test('no state: all is read', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, paths);
  await using task = new Task(fake, ['users']);
  const life = await task.catchUp();
  expect(life.rows('users').every(({ isSnapshot }) => isSnapshot)).toBe(true);
  expectSame(task);
});

describe('consistent', () => {
  test('and all was read: only changes come', async () => {
    await using fake = await startFakeFirestore();
    await using task = await migrated(fake, (at) => ({
      ReadTime: at,
      Backfill: { StartAfter: at, Completed: true, Cursor: '', MTime: '0001-01-01T00:00:00Z' },
    }));
    const life = await task.catchUp();
    expect(life.told('users')).toEqual(changes);
  });

  test('and nothing was to be read: only changes come', async () => {
    await using fake = await startFakeFirestore();
    await using task = await migrated(fake, (at) => ({ ReadTime: at, Backfill: null }));
    const life = await task.catchUp();
    expect(life.told('users')).toEqual(changes);
  });

  test('in the middle of a backfill: the rest is read, and changes of what was read come', async () => {
    await using fake = await startFakeFirestore();
    await using task = await migrated(fake, (at) => ({
      ReadTime: at,
      Backfill: { StartAfter: at, Completed: false, Cursor: 'users/05', MTime: at },
    }));
    const life = await task.catchUp();
    const before = life.rows('users').filter(({ path }) => path <= 'users/05');
    expect(before.map(inShort).toSorted()).toEqual([
      'change users/02 {"n":"changed"}',
      'delete users/03',
    ]);
    const lost = differences(task).filter((word) => !/lost.*: users\/0[145];/.test(word));
    expect(lost).toEqual([]);
  });

  test('in the middle of a backfill whose last document is gone: the rest is read', async () => {
    await using fake = await startFakeFirestore();
    await using task = await migrated(fake, (at) => ({
      ReadTime: at,
      Backfill: { StartAfter: at, Completed: false, Cursor: 'users/03', MTime: at },
    }));
    await task.catchUp();
    const rows = [...task.destination.table('users').rows.keys()].toSorted();
    expect(rows).toEqual(
      ['02', '04', '05', '06', '07', '08', '10', 'new'].map((id) => `users/${id}`),
    );
  });
});

describe('inconsistent', () => {
  test.each([
    ['and all was read', { Completed: true, Cursor: '' }],
    ['in the middle of a backfill', { Completed: false, Cursor: 'users/05' }],
  ])('%s: all is read', async (_, rest) => {
    await using fake = await startFakeFirestore();
    await using task = await migrated(fake, (at) => ({
      ReadTime: at,
      Backfill: { StartAfter: at, MTime: at, ...rest },
      Inconsistent: true,
      RestartCursorValue: 7,
    }));
    await task.catchUp();
    expectSame(task);
  });
});

test('from before what the database remembers: all is read anew', async () => {
  await using fake = await startFakeFirestore();
  await using task = await migrated(fake, (at) => ({
    ReadTime: at,
    Backfill: { StartAfter: at, Completed: true, Cursor: '', MTime: at },
  }));
  fake.clock.advance(24 * 3_600_000);
  await task.catchUp();
  expectSame(task);
});

test('what is saved afterwards is our own, and is resumed from', async () => {
  await using fake = await startFakeFirestore();
  await using task = await migrated(fake, (at) => ({
    ReadTime: at,
    Backfill: { StartAfter: at, Completed: true, Cursor: '', MTime: at },
  }));
  await task.catchUp();
  expect(Object.keys(task.state.bindings['users'] as object)).not.toContain('ReadTime');
  const life = await task.catchUp();
  expect(life.rows('users')).toEqual([]);
});
