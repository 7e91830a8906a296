import { Failure } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { openedFirestore } from '../testing/opened-firestore.ts';
import { discoverStreams } from './discover-streams.ts';

type Opened = Awaited<ReturnType<typeof openedFirestore>>;

/** The paths of the streams that are discovered. */
async function pathsOf({ firestore, config, scope }: Opened): Promise<string[]> {
  const streams = await discoverStreams(firestore, config, scope);
  return streams.map(({ resource }) => (resource as { readonly path: string }).path);
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

test('a stream has a name, a key, a schema and what a binding needs', async () => {
  await using opened = await openedFirestore({ extra_collections: ['orgs/acme/users'] });
  opened.write('users/ada', 'users/ada/messages/1');
  const { firestore, config, scope } = opened;
  const streams = await discoverStreams(firestore, config, scope);
  expect(streams).toMatchObject([
    { name: 'orgs_acme_users', resource: { path: 'orgs/acme/users', backfillMode: 'async' } },
    { name: 'users', resource: { path: 'users', backfillMode: 'async' } },
    { name: 'users_messages', resource: { path: 'users/*/messages', backfillMode: 'async' } },
  ]);
  for (const stream of streams) {
    expect(stream).toMatchObject({ key: ['/_meta/path'], cursor: '/_meta/mtime' });
    expect(stream.schema).toMatchObject({ required: ['_meta'] });
  }
});

describe('collections are found', () => {
  test.each([
    { where: 'nowhere', documents: [], paths: [] },
    { where: 'at the root', documents: ['users/a', 'orders/1'], paths: ['orders', 'users'] },
    {
      where: 'below some documents',
      documents: ['users/a', 'users/b', 'users/b/notes/1', 'users/c', 'users/d/tags/x'],
      paths: ['users', 'users/*/notes', 'users/*/tags'],
    },
    {
      where: 'several below one document',
      documents: ['users/a/x/1', 'users/a/y/1', 'users/a/z/1', 'users/b/w/1'],
      paths: ['users', 'users/*/w', 'users/*/x', 'users/*/y', 'users/*/z'],
    },
    {
      where: 'at many levels below documents that are missing',
      documents: ['a/1/b/2/c/3/d/4'],
      paths: ['a', 'a/*/b', 'a/*/b/*/c', 'a/*/b/*/c/*/d'],
    },
    {
      where: 'below documents with odd ids',
      documents: ['users/__id5__/n/1', 'users/🙂/s/1', 'users/a b/t/1', 'users/Zoë'],
      paths: ['users', 'users/*/n', 'users/*/s', 'users/*/t'],
    },
    {
      where: 'with ids that begin alike',
      documents: ['a/1', 'a!/1/x/1', 'ab/1', 'ab/1/y/1', 'a/1 /z/1'],
      paths: ['a', 'a!', 'a!/*/x', 'a/*/z', 'ab', 'ab/*/y'],
    },
  ])('$where', async ({ documents, paths }) => {
    await using opened = await openedFirestore();
    opened.write(...documents);
    expect((await pathsOf(opened)).toSorted()).toEqual(paths);
  });

  test('below a document far behind others', async () => {
    await using opened = await openedFirestore();
    opened.write(...numbers(45).map((i) => `users/u${100 + i}`), 'users/u144/rare/1');
    expect(await pathsOf(opened)).toEqual(['users', 'users/*/rare']);
  });

  test('below documents that are spread over a large collection', async () => {
    await using opened = await openedFirestore();
    const { store } = opened.fake;
    const users = store.synthesise({ collection: 'users', count: 10_000 });
    // The first ones have nothing below them, and of the others one in eight.
    for (let i = 2000; i < users.count; i += 8) opened.write(`${users.path(i)}/orders/1`);
    expect(await pathsOf(opened)).toContain('users/*/orders');
    expect(opened.fake.counters.total.reads).toBeLessThan(200);
  });

  test('beside one that has very many documents', async () => {
    await using opened = await openedFirestore();
    const { store } = opened.fake;
    store.synthesise({ collection: 'users', count: 1000 });
    store.synthesise({ collection: 'users/*/events', count: 1000 });
    opened.write('zoo/1/cages/1/animals/1');
    const paths = await pathsOf(opened);
    expect(paths).toEqual([
      'users',
      'users/*/events',
      'zoo',
      'zoo/*/cages',
      'zoo/*/cages/*/animals',
    ]);
  });

  test('by a server that searches names in one collection only', async () => {
    await using opened = await openedFirestore();
    opened.write('users/a', 'users/b/notes/1', 'users/c', 'users/c/tags/1/x/2');
    const { firestore } = opened;
    // oxlint-disable-next-line require-yield -- it finds none
    const names: typeof firestore.names = async function* () {
      throw new Failure('config', 'a query names a collection');
    };
    expect(await pathsOf({ ...opened, firestore: { ...firestore, names } })).toEqual([
      'users',
      'users/*/notes',
      'users/*/tags',
      'users/*/tags/*/x',
    ]);
  });

  test('by the official emulator', async () => {
    await using opened = await openedFirestore({}, { settings: { style: 'emulator' } });
    opened.write('users/a', 'users/b/notes/1');
    expect(await pathsOf(opened)).toEqual(['users', 'users/*/notes']);
  });
});

describe('what discovery reads', () => {
  test.each([1, 2, 10, 50, 300])('is no more than %i', async (discoveryReads) => {
    await using opened = await openedFirestore({ discoveryReads });
    const { store, counters } = opened.fake;
    for (const id of ['a', 'b', 'c', 'd', 'e']) store.synthesise({ collection: id, count: 5000 });
    store.synthesise({ collection: 'c/*/inner', count: 10 });
    const paths = await pathsOf(opened);
    expect(paths).toEqual(expect.arrayContaining(['a', 'b', 'c', 'd', 'e']));
    // The root has to be looked at in any case.
    expect(counters.total.reads).toBeLessThanOrEqual(Math.max(2, discoveryReads));
    expect(counters.total.reads).toBe(opened.firestore.reads.used);
  });

  test('is the same every time', async () => {
    const runs: unknown[] = [];
    for (let run = 0; run < 2; run++) {
      await using opened = await openedFirestore({ discoveryReads: 150 });
      const { store, counters } = opened.fake;
      for (const id of ['a', 'b', 'c']) store.synthesise({ collection: id, count: 500 });
      store.synthesise({ collection: 'b/*/inner', count: 3 });
      opened.write('c/x/rare/1');
      const paths = await pathsOf(opened);
      runs.push({ paths, reads: counters.total.reads, lines: opened.lines });
    }
    expect(runs[0]).toEqual(runs[1]);
  });

  test('is one name for each document with nothing below it', async () => {
    await using opened = await openedFirestore();
    opened.fake.store.synthesise({ collection: 'users', count: 20 });
    await pathsOf(opened);
    // Two look at the root.
    expect(opened.fake.counters.total.reads).toBeLessThanOrEqual(20 + 2);
  });

  test('is little more where a collection turns out to be small', async () => {
    await using opened = await openedFirestore();
    opened.fake.store.synthesise({ collection: 'users', count: 40 });
    await pathsOf(opened);
    expect(opened.lines).toMatchObject([{ fields: { searchedWholly: 1, searchedInPart: 0 } }]);
    expect(opened.fake.counters.total.reads).toBeLessThan(100);
  });

  test('is never much of what is below documents', async () => {
    await using opened = await openedFirestore();
    const { store, counters } = opened.fake;
    store.synthesise({ collection: 'users', count: 45 });
    store.synthesise({ collection: 'users/*/events', count: 5000 });
    await pathsOf(opened);
    expect(opened.lines).toMatchObject([
      { fields: { collections: 2, searchedWholly: 1, searchedInPart: 1 } },
      { fields: { collection: 'users/*/events' } },
    ]);
    expect(counters.total.reads).toBeLessThan(3 * 45 + 3 * 50);
  });

  test('are never fields', async () => {
    await using opened = await openedFirestore();
    opened.fake.store.synthesise({ collection: 'users', count: 40, bytes: 10_000 });
    await pathsOf(opened);
    expect(opened.fake.counters.total.bytes).toBeLessThan(20_000);
  });

  test('is shared fairly by collections', async () => {
    await using opened = await openedFirestore({ discoveryReads: 60 });
    for (const id of ['a', 'b', 'c', 'd']) {
      opened.fake.store.synthesise({ collection: id, count: 5000 });
    }
    opened.write('d/00000000000000000000/rare/1');
    expect(await pathsOf(opened)).toContain('d/*/rare');
  });
});

test('the log tells what was read, and what was not looked at', async () => {
  await using opened = await openedFirestore();
  opened.fake.store.synthesise({ collection: 'orders', count: 5000 });
  opened.write('users/ada');
  await pathsOf(opened);
  expect(opened.lines).toEqual([
    {
      level: 'info',
      message: 'collections discovered',
      fields: {
        collections: 2,
        reads: opened.fake.counters.total.reads,
        searchedWholly: 1,
        searchedInPart: 1,
      },
    },
    {
      level: 'info',
      message: 'only some documents were asked for collections below them',
      fields: { collection: 'orders', documents: expect.any(Number) as number },
    },
  ]);
  expect(opened.lines[1]?.fields['documents']).toBeGreaterThanOrEqual(50);
});

test('the log tells that more reads would find more', async () => {
  await using opened = await openedFirestore({ discoveryReads: 5 });
  opened.fake.store.synthesise({ collection: 'orders', count: 5000 });
  await pathsOf(opened);
  expect(opened.lines.at(-1)).toMatchObject({
    message: expect.stringContaining('advanced.discoveryReads') as string,
    fields: { discoveryReads: 5 },
  });
});

test('extra collections are all there is when discovery is skipped, for no reads', async () => {
  const extra = ['b/*/c', 'a', 'a'];
  await using opened = await openedFirestore({ extra_collections: extra, skip_discovery: true });
  opened.write('users/ada');
  expect(await pathsOf(opened)).toEqual(['a', 'b/*/c']);
  expect(opened.fake.counters.total.calls).toBe(0);
});

test('a collection whose id stands for any is left out, and named', async () => {
  await using opened = await openedFirestore();
  opened.write('*/1', 'users/1');
  expect(await pathsOf(opened)).toEqual(['users']);
  expect(opened.lines).toContainEqual(
    expect.objectContaining({ fields: { collection: '*' } }) as unknown,
  );
});

test('a failure that passes is not seen', async () => {
  await using opened = await openedFirestore();
  opened.write('users/a/notes/1');
  opened.fake.faults.push('RunQuery', { end: { code: 14 } }, { end: { code: 13 } });
  opened.fake.faults.push('ListCollectionIds', { end: { code: 14 } });
  expect(await pathsOf(opened)).toEqual(['users', 'users/*/notes']);
});

test('a failure that does not pass says in which collection', async () => {
  await using opened = await openedFirestore();
  opened.write('users/a/notes/1');
  opened.fake.faults.push('RunQuery', {}, { end: { code: 3, message: 'no' } });
  const failure = { kind: 'config', where: expect.stringMatching(/^collection users: /) as string };
  await expect(pathsOf(opened)).rejects.toMatchObject(failure);
});

test('an abort ends it', async () => {
  await using opened = await openedFirestore();
  opened.write('users/a');
  const reason = new Error('enough');
  const scope = { ...opened.scope, signal: AbortSignal.abort(reason) };
  await expect(pathsOf({ ...opened, scope })).rejects.toBe(reason);
});
