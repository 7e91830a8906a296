import { describe, expect, test } from 'vitest';
import { Task } from '../testing/task.ts';
import {
  databaseOfFoo,
  deletions,
  expectSame,
  fill,
  foo,
  refuse,
  sizesAsked,
  type Asked,
} from './testing/database.ts';
import { readOnce } from './testing/reading.ts';

type Fault = readonly [status: number, what: Asked];

const faults: readonly Fault[] = [413, 440, 503].flatMap((status) =>
  (['snapshot', 'updates', 'removals', 'load', 'feed'] as const).map(
    (what) => [status, what] as const,
  ),
);

function taskOf(what: Asked, fake: Awaited<ReturnType<typeof databaseOfFoo>>, size: number): Task {
  const resource = what === 'snapshot' ? { collection: 'foo' } : foo;
  const version = what === 'load' || what === 'feed' ? '10' : '4';
  return new Task(fake, resource, { page_size: size, deletions }, version);
}

describe('pages that are too large (defects 19, 25)', () => {
  test.each(faults)('are asked for in smaller parts after a %i (%s)', async (status, what) => {
    await using fake = await databaseOfFoo();
    fill(fake, 20);
    refuse(fake, what, status, () => 3);
    const task = taskOf(what, fake, 16);
    await task.run();
    for (const id of [1, 3, 5, 7, 9, 11]) fake.store.delete('foo', id);
    for (const id of [2, 4, 6, 8, 10, 12]) fake.store.set('foo', id, { n: 'new' });
    await task.run();
    expectSame(task, fake);
    const sizes = new Set(sizesAsked(fake, what));
    expect(sizes).toContain(16);
    expect(Math.min(...sizes)).toBe(2);
  });

  test.each<[Asked]>([['snapshot'], ['updates'], ['load']])(
    'are asked for again after some smaller ones (%s)',
    async (what) => {
      await using fake = await databaseOfFoo();
      fill(fake, 300);
      let most = 8;
      refuse(fake, what, 413, () => most);
      const task = taskOf(what, fake, 16);
      await task.run((event) => {
        if (event.is === 'documents') most = 16;
        return false;
      });
      const sizes = sizesAsked(fake, what);
      expect(sizes.slice(0, 2)).toEqual([16, 8]);
      expect(sizes.at(-1)).toBe(16);
      expectSame(task, fake);
    },
  );

  test.each([413, 440])('fail when one document is too large, with %i', async (status) => {
    await using fake = await databaseOfFoo();
    fill(fake, 3);
    refuse(fake, 'updates', status, () => 0);
    const collection = { page_size: 64 };
    const { failure } = await readOnce({ port: fake.port, collection, bindings: [foo] });
    expect(failure?.where).toContain('collection foo');
    expect(failure?.hint).toContain('page_size');
    expect(sizesAsked(fake, 'updates')).toEqual([64, 32, 16, 8, 4, 2, 1]);
  });
});

describe.each(['4', '10'] as const)('in FQL v%s', (version) => {
  test.each([1, 2, 3, 7, 64])('pages of %i tell the same', async (size) => {
    await using fake = await databaseOfFoo();
    fake.store.transaction((transaction) => {
      for (let id = 1; id <= 7; id++) transaction.set('foo', id, { id });
    });
    const task = new Task(fake, foo, { page_size: size, deletions }, version);
    await task.run();
    expect(task.story.map((line) => line.replace(/@.*/, ''))).toEqual([
      'begins',
      ...[1, 2, 3, 4, 5, 6, 7].map((id) => `row ${id}`),
    ]);
    fake.store.transaction((transaction) => {
      for (const id of [1, 2, 3]) transaction.delete('foo', id);
      for (const id of [4, 5, 6]) transaction.set('foo', id, { n: 'new' });
    });
    await task.run();
    expect(task.story.slice(8).map((line) => line.replace(/@.*/, ''))).toEqual([
      'delete 1',
      'delete 2',
      'delete 3',
      'row 4',
      'row 5',
      'row 6',
    ]);
    await task.run();
    expect(task.story).toHaveLength(14);
    expectSame(task, fake);
  });
});

test.each<[string, '4' | '10', { collection: string; index?: string }]>([
  ['as a whole', '4', { collection: 'foo' }],
  ['by an index', '4', foo],
  ['in FQL v10', '10', { collection: 'foo' }],
])('10,000 documents come in ten pages %s', async (_, apiVersion, resource) => {
  await using fake = await databaseOfFoo();
  const { firstId } = fake.store.synthesise({
    collection: 'foo',
    count: 10_000,
    perTransaction: 700,
  });
  const { rows, states } = await readOnce({
    port: fake.port,
    apiVersion,
    collection: { page_size: 1000 },
    bindings: [resource],
  });
  const refs = rows.map((row) => (row as { readonly ref: string }).ref);
  expect(refs).toEqual(
    Array.from({ length: 10_000 }, (__, place) => String(firstId + BigInt(place))),
  );
  const pages = [...sizesAsked(fake, 'snapshot'), ...sizesAsked(fake, 'updates')];
  expect(apiVersion === '4' ? pages : sizesAsked(fake, 'load')).toEqual(
    Array.from({ length: 10 }, () => 1000),
  );
  expect(states.length).toBeGreaterThanOrEqual(10);
});
