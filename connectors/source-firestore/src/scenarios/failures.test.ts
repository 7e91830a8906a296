import { startFakeFirestore, type FakeFirestoreOptions } from '@fairlead/fake-firestore';
import { connect, describeFailure, isFailure, silentLog, type Json } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { firestore } from '../source.ts';
import { Task } from '../testing/harness/task.ts';
import { setAll } from '../testing/harness/writes.ts';

interface Trouble {
  readonly trouble: string;
  readonly options?: FakeFirestoreOptions;
  readonly config?: { readonly [setting: string]: Json };
  readonly kind: string;
  readonly says: RegExp;
}

const troubles: readonly Trouble[] = [
  {
    trouble: 'a database that does not exist',
    options: { databases: ['(default)'] },
    config: { database: 'projects/demo/databases/nowhere' },
    kind: 'config',
    says: /nowhere/,
  },
  {
    trouble: 'a database of the Datastore mode',
    options: { settings: { mode: 'datastore' } },
    kind: 'config',
    says: /Datastore/,
  },
  {
    trouble: 'a database without real-time updates',
    options: { settings: { edition: 'enterprise', realtimeUpdates: false } },
    kind: 'config',
    says: /[Rr]eal-?time/,
  },
];

describe.each(troubles)('$trouble', ({ options, config, kind, says }) => {
  test('is a plain failure of a check', async () => {
    await using fake = await startFakeFirestore(options);
    await using task = new Task(fake, [], config ? { config } : {});
    const { signal } = new AbortController();
    const checking = connect(firestore, task.settings).check({ signal, log: silentLog });
    const failure = await failureOf(checking);
    expect(failure.kind).toBe(kind);
    expect(describeFailure(failure)).toMatch(says);
  });

  test('is a plain failure of a run', async () => {
    await using fake = await startFakeFirestore(options);
    await using task = new Task(fake, ['users'], config ? { config } : {});
    const failure = await failureOf(task.begin().finished());
    expect(failure.kind).toBe(kind);
    expect(describeFailure(failure)).toMatch(says);
  });
});

test('a server that takes our token no more is a failure of access', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, ['users/1']);
  await using task = new Task(fake, ['users']);
  await task.catchUp();
  fake.faults.expireTokens();
  const failure = await failureOf(task.begin().finished());
  expect(failure.kind).toBe('access');
});

test.each(['Listen', 'RunQuery', 'BatchGetDocuments'] as const)(
  'a token that is refused once is renewed (%s)',
  async (rpc) => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, ['users/1', 'users/2']);
    await using task = new Task(fake, ['users']);
    fake.faults.push(rpc, { end: { code: 16 } });
    const life = task.live();
    await life.present();
    fake.store.set('users/1', { n: 'changed' });
    await task.settled(life);
    await life.stop();
  },
);

test.each<[string, 3 | 9 | 12, string]>([
  ['INVALID_ARGUMENT', 3, 'config'],
  ['UNIMPLEMENTED', 12, 'config'],
  ['FAILED_PRECONDITION for an index', 9, 'config'],
])('a scan that is refused with %s ends the run', async (_, code, kind) => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, ['users/1']);
  await using task = new Task(fake, ['users']);
  const message = code === 9 ? 'The query requires an index. https://console.example/index' : 'no';
  fake.faults.always('RunQuery', { end: { code, message } });
  const failure = await failureOf(task.begin().finished());
  expect(failure.kind).toBe(kind);
  expect(describeFailure(failure)).toMatch(code === 9 ? /https:\/\/console/ : /users/);
});

test('a document that was corrupted is named', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, ['users/1']);
  await using task = new Task(fake, ['users']);
  fake.faults.always('RunQuery', { end: { code: 15 } });
  const failure = await failureOf(task.begin().finished());
  expect(failure.kind).not.toBe('transient');
});

test.each(['users/1', '', '/users', 'users//docs', '*'])(
  'a binding of %j is a failure of its settings',
  async (path) => {
    await using fake = await startFakeFirestore();
    await using task = new Task(fake, []);
    expect(() => {
      task.bind([path]);
      task.begin();
    }).toThrow(expect.objectContaining({ name: 'Failure', kind: 'config' }));
  },
);

test('a failure leaves what came before it whole', async () => {
  await using fake = await startFakeFirestore();
  fake.store.synthesise({ collection: 'users', count: 3_000 });
  await using task = new Task(fake, ['users']);
  fake.faults.push('RunQuery', {}, { end: { code: 3 } });
  fake.settings.queryCut = { afterDocuments: 1_000 };
  await failureOf(task.begin().finished());
  fake.faults.clear();
  fake.settings.queryCut = {};
  await task.catchUp();
  expect(task.destination.table('users').size).toBe(3_000);
  expect(task.destination.problems).toEqual([]);
});

async function failureOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (isFailure(error)) return error;
  throw new Error(`there was no failure, but ${String(error)}`, { cause: error });
}
