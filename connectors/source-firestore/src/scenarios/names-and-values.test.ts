import { startFakeFirestore } from '@fairlead/fake-firestore';
import { describe, expect, test } from 'vitest';
import { expectSame } from '../testing/harness/compare.ts';
import { Task } from '../testing/harness/task.ts';
import { numbered, referenceTo, setAll } from '../testing/harness/writes.ts';

/** Ids whose order is not that of JavaScript's texts, or that look like something else. */
const oddIds = [
  '__id7__',
  '__id-7__',
  '__id-9223372036854775808__',
  '__id9223372036854775807__',
  '__id10__',
  '__id07__',
  'z',
  'Z',
  'é',
  '\uffee',
  '😀',
  '😀😀',
  '𐀀',
  ' ',
  '%2F',
  '*',
  'a*',
  '"',
  '\\',
  "it's",
  '.a',
  'documents',
  'a\u0000b',
  'ä'.repeat(700),
];

describe('ids of every kind', () => {
  test.each([1, 2, 5])('are read in parts of %i, listened to and resumed', async (cut) => {
    await using fake = await startFakeFirestore({
      settings: { queryCut: { afterDocuments: cut } },
    });
    setAll(
      fake.store,
      oddIds.flatMap((id) => [`users/${id}`, `users/${id}/messages/${id}`]),
    );
    await using task = new Task(fake, ['users', 'users/*/messages']);
    const life = task.live();
    await life.until(() => life.rows('users').length > 0, 'some documents were durable');
    await life.kill();
    await task.catchUp();
    expectSame(task);

    const next = task.live();
    await next.present();
    for (const id of oddIds) {
      fake.store.set(`users/${id}`, { changed: true });
      fake.store.delete(`users/${id}/messages/${id}`);
    }
    await task.settled(next);
    await next.stop();
  });

  test('are found to be gone when the server has forgotten them', async () => {
    await using fake = await startFakeFirestore({
      settings: { listen: { forgetDeletes: 'all' } },
    });
    const paths = oddIds.map((id) => `users/${id}`);
    setAll(fake.store, paths);
    await using task = new Task(fake, ['users']);
    await task.catchUp();
    for (const path of paths.filter((_, index) => index % 2 === 0)) fake.store.delete(path);
    const life = await task.catchUp();
    expectSame(task);
    expect(life.rows('users')).toHaveLength(paths.length / 2);
  });

  test('split a catch-up', async () => {
    await using fake = await startFakeFirestore();
    const paths = oddIds.map((id) => `users/${id}`);
    setAll(fake.store, paths);
    await using task = new Task(fake, ['users']);
    await task.catchUp();
    setAll(fake.store, paths, () => ({ n: 'changed' }));
    fake.settings.listen.catchUpLimit = 2;
    const life = await task.catchUp();
    expectSame(task);
    expect(life.rows('users')).toHaveLength(paths.length);
  });
});

test('documents below missing ones are read and listened to', async () => {
  await using fake = await startFakeFirestore();
  setAll(fake.store, numbered('ghosts/a/children/', 3));
  fake.store.set('ghosts/b', {});
  fake.store.set('ghosts/b/children/1', {});
  fake.store.delete('ghosts/b');
  await using task = new Task(fake, ['ghosts', 'ghosts/*/children']);
  await task.catchUp();
  expectSame(task);
  expect(task.destination.table('ghosts').size).toBe(0);
  expect(task.destination.table('ghosts/*/children').size).toBe(4);
  fake.store.set('ghosts/c/children/1', {});
  await task.catchUp();
  expectSame(task);
});

test('documents of a mebibyte go through', async () => {
  await using fake = await startFakeFirestore();
  const large = 'x'.repeat(1_040_000);
  for (const path of numbered('files/', 12)) fake.store.set(path, { large });
  await using task = new Task(fake, ['files']);
  const life = task.live();
  await life.present();
  for (const path of numbered('files/', 5)) fake.store.set(path, { large: `y${large.slice(1)}` });
  await task.settled(life);
  await life.stop();
  expectSame(task);
});

test('values of every type arrive alike from a scan and from the stream', async () => {
  await using fake = await startFakeFirestore();
  const fields = {
    nothing: null,
    yes: true,
    no: false,
    integer: 9007199254740993n,
    least: -(2n ** 63n),
    half: 0.5,
    minusZero: -0,
    notANumber: NaN,
    infinite: Infinity,
    minusInfinite: -Infinity,
    time: new Date('1815-12-10T12:34:56.789Z'),
    bytes: Uint8Array.of(0, 255, 1),
    text: 'a"\\\u2028<&>😀',
    reference: referenceTo(fake.store, 'users/ada'),
    list: [1, { a: null }],
    map: { 'odd.key': { ' ': 1, '`': [] } },
    _meta: { mine: true },
  };
  fake.store.set('values/scan', fields);
  await using task = new Task(fake, ['values']);
  const life = task.live();
  await life.present();
  fake.store.set('values/stream', fields);
  await life.until(() => life.rows('values').length === 2, 'both had come');
  await life.stop();
  const bodies = life.rows('values').map(({ line }) => line.replace(/^\{"_meta":\{[^}]*\}/, ''));
  expect(bodies[1]).toBe(bodies[0]);
  expect(bodies[0]).toBe(
    `,${[
      '"nothing":null',
      '"yes":true',
      '"no":false',
      '"integer":9007199254740993',
      '"least":-9223372036854775808',
      '"half":0.5',
      '"minusZero":-0',
      '"notANumber":"NaN"',
      '"infinite":"Infinity"',
      '"minusInfinite":"-Infinity"',
      '"time":"1815-12-10T12:34:56.789Z"',
      '"bytes":"AP8B"',
      '"text":"a\\"\\\\\u2028<&>😀"',
      '"reference":"projects/demo/databases/(default)/documents/users/ada"',
      '"list":[1,{"a":null}]',
      '"map":{"odd.key":{" ":1,"`":[]}}',
      '"_meta_":{"mine":true}',
    ].join(',')}}`,
  );
});

test('the metadata of a document are alike from a scan and from the stream', async () => {
  await using fake = await startFakeFirestore();
  fake.store.set('users/scan', {});
  await using task = new Task(fake, ['users']);
  const life = task.live();
  await life.present();
  fake.store.set('users/stream', {});
  await task.settled(life);
  fake.store.delete('users/stream');
  await task.settled(life);
  await life.stop();
  const metas = life
    .rows('users')
    .map(({ line }) => (JSON.parse(line) as { _meta: Record<string, unknown> })._meta);
  expect(metas.map((meta) => Object.keys(meta))).toEqual([
    ['path', 'ctime', 'mtime', 'snapshot'],
    ['path', 'ctime', 'mtime'],
    ['path', 'mtime', 'delete'],
  ]);
});

describe('only some fields', () => {
  test('are read, and asked for', async () => {
    await using fake = await startFakeFirestore();
    const large = 'x'.repeat(10_000);
    setAll(fake.store, numbered('users/', 50), (n) => ({ n, name: `name ${n}`, large }));
    const fields = ['n', 'name'];
    await using task = new Task(fake, [{ path: 'users', fields }]);
    const life = await task.catchUp();
    expect(life.rows('users').map((row) => Object.keys(row.fields).toSorted())).toEqual(
      Array.from({ length: 50 }, () => fields),
    );
    expect(fake.counters.of('RunQuery').bytes).toBeLessThan(50 * 1_000);
  });

  test('come from the stream, too', async () => {
    await using fake = await startFakeFirestore();
    await using task = new Task(fake, [{ path: 'users', fields: ['n', 'a.b', '`odd.name`'] }]);
    const life = task.live();
    await life.present();
    fake.store.set('users/1', { n: 1, a: { b: 2, c: 3 }, 'odd.name': 4, other: 5 });
    await life.until(() => life.rows('users').length === 1, 'it had come');
    await life.stop();
    expect(life.rows('users')[0]?.fields).toEqual({ n: 1, a: { b: 2 }, 'odd.name': 4 });
  });

  test('are of one binding, and not of another of the same collection', async () => {
    await using fake = await startFakeFirestore();
    setAll(fake.store, ['users/1'], () => ({ a: 1, b: 2 }));
    await using task = new Task(fake, [
      { path: 'users', stateKey: 'some', fields: ['a'] },
      { path: 'users', stateKey: 'all' },
    ]);
    await task.catchUp();
    expect(task.destination.table('some').rows.get('users/1')?.fields).toEqual({ a: 1 });
    expect(task.destination.table('all').rows.get('users/1')?.fields).toEqual({ a: 1, b: 2 });
  });
});
