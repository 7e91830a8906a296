import { mkdir, symlink } from 'node:fs/promises';
import { realpathSync } from 'node:fs';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { findConnectors } from './find-connectors.ts';

const connector = (about: object = {}) =>
  JSON.stringify({ version: '1.0.0', keywords: ['x', 'fairlead-connector'], ...about });

test('connectors are found here, above, and beside the command, nearest first', async () => {
  await using folder = await tempFolder();
  await folder.write('node_modules/source-crm/package.json', connector({ version: '1.0.0' }));
  await folder.write('node_modules/@acme/materialize-lake/package.json', connector());
  await folder.write('deep/node_modules/source-crm/package.json', connector({ version: '2.0.0' }));
  await folder.write('deep/node_modules/@zed/source-file/package.json', connector());
  await folder.write(
    'deep/node_modules/@fairlead/source-file/package.json',
    connector({ version: '9.0.0', description: 'Mine.', fairlead: { schemes: ['file', 7] } }),
  );
  await mkdir(folder.join('deep/er'));
  const found = findConnectors(folder.join('deep/er'));
  expect(found.slice(0, 4)).toEqual([
    {
      name: '@fairlead/source-file',
      kind: 'source',
      shortName: 'file',
      version: '9.0.0',
      description: 'Mine.',
      folder: realpathSync(folder.join('deep/node_modules/@fairlead/source-file')),
      schemes: ['file'],
    },
    expect.objectContaining({ name: 'source-crm', version: '2.0.0', schemes: undefined }),
    expect.objectContaining({ name: '@zed/source-file', shortName: 'file' }),
    expect.objectContaining({ name: '@acme/materialize-lake', kind: 'destination' }),
  ]);
  expect(found.slice(4).map(({ name }) => name)).toContain('@fairlead/materialize-duckdb');
});

test.each([
  ['a package without the keyword', 'source-map', '{"keywords":["sourcemap"]}'],
  ['a package of another name', 'crm-source', connector()],
  ['a manifest that is no JSON', 'source-broken', '{'],
  ['a manifest that is no object', 'source-list', '[]'],
  ['a package without a manifest', 'source-empty', undefined],
])('%s is none', async (_what, name, manifest) => {
  await using folder = await tempFolder();
  await mkdir(folder.join('node_modules', name), { recursive: true });
  if (manifest !== undefined) await folder.write(`node_modules/${name}/package.json`, manifest);
  expect(findConnectors(folder.path).map((found) => found.name)).not.toContain(name);
});

test('links are followed', async () => {
  await using folder = await tempFolder();
  await folder.write('mine/package.json', connector());
  await mkdir(folder.join('node_modules'));
  await symlink(folder.join('mine'), folder.join('node_modules/source-mine'));
  expect(findConnectors(folder.path)[0]).toMatchObject({
    name: 'source-mine',
    folder: realpathSync(folder.join('mine')),
  });
});

test('executables of Airbyte come last, as a source and as a destination', () => {
  const found = findConnectors('/').slice(-2);
  expect(found).toMatchObject([
    { kind: 'source', shortName: 'airbyte' },
    { kind: 'destination', shortName: 'airbyte' },
  ]);
});
