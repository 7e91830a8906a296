import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { pathToFileURL } from 'node:url';
import { aboutConnector } from './about.ts';

/** What is told of a package with this manifest. */
async function aboutManifest(manifest: object) {
  await using folder = await tempFolder();
  await folder.write('package.json', JSON.stringify(manifest));
  const { folder: path, ...about } = await aboutConnector(folder.path);
  expect(path).toBe(folder.path);
  return about;
}

test('what a manifest does not say has a default', async () => {
  expect(await aboutManifest({ name: '@fairlead/source-file', version: '1.2.3' })).toEqual({
    packageName: '@fairlead/source-file',
    name: 'source-file',
    version: '1.2.3',
    description: '',
    license: 'UNLICENSED',
    documentationUrl: 'https://github.com/fairlead/fairlead#readme',
    // As other programs make version 5 of a UUID from `pkg:npm/%40fairlead/source-file`.
    definitionId: 'bdd6d4aa-326e-5b35-8bfc-e59e5bbac73f',
    registry: 'ghcr.io/fairlead',
    icon: 'icon.svg',
    releaseStage: 'alpha',
    supportLevel: 'community',
    subtype: 'custom',
    allowedHosts: [],
    suggestedStreams: [],
    memory: '1Gi',
    maxSecondsBetweenMessages: 86_400,
    breakingChanges: {},
  });
});

test('what a manifest says counts', async () => {
  const fairlead = {
    schemes: ['crm'],
    documentationUrl: 'https://acme.example/crm',
    definitionId: '0a1b2c3d-0000-4000-8000-000000000000',
    registry: 'registry.acme.example/data',
    icon: 'art/crm.svg',
    example: 'crm://acme',
    releaseStage: 'beta',
    supportLevel: 'certified',
    subtype: 'api',
    allowedHosts: ['*.acme.example'],
    suggestedStreams: ['issues'],
    memory: '2Gi',
    maxSecondsBetweenMessages: 600,
    breakingChanges: { '2.0.0': { message: 'Reset it.', upgradeDeadline: '2027-01-31' } },
  };
  const { schemes: _schemes, ...told } = fairlead;
  const manifest = { name: 'source-crm', version: '2.0.0', description: 'Issues.', license: 'MIT' };
  expect(await aboutManifest({ ...manifest, fairlead })).toMatchObject({ ...manifest, ...told });
});

test.each([
  ['a path', './bin/crm.js', 'bin/crm.js'],
  [
    'several, of which one has the name of the package',
    { 'source-crm': './a.js', b: 'b.js' },
    'a.js',
  ],
  ['several others', { b: './b.js' }, undefined],
])('an executable is %s', async (_what, bin, expected) => {
  const about = await aboutManifest({ name: '@acme/source-crm', version: '1.0.0', bin });
  expect(about.bin).toBe(expected);
});

test.each([
  [{ version: '1.0.0' }, /^name: /],
  [{ name: '@acme/', version: '1.0.0' }, /^name: write the name of a package$/],
  [{ name: 'source-crm' }, /^version: /],
  [{ name: 'a', version: '1', fairlead: { definitionId: 'x' } }, /^fairlead\.definitionId: /],
  [
    { name: 'a', version: '1', fairlead: { documentationUrl: 'x' } },
    /^fairlead\.documentationUrl: /,
  ],
  [{ name: 'a', version: '1', fairlead: { releaseStage: 'x' } }, /^fairlead\.releaseStage: /],
])('the manifest %j is refused', async (manifest, message) => {
  await expect(aboutManifest(manifest)).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringMatching(message),
    where: expect.stringMatching(/package\.json$/),
  });
});

test('a folder may be a URL', async () => {
  await using folder = await tempFolder();
  await folder.write('package.json', '{"name":"source-crm","version":"1.0.0"}');
  const about = await aboutConnector(pathToFileURL(`${folder.path}/`));
  expect(about).toMatchObject({ name: 'source-crm', folder: folder.path });
});

test.each([
  [undefined, 'the package has no manifest'],
  ['{', 'the manifest is no JSON'],
])('the text %j is no manifest', async (text, message) => {
  await using folder = await tempFolder();
  if (text !== undefined) await folder.write('package.json', text);
  await expect(aboutConnector(folder.path)).rejects.toMatchObject({ kind: 'config', message });
});
