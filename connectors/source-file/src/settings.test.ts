import { settingsSchema } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { FileConfig } from './settings.ts';

test('a path is all that is needed', () => {
  expect(FileConfig.parse({ paths: 'a.csv' })).toEqual({
    paths: 'a.csv',
    format: { type: 'auto' },
    compression: 'auto',
    metadata: '_meta',
    interval: 300_000,
    onRemoved: 'keep',
    streams: [],
    followSymlinks: false,
  });
});

test.each([
  [{}, 'name at least one file, folder or pattern'],
  [{ paths: [] }, 'name at least one file, folder or pattern'],
  [{ paths: '' }, 'name at least one file, folder or pattern'],
  [
    {
      streams: [
        { name: 'a', paths: 'x' },
        { name: 'a', paths: 'y' },
      ],
    },
    'two streams have the same name',
  ],
  [
    { paths: 'a', metadata: false, onRemoved: 'delete' },
    'documents can only be deleted by their key: set metadata to a name',
  ],
])('refuses %j', (settings, message) => {
  const parsed = FileConfig.safeParse(settings);
  expect(parsed.error?.issues.map((issue) => issue.message)).toContain(message);
});

test('streams alone are enough', () => {
  expect(FileConfig.safeParse({ streams: [{ name: 'a', paths: 'x' }] }).success).toBe(true);
});

test('the form has every setting, the ways to choose a format, and no secret', () => {
  const schema = settingsSchema(FileConfig);
  expect(Object.keys(schema['properties'] ?? {})).toEqual([
    'paths',
    'root',
    'format',
    'compression',
    'metadata',
    'interval',
    'onRemoved',
    'streams',
    'followSymlinks',
  ]);
  expect(JSON.stringify(schema)).toContain('"discriminator":{"propertyName":"type"}');
  expect(JSON.stringify(schema)).not.toContain('"secret"');
});
