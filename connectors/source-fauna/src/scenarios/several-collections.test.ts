import { frozenClock, startFakeFauna, type FakeFauna, type Role } from '@fairlead/fake-fauna';
import { describe, expect, test } from 'vitest';
import { readOnce, type Members } from './testing/reading.ts';

const names = ['foo', 'bar', 'zip'];
const rights = { indexes: ['*'], listings: ['collections', 'indexes'] };

/** Three collections of one document each, that of `bar` with the id 2. */
async function database(role: Role = 'admin'): Promise<FakeFauna> {
  const fake = await startFakeFauna({
    clock: frozenClock(),
    secrets: { theirs: role },
    settings: { defaultHistoryDays: 30 },
  });
  for (const [place, name] of names.entries()) {
    fake.store.createCollection(name);
    fake.store.createIndex(`${name}_ts`, { source: name, values: ['ts', 'ref'] });
    fake.store.set(name, place + 1, {});
  }
  return fake;
}

type Way = 'whole' | 'followed' | 'v10';
const ways: readonly Way[] = ['whole', 'followed', 'v10'];

async function read(fake: FakeFauna, way: Way, state: Members = {}, secret = 'theirs') {
  return await readOnce({
    port: fake.port,
    secret,
    apiVersion: way === 'v10' ? '10' : '4',
    collection: { deletions: { deletion_mode: 'deleted_field' } },
    bindings: names.map((collection) => ({
      collection,
      ...(way === 'followed' ? { index: `${collection}_ts` } : {}),
    })),
    state,
  });
}

/** A story without times. */
function words(story: readonly string[]): string[] {
  return story.map((line) => line.replace(/@.*/, ''));
}

interface Case {
  readonly ways?: readonly Way[];
  readonly role?: Role;
  readonly spoil?: (fake: FakeFauna) => void;
  readonly kind: string;
  readonly says: RegExp;
}

describe('of several collections one fails by itself, and the others go on', () => {
  const cases: readonly (readonly [string, Case])[] = [
    [
      'that is gone',
      {
        spoil: ({ store }) => void store.deleteCollection('bar'),
        kind: 'config',
        says: /undefined collection 'bar'|No such user collection|Collection 'bar'/,
      },
    ],
    [
      'whose documents may not be read, which looks as if there were none (defect 24)',
      {
        role: { ...rights, read: ['foo', 'zip'] },
        kind: 'access',
        says: /permission/i,
      },
    ],
    [
      'whose index is gone',
      {
        ways: ['followed'],
        spoil: ({ store }) => void store.deleteIndex('bar_ts'),
        kind: 'config',
        says: /undefined index 'bar_ts'/,
      },
    ],
    [
      'whose index is not active',
      {
        ways: ['followed'],
        spoil: ({ store }) => void store.configure('indexes', 'bar_ts', { active: false }),
        kind: 'transient',
        says: /Index 'bar_ts' is not active/,
      },
    ],
    [
      'whose index may not be read',
      {
        ways: ['followed'],
        role: { ...rights, read: ['*'], indexes: ['foo_ts', 'zip_ts'] },
        kind: 'access',
        says: /permission denied/,
      },
    ],
  ];
  test.each(
    cases.flatMap(([what, one]) => (one.ways ?? ways).map((way) => [what, way, one] as const)),
  )('one %s (%s)', async (_, way, { role, spoil, kind, says }) => {
    await using fake = await database(role);
    spoil?.(fake);
    const { failed, failure, story, state } = await read(fake, way);
    expect(failure).toBeUndefined();
    expect(failed.map(({ collection }) => collection)).toEqual(['bar']);
    expect(failed[0]?.failure).toMatchObject({
      kind,
      message: expect.stringMatching(says),
      where: expect.stringMatching(/^collection bar$|^http:/),
    });
    expect(words(story).filter((line) => !line.endsWith(' bar'))).toEqual([
      'begins foo',
      'row foo 1',
      'ends foo',
      'begins zip',
      'row zip 3',
      'ends zip',
    ]);
    expect(story).not.toContain('begins bar');
    expect(Object.keys(state)).toEqual(['foo', 'zip']);
  });

  test.each(ways)('and it goes on when it may be read again (%s)', async (way) => {
    await using fake = await database();
    const first = await read(fake, way);
    fake.secrets.set('theirs', { ...rights, read: ['foo', 'zip'] });
    const second = await read(fake, way, first.state);
    expect(second.state['bar']).toEqual(first.state['bar']);
    fake.secrets.set('theirs', 'admin');
    fake.store.set('bar', 7, {});
    const third = await read(fake, way, second.state);
    expect(third.failed).toEqual([]);
    expect(words(third.story)).toContain('row bar 7');
  });
});

test.each(ways)('a collection called index that is gone is told of as such (%s)', async (way) => {
  await using fake = await database();
  const { failure } = await readOnce({
    port: fake.port,
    apiVersion: way === 'v10' ? '10' : '4',
    bindings: [{ collection: 'index', ...(way === 'followed' ? { index: 'foo_ts' } : {}) }],
  });
  expect(failure).toMatchObject({
    kind: 'config',
    message: "Collection 'index' does not exist",
    where: `http://127.0.0.1:${fake.port}`,
  });
});

test.each(ways)('a secret that is wrong ends it all (%s)', async (way) => {
  await using fake = await database();
  const { failed, failure, story } = await read(fake, way, {}, 'wrong');
  expect(failure).toMatchObject({ kind: 'access', message: 'Unauthorized' });
  expect(failed).toEqual([]);
  expect(story).toEqual([]);
});

test.each(ways)('a role that may list nothing reads what it may read (%s)', async (way) => {
  await using fake = await database({ read: ['*'], indexes: ['*'] });
  const { failed, failure, story } = await read(fake, way);
  expect({ failed, failure }).toEqual({ failed: [], failure: undefined });
  expect(words(story).filter((line) => line.startsWith('row'))).toEqual([
    'row foo 1',
    'row bar 2',
    'row zip 3',
  ]);
});
