import { expect, test } from 'vitest';
import { resolveDatabase } from './resolve-database.ts';

test.each([
  ['projects/p/databases/d', 'k', { GOOGLE_CLOUD_PROJECT: 'e' }, 'projects/p/databases/d'],
  ['projects/p', 'k', {}, 'projects/p/databases/(default)'],
  [undefined, 'k', { GOOGLE_CLOUD_PROJECT: 'e' }, 'projects/k/databases/(default)'],
  [undefined, '', { GOOGLE_CLOUD_PROJECT: 'e' }, 'projects/e/databases/(default)'],
  [
    undefined,
    undefined,
    { GOOGLE_CLOUD_PROJECT: 'e', GCLOUD_PROJECT: 'f' },
    'projects/e/databases/(default)',
  ],
  [
    undefined,
    undefined,
    { GOOGLE_CLOUD_PROJECT: '', GCLOUD_PROJECT: 'f' },
    'projects/f/databases/(default)',
  ],
])('of %j, the project %j and %j comes %s', (database, projectId, env, name) => {
  expect(resolveDatabase({ database, projectId, env }).name).toBe(name);
});

test('without any project the setting is named', () => {
  expect(() => resolveDatabase({ database: undefined, projectId: undefined, env: {} })).toThrow(
    expect.objectContaining({
      kind: 'config',
      where: 'database',
      hint: expect.stringMatching(/projects\/PROJECT/),
    }),
  );
});
