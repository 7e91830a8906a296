import { startFakeFirestore, type FakeFirestore } from '@fairlead/fake-firestore';
import { describe, expect, test } from 'vitest';
import { expectSame } from '../testing/harness/compare.ts';
import { Task } from '../testing/harness/task.ts';
import { numbered, setAll } from '../testing/harness/writes.ts';

const minute = 60_000;

/** An instant of the server as RFC 3339, with its microseconds. */
function textOf(micros: number): string {
  const second = new Date(Math.floor(micros / 1e6) * 1000).toISOString().slice(0, 19);
  return `${second}.${String(micros % 1e6).padStart(6, '0')}Z`;
}

function ago(fake: FakeFirestore, ms: number): string {
  return textOf(fake.store.now() - ms * 1000);
}

describe.each([
  ['an hour behind', -60 * minute],
  ['an hour ahead of', 60 * minute],
  ['two days ahead of', 2 * 24 * 60 * minute],
])('a server whose clock is %s ours', (_, ms) => {
  test('is read and listened to without a gap', async () => {
    await using fake = await startFakeFirestore();
    fake.clock.advance(ms);
    setAll(fake.store, numbered('users/', 20));
    await using task = new Task(fake, ['users']);
    const life = task.live();
    await life.present();
    fake.store.set('users/01', { n: 'changed' });
    fake.store.delete('users/02');
    await task.settled(life);
    await life.stop();
    fake.store.set('users/03', { n: 'changed while down' });
    await task.catchUp();
    expectSame(task);
  });
});

test('a server whose clock stands still is read and listened to', async () => {
  const at = Date.UTC(2026, 0, 1) * 1000;
  await using fake = await startFakeFirestore({ clock: { now: () => at, advance: () => {} } });
  setAll(fake.store, numbered('users/', 20));
  await using task = new Task(fake, ['users']);
  const life = task.live();
  await life.present();
  fake.store.set('users/01', { n: 'changed' });
  await task.settled(life);
  await life.stop();
  await task.catchUp();
  expectSame(task);
});

test('a server whose clock jumps ahead while a collection is read loses nothing', async () => {
  await using fake = await startFakeFirestore({
    settings: { queryCut: { afterDocuments: 3 } },
  });
  setAll(fake.store, numbered('users/', 60));
  await using task = new Task(fake, ['users']);
  let jumps = 0;
  const life = task.live({
    onEvent(event) {
      if (event.is !== 'checkpoint' || jumps++ > 5) return;
      fake.clock.advance(2 * 60 * minute);
      fake.listeners.heartbeat();
    },
  });
  await life.present();
  fake.store.set('users/01', { n: 'changed' });
  await task.settled(life);
  await life.stop();
});

describe('a binding without a backfill', () => {
  test('gives only what changes', async () => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, numbered('users/', 5));
    await using task = new Task(fake, [{ path: 'users', backfillMode: 'none' }]);
    const first = await task.catchUp();
    expect(first.rows('users')).toEqual([]);
    fake.store.set('users/1', { n: 'changed' });
    fake.store.delete('users/2');
    const second = await task.catchUp();
    expect(second.told('users')).toEqual(['change users/1 {"n":"changed"}', 'delete users/2']);
    expect(fake.counters.of('RunQuery').reads).toBe(0);
  });

  test('from a given time gives what has changed since', async () => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, numbered('users/', 5));
    fake.clock.advance(10 * minute);
    const initTimestamp = ago(fake, 1_000);
    setAll(fake.store, numbered('users/', 2), () => ({ n: 'changed' }));
    fake.clock.advance(10 * minute);
    await using task = new Task(fake, [{ path: 'users', backfillMode: 'none', initTimestamp }]);
    const life = await task.catchUp();
    expect(life.told('users')).toEqual([
      'change users/1 {"n":"changed"}',
      'change users/2 {"n":"changed"}',
    ]);
  });

  test('from a time that is too long ago fails or reads anew, and says so', async () => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, numbered('users/', 5));
    fake.clock.advance(24 * 60 * minute);
    const initTimestamp = ago(fake, 12 * 60 * minute);
    await using task = new Task(fake, [{ path: 'users', backfillMode: 'none', initTimestamp }]);
    const life = task.begin();
    const failure = await life.finished().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) expect(task.logged.join('\n')).toMatch(/^(warn|error)/m);
    else expect(failure).toMatchObject({ name: 'Failure', kind: 'config' });
  });
});

test('a backfill with a given time has all documents, each once', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, numbered('users/', 5));
  fake.clock.advance(10 * minute);
  const initTimestamp = ago(fake, 1_000);
  setAll(fake.store, numbered('users/', 2), () => ({ n: 'changed' }));
  fake.clock.advance(10 * minute);
  await using task = new Task(fake, [{ path: 'users', initTimestamp }]);
  await task.catchUp();
  expectSame(task);
});

test('the mode sync gives what async gives', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, numbered('users/', 25));
  await using task = new Task(fake, [{ path: 'users', backfillMode: 'sync' }]);
  const first = await task.catchUp();
  expect(first.rows('users')).toHaveLength(25);
  fake.store.set('users/01', { n: 'changed' });
  fake.store.delete('users/02');
  await task.catchUp();
  expectSame(task);
});

describe('all collections at one instant', () => {
  test('are as they were then, and change afterwards', async () => {
    await using fake = await startFakeFirestore();
    const paths = [...numbered('users/', 4), ...numbered('orgs/', 4)];
    setAll(fake.store, paths, () => ({ n: 'then' }));
    fake.clock.advance(5 * minute);
    const snapshotTime = ago(fake, 1_000);
    fake.store.commit(
      { set: 'users/1', fields: { n: 'later' } },
      { set: 'orgs/1', fields: { n: 'later' } },
      { delete: 'users/2' },
      { set: 'orgs/new', fields: { n: 'new' } },
    );
    fake.clock.advance(5 * minute);
    await using task = new Task(fake, ['users', 'orgs'], {
      config: { advanced: { snapshotTime } },
    });
    const life = await task.catchUp();
    expectSame(task);
    const snapshot = [...life.told('users'), ...life.told('orgs')].filter((row) =>
      row.startsWith('snapshot'),
    );
    expect(snapshot.toSorted()).toEqual(
      paths.map((path) => `snapshot ${path} {"n":"then"}`).toSorted(),
    );
    expect(life.told('users').filter((row) => !row.startsWith('snapshot'))).toEqual([
      'change users/1 {"n":"later"}',
      'delete users/2',
    ]);
  });

  test('now: writes to two collections in one commit are both in it or both after it', async () => {
    await using fake = await startFakeFirestore({ settings: { queryCut: { afterDocuments: 5 } } });
    const paths = [...numbered('users/', 20), ...numbered('orgs/', 20)];
    setAll(fake.store, paths, () => ({ n: 0 }));
    await using task = new Task(fake, ['users', 'orgs'], {
      config: { advanced: { snapshotTime: 'now' } },
    });
    let n = 0;
    const life = task.live({
      onEvent() {
        if (n++ > 30) return;
        const writes = paths.map((path) => ({ set: path, fields: { n } }));
        fake.store.commit(...writes);
      },
    });
    await life.present();
    fake.store.set('users/last', {});
    await task.settled(life);
    await life.stop();
    const snapshot = [...life.rows('users'), ...life.rows('orgs')].filter((row) => row.isSnapshot);
    expect(snapshot).toHaveLength(40);
    expect(new Set(snapshot.map(({ fields }) => fields['n'])).size).toBe(1);
    expectSame(task);
  });

  test('that cannot be read any more is a plain failure', async () => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, ['users/1']);
    const snapshotTime = ago(fake, 5 * 60 * minute);
    await using task = new Task(fake, ['users'], { config: { advanced: { snapshotTime } } });
    const life = task.begin();
    await expect(life.finished()).rejects.toMatchObject({ name: 'Failure', kind: 'config' });
  });
});
