import { startFakeFirestore, type FakeFirestore } from '@fairlead/fake-firestore';
import { expect, test } from 'vitest';
import { pipelineFolder } from './testing/pipeline-folder.ts';
import { rowsOf } from './testing/rows-of.ts';
import { runCommand, startCommand } from './testing/run-command.ts';

// The command, as a process, with a Firestore that is a fake.

async function shop() {
  const fake = await startFakeFirestore();
  fake.store.set('users/ada', { name: 'Ada', visits: 9_007_199_254_740_993n });
  fake.store.set('users/grace', { name: 'Grace' });
  fake.store.set('users/ada/orders/1', { item: 'Engine' });
  const folder = await pipelineFolder();
  const at = { folder: folder.path, variables: { FIRESTORE_EMULATOR_HOST: fake.address } };
  return {
    fake,
    folder,
    at,
    call: (...words: string[]) => runCommand(words, at),
    rows: (sql: string) => rowsOf(folder.join('shop.duckdb'), sql),
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      await fake.close();
    },
  };
}

const copy = ['copy', '-q', 'firestore://demo', 'duckdb:shop.duckdb'];
const users = 'select name, visits::varchar from users order by name';

function changeUsers({ store }: FakeFirestore) {
  store.set('users/alan', { name: 'Alan' });
  store.update('users/ada', { name: 'Ada L.' });
  store.delete('users/grace');
}

test('a database is copied, and what has changed is copied then', async () => {
  await using it = await shop();
  const first = await it.call(...copy);
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  expect(first.stdout.replaceAll(/ {2,}\d+ B/g, '')).toMatch(
    /users +users +2 +caught up\nusers_orders +users_orders +1 +caught up\n/,
  );
  expect(await it.rows(users)).toEqual([
    ['Ada', '9007199254740993'],
    ['Grace', null],
  ]);
  expect(await it.rows('select item, _meta_path from users_orders')).toEqual([
    ['Engine', `${it.fake.store.name}/documents/users/ada/orders/1`],
  ]);
  changeUsers(it.fake);
  it.fake.counters.reset();
  const second = await it.call(...copy);
  expect(second).toMatchObject({ exitCode: 0, stderr: '' });
  expect(it.fake.counters.of('Listen').reads).toBe(2);
  expect(await it.rows(users)).toEqual([
    ['Ada L.', '9007199254740993'],
    ['Alan', null],
  ]);
});

test('one collection is copied without a search for others', async () => {
  await using it = await shop();
  const address = 'firestore://demo/users/*/orders';
  const { exitCode } = await it.call('copy', '-q', address, 'duckdb:shop.duckdb');
  expect(exitCode).toBe(0);
  expect(it.fake.counters.of('ListCollectionIds').calls).toBe(0);
  expect(await it.rows('select item from users_orders')).toEqual([['Engine']]);
});

test('the verbs of a pipeline know what there is, what it costs, and where it stands', async () => {
  await using it = await shop();
  const init = ['init', '--source', 'firestore://demo', '--destination', 'duckdb:shop.duckdb'];
  expect((await it.call(...init)).exitCode).toBe(0);
  expect((await it.call('check', '-q')).stdout).toContain('source-firestore    ok');
  expect((await it.call('discover', '-q')).stdout).toMatch(/^users_orders +_meta\/path /m);
  const cost = 'takes about 5 document reads, some $0.01 (list price of $0.06';
  const { stdout: preview } = await it.call('preview', '-q', 'users');
  expect(preview).toContain('9007199254740993');
  const { stdout: plan } = await it.call('plan', '-q');
  expect(plan).toContain('CREATE TABLE IF NOT EXISTS "main"."users_orders"');
  expect(plan).toContain(`-- the next run ${cost}`);
  expect((await it.call('run', '-q')).exitCode).toBe(0);
  const { stdout: state } = await it.call('state', 'show');
  expect(state).toMatch(/^users +\{"at":"[^"]+","count":2\}$/m);
  const { stdout: again } = await it.call('plan', '-q');
  expect(again).toMatch(/-- users: about \d document reads/);
}, 120_000);

test('changes arrive while it is watched, and Ctrl-C ends it', async () => {
  await using it = await shop();
  const watching = ['copy', '-v', '--watch', '--commit-every', '1s', ...copy.slice(2)];
  await using command = startCommand(watching, it.at);
  await command.saw('committed commit=1');
  changeUsers(it.fake);
  await command.saw('committed commit=2');
  command.process.kill('SIGINT');
  expect((await command.ended).exitCode).toBe(0);
  expect((await it.call(...copy)).exitCode).toBe(0);
  expect(await it.rows(users)).toEqual([
    ['Ada L.', '9007199254740993'],
    ['Alan', null],
  ]);
});

test('it is among the connectors, and tells its settings', async () => {
  await using it = await shop();
  expect((await it.call('connectors')).stdout).toMatch(
    /^source +firestore +@fairlead\/source-firestore /m,
  );
  const { stdout } = await it.call('spec', 'source-firestore');
  expect(JSON.parse(stdout)).toMatchObject({
    title: 'Google Firestore',
    properties: { googleCredentials: { secret: true, multiline: true } },
  });
});

test.each<{
  readonly what: string;
  readonly trouble?: (fake: FakeFirestore) => void;
  readonly address?: string;
  readonly set?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly exit: number;
  readonly says: string | RegExp;
}>([
  {
    what: 'a key that is none',
    set: ['source.googleCredentials={"type": "service_account"}'],
    variables: { FIRESTORE_EMULATOR_HOST: '' },
    exit: 2,
    says: /^googleCredentials|credentials/,
  },
  {
    what: 'a key file that is not there',
    variables: { FIRESTORE_EMULATOR_HOST: '', GOOGLE_APPLICATION_CREDENTIALS: '/none/key.json' },
    exit: 2,
    says: /\/none\/key\.json/,
  },
  {
    what: 'a missing role',
    trouble: ({ faults }) =>
      faults.always('*', { end: { code: 7, message: 'Missing or insufficient permissions.' } }),
    exit: 3,
    says: 'projects/demo/databases/(default): the account may not read the database: Missing or insufficient permissions. Grant the role roles/datastore.viewer (Cloud Datastore Viewer) in the project of the database.',
  },
  {
    what: 'an API that is not enabled',
    trouble: ({ faults }) => {
      const message =
        'Cloud Firestore API has not been used in project demo before or it is disabled. Enable it by visiting https://console.example/api then retry.';
      faults.always('*', { end: { code: 7, message } });
    },
    exit: 3,
    says: /the Firestore API is not enabled.*https:\/\/console\.example\/api/,
  },
  {
    what: 'a database of the Datastore mode',
    trouble: ({ settings }) => {
      settings.mode = 'datastore';
    },
    exit: 2,
    says: /Datastore mode.*native mode/,
  },
  {
    what: 'a missing index',
    trouble: ({ faults }) => {
      const message =
        'The query requires an index. You can create it here: https://console.example/i';
      faults.always('RunQuery', { end: { code: 9, message } });
    },
    address: 'firestore://demo/users',
    exit: 2,
    says: /users.*needs an index.*https:\/\/console\.example\/i/,
  },
  {
    what: 'a database that does not exist',
    address: 'firestore://other:nowhere/users',
    exit: 2,
    says: /nowhere.*Check database/,
  },
  {
    what: 'a path that is a document',
    address: 'firestore://demo/users/ada',
    exit: 2,
    says: 'firestore://demo/users/ada: users/ada names no collection. Write collections and documents by turns, as in users or users/*/messages.',
  },
  {
    what: 'a pattern that ends in a document',
    set: ['source.advanced={"extra_collections": ["users/*"]}'],
    exit: 2,
    says: /extra_collections.*users\/\*\/messages/,
  },
  {
    what: 'a time that is not kept any more',
    address: 'firestore://demo/users',
    set: ['source.advanced.snapshotTime=2020-01-01T00:00:00Z'],
    exit: 2,
    says: /snapshotTime.*last hour/,
  },
])(
  '$what is said in one line, and nothing is written',
  async ({ trouble, address = 'firestore://demo', set = [], variables = {}, exit, says }) => {
    await using fake = await startFakeFirestore({ databases: ['(default)'] });
    fake.store.set('users/ada', { name: 'Ada' });
    fake.store.set('users/grace', { name: 'Grace' });
    trouble?.(fake);
    await using folder = await pipelineFolder();
    const words = [...set.flatMap((one) => ['--set', one]), address, 'duckdb:shop.duckdb'];
    const { exitCode, stdout, stderr } = await runCommand(['copy', '-q', ...words], {
      folder: folder.path,
      variables: { FIRESTORE_EMULATOR_HOST: fake.address, ...variables },
    });
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: exit, stdout: '' });
    const [line = '', ...others] = stderr.split('\n').filter((text) => text !== '');
    expect(others).toEqual([]);
    expect(line.startsWith('fairlead: ')).toBe(true);
    if (typeof says === 'string') expect(line).toBe(`fairlead: ${says}`);
    else expect(line).toMatch(says);
    await expect(folder.read('shop.duckdb')).rejects.toThrow('ENOENT');
  },
);

test('a cap on reads stops a run, and the next one goes on', async () => {
  await using it = await shop();
  it.fake.store.synthesise({ collection: 'events', count: 6_000 });
  const words = ['copy', '-q', 'firestore://demo/events', 'duckdb:shop.duckdb'];
  words.push('--set', 'source.advanced.maxReads=4000');
  const first = await it.call(...words);
  expect(first.exitCode).toBe(2);
  expect(first.stderr).toMatch(
    /^fairlead: .*advanced\.maxReads: the limit of 4000 reads is reached, after \d+\. What was read is kept\./,
  );
  expect((await it.call(...words)).exitCode).toBe(0);
  expect(
    await it.rows('select count(*)::int, count(distinct _meta_path)::int from events'),
  ).toEqual([[6_000, 6_000]]);
  expect(it.fake.counters.total.reads).toBeLessThan(6_200);
});

test('a clock that is off is warned of, and nothing depends on it', async () => {
  await using it = await shop();
  it.fake.clock.advance(3_600_000);
  const init = ['init', '--source', 'firestore://demo', '--destination', 'duckdb:shop.duckdb'];
  await it.call(...init);
  const { exitCode, stderr } = await it.call('check');
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(
    /warn +the clock of this machine differs from Firestore's behindSeconds=36\d\d/,
  );
  expect((await it.call(...copy)).exitCode).toBe(0);
  changeUsers(it.fake);
  expect((await it.call(...copy)).exitCode).toBe(0);
  expect(await it.rows(users)).toHaveLength(2);
});
