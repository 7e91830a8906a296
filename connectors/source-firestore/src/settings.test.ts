import { parseSettings, Secret, settingsSchema } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { FirestoreConfig, FirestoreResource, parseDatabase } from './settings.ts';

describe('the settings', () => {
  test('need nothing: the credentials of the machine name the project', () => {
    expect(FirestoreConfig.parse({})).toEqual({
      advanced: {
        extra_collections: [],
        skip_discovery: false,
        discoveryReads: 1000,
        scanParallelism: 8,
        whenHistoryIsLost: 'reload',
      },
    });
  });

  test.each([
    ['a text', '{"type":"service_account"}'],
    ['an object', { type: 'service_account' }],
  ])('take the key as %s', (_how, googleCredentials) => {
    const { googleCredentials: key } = FirestoreConfig.parse({ googleCredentials });
    expect(key).toBeInstanceOf(Secret);
    expect(key?.reveal()).toBe('{"type":"service_account"}');
  });

  test('refuse an empty key, which may be a variable that is not set', () => {
    expect(FirestoreConfig.safeParse({ googleCredentials: '' }).success).toBe(false);
  });

  test('take an empty database for none', () => {
    expect(FirestoreConfig.parse({ database: '' }).database).toBeUndefined();
  });

  test.each([
    ['24h', 86_400_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['90s', 90_000],
    ['1m5ms', 60_005],
    ['2d', 172_800_000],
  ])('read %s as Go does', (text, ms) => {
    const { advanced } = FirestoreConfig.parse({
      advanced: { minBackfillInterval: text },
    });
    expect(advanced).toMatchObject({ minBackfillInterval: ms });
    expect(FirestoreResource.parse({ path: 'a', minBackfillInterval: text })).toMatchObject({
      minBackfillInterval: ms,
    });
  });

  test.each<[object, string]>([
    [{ database: 'p' }, 'database: write projects/PROJECT/databases/DATABASE, or projects/PROJECT'],
    [{ database: 'projects/p/databases/d/documents' }, 'leave out /documents'],
    [{ database: 'projects/p/databases/dé' }, 'database: write projects/'],
    [
      { advanced: { extra_collections: ['users/ada'] } },
      'advanced.extra_collections[0]: write coll',
    ],
    [{ advanced: { minBackfillInterval: '24' } }, 'advanced.minBackfillInterval: write numbers'],
    [{ advanced: { minBackfillInterval: '1h 30m' } }, 'write numbers and units'],
    [{ advanced: { emulatorHost: 'localhost' } }, 'advanced.emulatorHost: write host:port'],
    [{ advanced: { endpoint: 'https://example.com' } }, 'without https://'],
    [{ advanced: { maxReads: 0 } }, 'advanced.maxReads'],
    [{ advanced: { scanParallelism: 65 } }, 'advanced.scanParallelism'],
    [{ advanced: { whenHistoryIsLost: 'forget' } }, 'advanced.whenHistoryIsLost'],
    [{ advanced: { snapshotTime: 'yesterday' } }, 'advanced.snapshotTime: write now, or a time'],
  ])('refuse %j', (settings, message) => {
    expect(() => parseSettings(FirestoreConfig, settings)).toThrow(message);
  });

  test('take what else is written well', () => {
    const advanced = {
      extra_collections: ['users/*/messages', 'orgs/acme/users'],
      skip_discovery: true,
      emulatorHost: '[::1]:8080',
      endpoint: 'eur3-firestore.googleapis.com',
      maxReads: 1,
      snapshotTime: '2026-01-31T12:00:00.5+01:00',
      whenHistoryIsLost: 'update',
    };
    expect(FirestoreConfig.parse({ advanced }).advanced).toMatchObject(advanced);
  });
});

describe('a form', () => {
  const schema = settingsSchema(FirestoreConfig);

  test('has the names of the settings that others know', () => {
    expect(schema).toMatchObject({
      properties: {
        googleCredentials: { type: 'string', secret: true, multiline: true, title: 'Credentials' },
        database: { type: 'string', title: 'Database' },
        advanced: {
          advanced: true,
          properties: {
            extra_collections: { type: 'array', items: { type: 'string' } },
            skip_discovery: { type: 'boolean', default: false },
            minBackfillInterval: { type: 'string' },
          },
        },
      },
    });
    expect(schema).not.toHaveProperty('required');
  });

  test.each([schema, settingsSchema(FirestoreResource)])(
    'tells of each setting what it is',
    (form) => {
      const check = (properties: Record<string, Record<string, unknown>>) => {
        for (const [name, property] of Object.entries(properties)) {
          expect(property['title'], name).toMatch(/^[A-Z]/);
          expect(property['description'], name).toMatch(/\byour?\b.*\.$/s);
          if (property['properties']) check(property['properties'] as typeof properties);
        }
      };
      check(form['properties'] as Record<string, Record<string, unknown>>);
    },
  );

  test('of a binding wants a path only', () => {
    expect(settingsSchema(FirestoreResource)).toMatchObject({
      required: ['path'],
      properties: {
        path: { type: 'string' },
        backfillMode: { enum: ['async', 'none', 'sync'], default: 'async' },
        initTimestamp: { type: 'string', format: 'date-time' },
        fields: { type: 'array', items: { type: 'string' } },
      },
    });
  });
});

describe('a binding', () => {
  test('is a path', () => {
    expect(FirestoreResource.parse({ path: 'users/*/messages' })).toEqual({
      path: 'users/*/messages',
      backfillMode: 'async',
    });
  });

  test('has all fields when it names none', () => {
    expect(FirestoreResource.parse({ path: 'a', fields: [] }).fields).toBeUndefined();
    expect(FirestoreResource.parse({ path: 'a', fields: ['b.c'] }).fields).toEqual(['b.c']);
  });

  test.each<[object, string]>([
    [{}, 'path'],
    [{ path: '' }, 'path: write collections and documents by turns'],
    [{ path: 'users/ada' }, 'path: write collections and documents by turns'],
    [{ path: '/users' }, 'path: write collections and documents by turns'],
    [{ path: 'a', backfillMode: 'later' }, 'backfillMode'],
    [{ path: 'a', initTimestamp: '2026-02-30T00:00:00Z' }, 'initTimestamp: write a time'],
    [{ path: 'a', restartCursorPath: 'updatedAt' }, 'restartCursorPath: write a JSON pointer'],
    [{ path: 'a', restartCursorPath: '/a~2' }, 'restartCursorPath: write a JSON pointer'],
    [{ path: 'a', fields: [''] }, 'fields[0]'],
  ])('%j is none', (resource, message) => {
    expect(() => parseSettings(FirestoreResource, resource)).toThrow(message);
  });
});

describe('a database', () => {
  test.each([
    ['projects/p/databases/d', 'p', 'd'],
    ['projects/p/databases/(default)', 'p', '(default)'],
    ['projects/example.com:shop', 'example.com:shop', '(default)'],
  ])('is named by %s', (text, projectId, databaseId) => {
    const name = `projects/${projectId}/databases/${databaseId}`;
    expect(parseDatabase(text)).toEqual({ projectId, databaseId, name });
  });

  test.each([
    '',
    'p',
    'projects/',
    'projects//databases/d',
    'projects/p/databases',
    'projects/p/databases/',
    'projects/p/d',
    'projects/p/databases/d/',
    'projects/p/databases/d/documents/users',
    'projects/p q',
    'projects/p\n',
  ])('is not named by %j', (text) => {
    expect(() => parseDatabase(text)).toThrow(
      expect.objectContaining({
        kind: 'config',
        where: 'database',
        message: expect.stringMatching(/^write projects\/PROJECT\/databases\/DATABASE/),
      }),
    );
  });
});
