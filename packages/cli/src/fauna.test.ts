import { startFakeFauna, type FakeFauna, type Plain } from '@fairlead/fake-fauna';
import { expect, test } from 'vitest';
import { pipelineFolder } from './testing/pipeline-folder.ts';
import { rowsOf } from './testing/rows-of.ts';
import { runCommand } from './testing/run-command.ts';

// The command, as a process, with a Fauna that is a fake.

async function shop() {
  const fake = await startFakeFauna({
    settings: { defaultHistoryDays: 30 },
    secrets: { narrow: { read: ['orders'], indexes: [], listings: ['collections', 'indexes'] } },
  });
  for (const name of ['users', 'orders']) fake.store.createCollection(name);
  fake.store.createIndex('users_ts', { source: 'users', values: ['ts', 'ref'] });
  fake.store.createIndex('users_name', { source: 'users', values: ['data.name'] });
  fake.store.set('users', 1, { name: 'Ada', visits: 9_007_199_254_740_993n });
  fake.store.set('users', 2, { name: 'Grace' });
  fake.store.set('users', 3, { name: 'Linus' });
  fake.store.set('orders', 1, { item: 'Engine' });
  const folder = await pipelineFolder();
  const address = `fauna+http://127.0.0.1:${fake.port}`;
  const call = (words: readonly string[], secret = fake.secret) =>
    runCommand(words, { folder: folder.path, variables: { FAUNA_SECRET: secret } });
  return {
    fake,
    folder,
    address,
    call,
    copy: (...words: string[]) => call(['copy', '-q', ...words, 'duckdb:shop.duckdb']),
    rows: (sql: string) => rowsOf(folder.join('shop.duckdb'), sql),
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      await fake.close();
    },
  };
}

const users =
  'select ref, ts::varchar, data::varchar, ttl::varchar, deleted_at::varchar from users order by ref::bigint';

/** The same of the fake; its values here are as in JSON. */
function usersIn({ store }: FakeFauna): unknown {
  return store.documents('users').map(({ id, ts, fields }) => {
    const data = JSON.stringify(fields['data'] ?? {}, (_, value: unknown) =>
      typeof value === 'bigint' ? `${value}!` : value,
    ).replaceAll(/"(\d+)!"/g, '$1');
    return [id, String(ts), data, null, null];
  });
}

/** Some change, one leaves, one leaves and is there again, one comes. */
function changeUsers({ store }: FakeFauna) {
  store.set('users', 1, { name: 'Ada L.', visits: 9_007_199_254_740_993n });
  store.delete('users', 2);
  store.delete('users', 3);
  store.set('users', 3, { name: 'Linus again' });
  store.set('users', 4, { name: 'Alan' });
}

test.each([
  { version: '4', set: [] },
  { version: '10', set: ['source.api_version=10'] },
])('a collection is copied, and what has changed then, in FQL v$version', async ({ set }) => {
  await using it = await shop();
  const words = [...set.flatMap((one) => ['--set', one]), `${it.address}/users`];
  const first = await it.copy(...words);
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  expect(first.stdout).toMatch(/^users +users +3 +\d+ B +caught up$/m);
  expect(await it.rows(users)).toEqual(usersIn(it.fake));
  changeUsers(it.fake);
  const second = await it.copy(...words);
  expect(second).toMatchObject({ exitCode: 0, stderr: '' });
  expect(second.stdout).not.toContain('nothing new');
  expect(await it.rows(users)).toEqual(usersIn(it.fake));
  const third = await it.copy(...words);
  expect(third.stdout).toContain('nothing new');
});

test('all collections are copied, each by its index or as a whole', async () => {
  await using it = await shop();
  expect((await it.copy(it.address)).stdout).toMatch(
    /orders +orders +1 [^]*users +users +3 [^]*4 new rows/,
  );
  changeUsers(it.fake);
  it.fake.store.set('orders', 2, { item: 'Cards' });
  it.fake.store.delete('orders', 1);
  expect((await it.copy(it.address)).exitCode).toBe(0);
  expect(await it.rows(users)).toEqual(usersIn(it.fake));
  expect(await it.rows('select ref, data::varchar from orders')).toEqual([
    ['2', '{"item":"Cards"}'],
  ]);
});

test('the verbs of a pipeline know what there is, and where it stands', async () => {
  await using it = await shop();
  await it.call(['init', '--source', it.address, '--destination', 'duckdb:shop.duckdb']);
  const check = await it.call(['check']);
  expect(check.stdout).toMatch(/^source +source-fauna +ok$/m);
  expect(check.stderr).toContain('are read as a whole each time collections=["orders"]');
  expect((await it.call(['discover', '-q'])).stdout).toMatch(
    /^users +ref +ref string, ts integer, data object, ttl string date-time, deleted_at /m,
  );
  expect((await it.call(['preview', '-q', 'users'])).stdout).toMatch(/^1 +\d{16} +\{"name":"Ada"/m);
  expect((await it.call(['plan', '-q'])).stdout).toContain(
    'CREATE TABLE IF NOT EXISTS "main"."users"',
  );
  expect((await it.call(['run', '-q'])).exitCode).toBe(0);
  const { stdout: state } = await it.call(['state', 'show']);
  expect(state).toMatch(/^users +\{"updates_cursor":\{"ts":\d{16},"ref":"3"\}/m);
  expect((await it.call(['plan', '-q'])).stdout).toBe('-- nothing to do\n');
}, 120_000);

test.each([{ version: '4' }, { version: '10' }])(
  'a copy is compared with its source, in FQL v$version',
  async ({ version }) => {
    await using it = await shop();
    const words = ['--set', `source.api_version=${version}`, it.address];
    await it.copy(...words);
    const verify = () => it.call(['verify', '-q', ...words, 'duckdb:shop.duckdb']);
    const same = await verify();
    expect(same).toMatchObject({ exitCode: 0, stderr: '' });
    expect(same.stdout).toMatch(/^users +users +3 +3 +0 +0 +same$/m);
    it.fake.store.delete('users', 2);
    it.fake.store.set('users', 4, {});
    it.fake.store.set('users', 5, {});
    const different = await verify();
    expect(different.exitCode).toBe(5);
    expect(different.stdout).toMatch(/^users +users +4 +3 +2 +1 +different$/m);
    expect(different.stdout).toMatch(/users: not in the table: "?4"?, "?5"?/);
    expect(different.stdout).toMatch(/users: not in the source: "?2"?/);
    expect(different.stderr).toContain('1 of 2 streams differs from the source');
    await it.copy(...words);
    expect((await verify()).exitCode).toBe(0);
  },
  120_000,
);

const collections = { '@ref': { id: 'collections' } };
const usersRef = { '@ref': { id: 'users', collection: collections } };

test('values of all types arrive in columns', async () => {
  await using it = await shop();
  const { store } = it.fake;
  store.createCollection('values');
  const members: [name: string, value: Plain, type: string, text: string][] = [
    ['largest', 9_223_372_036_854_775_807n, 'BIGINT', '9223372036854775807'],
    ['double', 0.1, 'DOUBLE', '0.1'],
    ['flag', true, 'BOOLEAN', 'true'],
    ['text', 'ä"\n', 'VARCHAR', 'ä"\n'],
    ['time', { '@ts': '2022-08-01T23:59:19.36Z' }, 'TIMESTAMP WITH TIME ZONE', '1659398359360000'],
    [
      'nanos',
      { '@ts': '2022-08-01T23:59:19.123456789Z' },
      'VARCHAR',
      '2022-08-01T23:59:19.123456789Z',
    ],
    ['day', { '@date': '2022-08-01' }, 'DATE', '2022-08-01'],
    ['bytes', { '@bytes': '+/8=' }, 'VARCHAR', '-_8='],
    [
      'document',
      { '@ref': { id: '7', collection: usersRef } },
      'JSON',
      '{"id":"7","collection":"users","type":"document"}',
    ],
    ['collection', usersRef, 'JSON', '{"id":"users","type":"collection"}'],
    ['list', [1n, 'a', null], 'JSON', '[1,"a",null]'],
    ['object', { b: 1n, a: { '@date': '2022-08-01' } }, 'JSON', '{"b":1,"a":"2022-08-01"}'],
    ['infinite', { '@double': Infinity }, 'VARCHAR', 'Infinity'],
  ];
  const data = Object.fromEntries(members.map(([name, value]) => [name, value]));
  store.set('values', 1, data, { ttl: 2_000_000_000_000_000 });
  const { exitCode } = await it.copy(
    '--set',
    'source.discover_columns=true',
    '--stream',
    'values',
    it.address,
  );
  expect(exitCode).toBe(0);
  const described = await it.rows('select column_name, column_type from (describe "values")');
  expect(described).toEqual([
    ['ref', 'VARCHAR'],
    ['ts', 'BIGINT'],
    ['data', 'JSON'],
    ['ttl', 'TIMESTAMP WITH TIME ZONE'],
    ['deleted_at', 'TIMESTAMP WITH TIME ZONE'],
    ...members.map(([name, , type]) => [name, type]),
  ]);
  const texts = members.map(([name, , type]) =>
    type.startsWith('TIMESTAMP') ? `epoch_us("${name}")::varchar` : `"${name}"::varchar`,
  );
  expect(await it.rows(`select epoch_us(ttl)::varchar, ${texts.join()} from "values"`)).toEqual([
    ['2000000000000000', ...members.map(([, , , text]) => text)],
  ]);
});

const age = { name: 'age', path: ['data', 'age'], type: 'integer' };
const columns = (column: object) =>
  `source.collection.additional_columns=[${JSON.stringify(column)}]`;

test.each<{
  readonly what: string;
  readonly path?: string;
  readonly address?: string;
  readonly set?: readonly string[];
  readonly secret?: string;
  readonly exit: number;
  readonly says: string | RegExp;
}>([
  {
    what: 'a wrong secret',
    secret: 'fnWrong',
    exit: 3,
    says: 'http://SERVER: Unauthorized. The server does not accept the secret: check that it is of a key of this database that was not deleted.',
  },
  {
    what: 'a wrong secret, in FQL v10',
    secret: 'fnWrong',
    set: ['source.api_version=10'],
    exit: 3,
    says: /Unauthorized/,
  },
  {
    what: 'no secret',
    secret: '',
    exit: 2,
    says: 'secret: there is no secret. Give the secret of a key of your database, or set FAUNA_SECRET.',
  },
  {
    what: 'a port where nothing listens',
    address: 'fauna+http://127.0.0.1:1',
    exit: 4,
    says: 'http://127.0.0.1:1: nothing listens at 127.0.0.1:1 (connection refused). Check domain and port in the settings, and whether the server runs.',
  },
  {
    what: 'TLS where the server speaks none',
    address: 'fauna://SERVER',
    exit: 2,
    says: /does not speak TLS.*Set scheme to http/,
  },
  {
    what: 'a secret in the address',
    address: 'fauna+http://fnSecret@SERVER/users',
    exit: 2,
    says: 'fauna+http://…@SERVER/users: this is no address of a Fauna database. Leave the secret out, and set FAUNA_SECRET.',
  },
  {
    what: 'a column whose path does not exist',
    path: '/users',
    set: [columns(age)],
    exit: 2,
    says: /collection users.*Column age: the path data\.age does not exist in document .*\b1\b/,
  },
  {
    what: 'a column whose path does not exist, in FQL v10',
    path: '/users',
    set: [columns(age), 'source.api_version=10'],
    exit: 2,
    says: /collection users.*Column age: the path data\.age does not exist in document .*\b1\b/,
  },
  {
    what: 'a column with a reserved name',
    path: '/users',
    set: [columns({ ...age, name: 'ts' })],
    exit: 2,
    says: /additional_columns\[0\]\.name.*reserved name 'ts'/,
  },
  {
    what: 'the name of the deletion column for another',
    path: '/users',
    set: [columns({ ...age, name: 'deleted_at' })],
    exit: 2,
    says: /additional_columns\[0\]\.name.*name of the deletion column 'deleted_at'/,
  },
  {
    what: 'an index without its collection',
    set: ['source.collection.index=users_ts'],
    exit: 2,
    says: /collection\.index.*give collection\.name too/,
  },
  {
    what: 'a collection that is not there',
    path: '/user',
    exit: 2,
    says: /Collection 'user' does not exist.*Did you mean 'users'\?/,
  },
  {
    what: 'a collection that is not there, in FQL v10',
    path: '/user',
    set: ['source.api_version=10'],
    exit: 2,
    says: /Collection 'user' does not exist/,
  },
  {
    what: 'an index that is not there',
    path: '/users',
    set: ['source.collection.index=user_ts'],
    exit: 2,
    says: /index '?user_ts\b/i,
  },
  {
    what: 'an index of another collection',
    path: '/orders',
    set: ['source.collection.index=users_ts'],
    exit: 2,
    says: /Index 'users_ts' should have source 'orders'/,
  },
  {
    what: 'an index without ts and ref',
    path: '/users',
    set: ['source.collection.index=users_name'],
    exit: 2,
    says: /Index.* should have values/,
  },
  {
    what: 'a collection that the key may not read',
    path: '/users',
    secret: 'narrow',
    exit: 3,
    says: /collection '?users\b.*permission/i,
  },
])('$what is said in one line', async ({ path = '', address, set = [], secret, exit, says }) => {
  await using it = await shop();
  const server = `127.0.0.1:${it.fake.port}`;
  const source = address?.replace('SERVER', server) ?? `${it.address}${path}`;
  const words = [...set.flatMap((one) => ['--set', one]), source, 'duckdb:shop.duckdb'];
  const { exitCode, stderr } = await it.call(['copy', '-q', ...words], secret);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: exit });
  expect(stderr).not.toContain('fnSecret');
  const lines = stderr.trimEnd().replaceAll(server, 'SERVER').split('\n');
  expect(lines).toHaveLength(1);
  const line = lines[0]?.replace(/^fairlead: /, '');
  if (typeof says === 'string') expect(line).toBe(says);
  else expect(line).toMatch(says);
});

test('it is among the connectors, and tells its settings', async () => {
  await using it = await shop();
  expect((await it.call(['connectors'])).stdout).toMatch(
    /^source +fauna +@fairlead\/source-fauna /m,
  );
  const { stdout } = await it.call(['spec', 'source-fauna']);
  expect(JSON.parse(stdout)).toMatchObject({
    title: 'Fauna',
    properties: { secret: { secret: true } },
  });
});
