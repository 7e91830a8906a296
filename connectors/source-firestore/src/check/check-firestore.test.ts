import { describe, expect, test } from 'vitest';
import { openedFirestore } from '../testing/opened-firestore.ts';
import { checkFirestore } from './check-firestore.ts';

type Opened = Awaited<ReturnType<typeof openedFirestore>>;

async function check({ firestore, config, scope }: Opened, ...paths: readonly string[]) {
  const resources = paths.map((path) => ({ path }));
  await checkFirestore(firestore, config, resources, scope);
}

test('a database that can be read costs hardly anything to check', async () => {
  await using opened = await openedFirestore({ extra_collections: ['users', 'users/*/messages'] });
  opened.write('users/ada', 'users/bob', 'users/ada/messages/1');
  await check(opened, 'users', 'orgs/acme/users');
  // One for the collections, one for the clock, and one for each path.
  expect(opened.fake.counters.total.reads).toBeLessThanOrEqual(5);
  expect(opened.lines).toEqual([
    {
      level: 'info',
      message: 'the database can be read',
      fields: {
        locationId: 'eur3',
        edition: 'standard',
        pointInTimeRecovery: false,
        versionRetentionSeconds: 3600,
      },
    },
  ]);
});

test('the log tells of point-in-time recovery', async () => {
  await using opened = await openedFirestore({}, { pointInTimeRecovery: true });
  await check(opened);
  expect(opened.lines).toMatchObject([
    { fields: { pointInTimeRecovery: true, versionRetentionSeconds: 604_800 } },
  ]);
});

describe('a database is refused', () => {
  test.each([
    { that: 'is in Datastore mode', settings: { mode: 'datastore' }, says: /Datastore mode/ },
    {
      that: 'tells of no changes',
      settings: { edition: 'enterprise', realtimeUpdates: false },
      says: /real-time updates disabled/,
    },
    {
      that: 'is closed to the Firestore API',
      settings: { edition: 'enterprise', dataAccess: false },
      says: /does not let the Firestore API/,
    },
  ] as const)('that $that', async ({ settings, says }) => {
    await using opened = await openedFirestore({}, { settings });
    await expect(check(opened)).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringMatching(says) as string,
      where: 'projects/demo/databases/(default)',
      hint: expect.any(String) as string,
    });
    expect(opened.fake.counters.total.reads).toBe(0);
  });
});

test('a database need not be described to be checked', async () => {
  await using opened = await openedFirestore();
  opened.fake.faults.always('GetDatabase', { end: { code: 7, message: 'not you' } });
  await check(opened);
  opened.fake.settings.mode = 'datastore';
  await expect(check(opened)).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringContaining('Datastore mode') as string,
  });
});

test('a role that is missing is named', async () => {
  await using opened = await openedFirestore();
  opened.fake.faults.always('*', { end: { code: 7, message: 'Missing permissions.' } });
  await expect(check(opened)).rejects.toMatchObject({
    kind: 'access',
    hint: expect.stringContaining('roles/datastore.viewer') as string,
  });
});

test('a path that cannot be queried is named', async () => {
  await using opened = await openedFirestore({ extra_collections: ['users'] });
  opened.fake.faults.always('RunQuery', { end: { code: 3, message: 'no' } });
  await expect(check(opened)).rejects.toMatchObject({
    kind: 'config',
    where: expect.stringMatching(/^collection users: /) as string,
  });
});

describe('a clock', () => {
  test.each([
    { offsetMs: -45_000, fields: undefined },
    { offsetMs: 45_000, fields: undefined },
    { offsetMs: -3_600_000, fields: { behindSeconds: 3600 } },
    { offsetMs: 3_600_000, fields: { aheadSeconds: 3600 } },
  ])('that is off by $offsetMs ms is warned of as $fields', async ({ offsetMs, fields }) => {
    await using opened = await openedFirestore();
    const { firestore, config, scope, lines } = opened;
    const now = () => opened.fake.clock.now() / 1000 + offsetMs;
    await checkFirestore(firestore, config, [], { ...scope, now });
    const warnings = lines.filter(({ message }) => message.includes('clock'));
    if (fields === undefined) expect(warnings).toEqual([]);
    else {
      const [name = '', seconds] = Object.entries(fields)[0] ?? [];
      expect(warnings).toHaveLength(1);
      expect(warnings[0]?.fields[name]).toBeGreaterThan((seconds ?? 0) - 60);
      expect(warnings[0]?.fields[name]).toBeLessThan((seconds ?? 0) + 60);
    }
  });
});
