import { once } from 'node:events';
import { createServer } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import type { Ending, Fault, Rpc } from '@fairlead/fake-firestore';
import { Status } from '@fairlead/grpc';
import { silentLog, sleepFor } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { FirestoreConfig } from '../settings.ts';
import { type Firestore, openFirestore } from './firestore.ts';
import { isUnsupported } from './reaction.ts';
import { all, opened, patient, signal } from './testing/opened.ts';

const group = { from: { collectionId: 'users', allDescendants: true } };

type TriedCall = (firestore: Firestore, signal: AbortSignal) => Promise<unknown>;

/** Every call that is tried again, and what it gives of three users. */
const calls: [Rpc, TriedCall, unknown][] = [
  ['RunAggregationQuery', (it, until) => it.count({ parent: it.root, query: group }, until), 3],
  ['PartitionQuery', (it, until) => it.partition('users', 1, undefined, until), []],
  ['ListCollectionIds', (it, until) => all(it.collectionIds(it.root, until)), ['users']],
  [
    'ListDocuments',
    async (it, until) =>
      (await all(it.documents({ parent: it.root, collectionId: 'users' }, until))).length,
    3,
  ],
  ['BatchGetDocuments', async (it, until) => (await it.get(named(it), {}, until)).size, 3],
  [
    'RunQuery',
    async (it, until) => (await all(it.names({ parent: it.root, query: group }, until))).length,
    3,
  ],
  ['GetDatabase', async (it, until) => (await it.describeDatabase(until))?.type, 'native'],
];

function named({ root }: Firestore): string[] {
  return ['a', 'b', 'c'].map((id) => `${root}/users/${id}`);
}

async function threeUsers() {
  const it = await opened();
  for (const id of ['a', 'b', 'c']) it.fake.store.set(`users/${id}`, {});
  return it;
}

const passing: [string, Ending][] = [
  ...[
    Status.CANCELLED,
    Status.UNKNOWN,
    Status.DEADLINE_EXCEEDED,
    Status.ABORTED,
    Status.INTERNAL,
    Status.UNAVAILABLE,
  ].flatMap((code): [string, Ending][] => [
    [`code ${code}`, { code }],
    [`code ${code} after headers`, { code, headersFirst: true }],
  ]),
  ['a reset with CANCEL', { reset: 8 }],
  ['a reset with INTERNAL_ERROR', { reset: 2 }],
  ['a reset with REFUSED_STREAM', { reset: 7 }],
  ['the end of the connection', { disconnect: true }],
];

describe.each(calls)('%s', (rpc, call, expected) => {
  test.each(passing)('is made again after %s', async (_what, end) => {
    await using it = await threeUsers();
    it.fake.faults.push(rpc, { end });
    expect(await call(it.firestore, signal)).toEqual(expected);
    expect(it.waits).toEqual([50]);
    expect(it.lines).toMatchObject([{ level: 'debug', fields: { ms: 50 } }]);
    expect(it.fake.counters.of(rpc).calls).toBe(2);
  });

  test('is made again after a status that follows the first answer', async () => {
    await using it = await threeUsers();
    it.fake.faults.push(rpc, { afterMessages: 1, end: { code: Status.UNAVAILABLE } });
    expect(await call(it.firestore, signal)).toEqual(expected);
    expect(it.waits).toEqual([50]);
  });

  test('survives a server that goes away', async () => {
    await using it = await threeUsers();
    it.fake.faults.push(rpc, { end: { goaway: 0 } }, { end: { goaway: 2 } });
    expect(await call(it.firestore, signal)).toEqual(expected);
    expect(await call(it.firestore, signal)).toEqual(expected);
  });

  test('waits longer each time, and gives up after 12 times in a row', async () => {
    await using it = await threeUsers();
    it.fake.faults.always(rpc, { end: { code: Status.UNAVAILABLE, message: 'Too bad.' } });
    await expect(call(it.firestore, signal)).rejects.toMatchObject({
      name: 'Failure',
      kind: 'transient',
      message: 'Firestore cannot be reached: Too bad.',
      where: 'projects/demo/databases/(default)',
    });
    expect(it.waits).toHaveLength(11);
    expect(it.waits[10]).toBeCloseTo(50 * 1.5 ** 10);
    expect(it.fake.counters.of(rpc).calls).toBe(12);
  });

  test('leaves the server alone when that asks for less', async () => {
    await using it = await threeUsers();
    it.fake.faults.push(rpc, { end: { code: Status.RESOURCE_EXHAUSTED } });
    expect(await call(it.firestore, signal)).toEqual(expected);
    expect(it.waits).toEqual([45_000]);
    expect(it.lines).toMatchObject([{ level: 'warn' }]);
  });

  test('is not made again when it is wrong', async () => {
    await using it = await threeUsers();
    it.fake.faults.push(rpc, { end: { code: Status.INVALID_ARGUMENT, message: 'No.' } });
    await expect(call(it.firestore, signal)).rejects.toMatchObject({
      kind: 'config',
      message: 'Firestore refuses the request: No.',
    });
    expect(it.waits).toEqual([]);
  });

  test('is made twice when data is lost', async () => {
    await using it = await threeUsers();
    it.fake.faults.always(rpc, { end: { code: Status.DATA_LOSS } });
    await expect(call(it.firestore, signal)).rejects.toMatchObject({ kind: 'data' });
    expect(it.fake.counters.of(rpc).calls).toBe(2);
  });

  test('ends with the reason of an abort', async () => {
    await using it = await threeUsers();
    it.fake.faults.push(rpc, { end: { silence: true } });
    const abort = new AbortController();
    const reason = new Error('enough');
    const calling = call(it.firestore, abort.signal);
    void calling.catch(() => {});
    await expect.poll(() => it.fake.counters.of(rpc).open, patient).toBe(1);
    abort.abort(reason);
    await expect(calling).rejects.toBe(reason);
    expect(it.waits).toEqual([]);
    await expect(call(it.firestore, abort.signal)).rejects.toBe(reason);
    expect(it.fake.counters.of(rpc).calls).toBe(1);
  });

  test('ends with the reason of an abort while it waits', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    await using it = await opened({
      setup: {
        sleep: (ms, until) => {
          const sleeping = sleepFor(ms, until);
          abort.abort(reason);
          return sleeping;
        },
        random: () => 1e6,
      },
    });
    it.fake.faults.always(rpc, { end: { code: Status.UNAVAILABLE } });
    await expect(call(it.firestore, abort.signal)).rejects.toBe(reason);
    expect(it.fake.counters.of(rpc).calls).toBe(1);
  });

  test('is not made again by a client that is disposed', async () => {
    await using it = await threeUsers();
    it.fake.faults.always(rpc, { end: { silence: true } });
    const calling = call(it.firestore, signal);
    void calling.catch(() => {});
    await expect.poll(() => it.fake.counters.of(rpc).open, patient).toBe(1);
    await it.firestore[Symbol.asyncDispose]();
    await expect(calling).rejects.toMatchObject({ name: 'Failure', kind: 'transient' });
    expect(it.waits).toEqual([]);
  });
});

describe('a refusal', () => {
  const denied: Fault = {
    end: { code: Status.PERMISSION_DENIED, message: 'Missing or insufficient permissions.' },
  };

  test('of the first call is final after three tries in short order', async () => {
    await using it = await threeUsers();
    it.fake.faults.always('*', denied);
    await expect(it.firestore.serverTime(signal)).rejects.toMatchObject({
      kind: 'access',
      hint: expect.stringMatching(/roles\/datastore\.viewer/),
    });
    expect(it.waits).toEqual([50, 75]);
  });

  test('of a server that let us in before may pass', async () => {
    await using it = await threeUsers();
    await it.firestore.serverTime(signal);
    it.fake.faults.push('BatchGetDocuments', denied, denied);
    await it.firestore.serverTime(signal);
    expect(it.waits).toEqual([20_000, 20_000]);
    it.fake.faults.push('BatchGetDocuments', denied, denied, denied);
    await expect(it.firestore.serverTime(signal)).rejects.toMatchObject({ kind: 'access' });
  });

  test('of a count that the server does not know is told from others', async () => {
    await using it = await threeUsers();
    it.fake.faults.push('RunAggregationQuery', { end: { code: Status.UNIMPLEMENTED } });
    const counting = it.firestore.count({ parent: it.root, query: group }, signal);
    await expect(counting).rejects.toSatisfy(isUnsupported);
  });

  test('for a time that is past says so', async () => {
    await using it = await threeUsers();
    const readMicros = it.fake.store.now() - 2 * 3_600_000_000;
    await expect(
      it.firestore.get(named(it.firestore), { readMicros }, signal),
    ).rejects.toMatchObject({
      kind: 'state',
      message: 'the versions of that time are no longer kept',
    });
    expect(it.waits).toEqual([]);
  });

  test('for a time to come says so', async () => {
    await using it = await threeUsers();
    const readMicros = it.fake.store.now() + 60e6;
    await expect(
      it.firestore.get(named(it.firestore), { readMicros }, signal),
    ).rejects.toMatchObject({ kind: 'state', message: 'the time to read at is in the future' });
  });
});

describe('a database', () => {
  test('of Datastore mode is refused in plain words', async () => {
    await using it = await opened({ settings: { mode: 'datastore' } });
    await expect(all(it.firestore.collectionIds(it.root, signal))).rejects.toMatchObject({
      kind: 'config',
      where: it.firestore.database,
      message: 'the database is in Datastore mode, which this connector cannot read',
    });
    expect(await it.firestore.describeDatabase(signal)).toMatchObject({ type: 'datastore' });
  });

  test('that is not there is named', async () => {
    await using it = await opened({
      databases: ['(default)'],
      database: 'projects/demo/databases/shop',
    });
    await expect(it.firestore.serverTime(signal)).rejects.toMatchObject({
      kind: 'config',
      where: 'projects/demo/databases/shop',
      message: 'the project has no database shop',
      hint: expect.stringMatching(/^Check database in the settings/),
    });
  });

  test('without an index for a query keeps the link to make one', async () => {
    await using it = await opened({ settings: { requireIndexes: true } });
    const query = { ...group, orderBy: [{ field: 'age' }] };
    await expect(all(it.firestore.names({ parent: it.root, query }, signal))).rejects.toMatchObject(
      {
        kind: 'config',
        hint: expect.stringMatching(
          /https:\/\/console\.firebase\.google\.com\/\S+create_composite=demo/,
        ),
      },
    );
  });

  test('that keeps the Firestore API out is told from one that is not there', async () => {
    await using it = await opened({ settings: { dataAccess: false } });
    await expect(it.firestore.serverTime(signal)).rejects.toMatchObject({
      kind: 'config',
      message: 'the database does not let the Firestore API read it',
    });
  });
});

describe('an address', () => {
  async function failureAt(port: number): Promise<unknown> {
    const config = FirestoreConfig.parse({
      database: 'projects/demo',
      advanced: { emulatorHost: `127.0.0.1:${port}` },
    });
    await using firestore = await openFirestore(config, {
      log: silentLog,
      env: {},
      sleep: async () => {},
    });
    return await firestore.serverTime(signal).catch((error: unknown) => error);
  }

  test('where a web server answers is named as the wrong one', async () => {
    const server = createHttpServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const failure = await failureAt(typeof address === 'object' ? (address?.port ?? 0) : 0);
    server.close();
    expect(failure).toMatchObject({
      kind: 'config',
      message: expect.stringMatching(/^what answers there is not Firestore: .*HTTP\/2/),
      hint: expect.stringMatching(/advanced\.endpoint/),
    });
  });

  test('where nobody listens may come to life', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    server.close();
    await once(server, 'close');
    expect(await failureAt(port)).toMatchObject({
      kind: 'transient',
      message: expect.stringMatching(/^Firestore cannot be reached: nothing listens at/),
    });
  });
});
