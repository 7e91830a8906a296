import fc from 'fast-check';
import { memoryDestination, tempFolder } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { aboutCrm, crm } from '../testing/crm.ts';
import { readDockerfile } from '../testing/read-dockerfile.ts';
import { dockerfile, dockerignore } from './dockerfile.ts';
import { imageOf } from './image.ts';

/** The last stage of an image that stands by itself. */
function lastStage(about = aboutCrm) {
  const stage = readDockerfile(dockerfile(imageOf(crm, about))).at(-1);
  if (stage === undefined) throw new Error('there is no stage');
  return stage;
}

describe('the Dockerfile', () => {
  test('of a package that is no part of a workspace is built from its own folder', () => {
    const [build, image] = readDockerfile(dockerfile(imageOf(crm, aboutCrm)));
    expect(build?.runs.at(-1)).toMatch(/deploy\/main\.js \. \/connector$/);
    expect(image).toMatchObject({
      from: expect.stringMatching(/^registry\.acme\.example\/data\/base:\d+\.\d+\.\d+$/),
      entrypoint: ['node', '/connector/bin/source-crm.js'],
      labels: { 'io.airbyte.name': 'registry.acme.example/data/source-crm' },
    });
  });

  test.each([
    ['node_modules/@acme/source-crm', 'node_modules/@acme/source-crm'],
    ['deep/node_modules/source-crm', 'node_modules/source-crm'],
    ['connectors/source-crm', 'connectors/source-crm'],
    ['.', '.'],
  ])('of a package at %s is built from the root of what it is in', async (place, expected) => {
    await using root = await tempFolder();
    if (place !== '.') await root.write('package.json', '{"workspaces":["connectors/*"]}');
    const { packagePath } = imageOf(crm, { ...aboutCrm, folder: root.join(place) });
    expect(packagePath).toBe(expected);
  });

  test.each([
    ['materialize-crm', 'destination-crm'],
    ['crm', 'crm'],
  ])('of a materialization %s is %s in Airbyte, and itself in Flow', (name, airbyteName) => {
    const about = { ...aboutCrm, name };
    const image = imageOf(memoryDestination({ commits: 'staged' }), about);
    expect(image).toMatchObject({
      flowName: `registry.acme.example/data/${name}`,
      airbyteName: `registry.acme.example/data/${airbyteName}`,
      labels: { FLOW_RUNTIME_PROTOCOL: 'materialize' },
    });
  });

  test('of a package without an executable cannot be', () => {
    const { bin: _bin, ...about } = aboutCrm;
    expect(() => imageOf(crm, about)).toThrow(
      expect.objectContaining({ kind: 'config', where: '@acme/source-crm' }),
    );
  });

  test('has labels as they are, whatever is in them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (description, license) => {
        const { labels } = lastStage({ ...aboutCrm, description, license });
        const title = (label: string) => labels[`org.opencontainers.image.${label}`];
        // A label is one line.
        expect(title('description')).toBe(description.replace(/\s+/g, ' '));
        expect(title('licenses')).toBe(license.replace(/\s+/g, ' '));
      }),
    );
  });

  test('is sent no secrets and nothing that is made anew', () => {
    const left = dockerignore.split('\n').filter((line) => line.startsWith('**/'));
    expect(left).toEqual(
      expect.arrayContaining(['**/secrets', '**/.env', '**/node_modules', '**/dist']),
    );
  });
});
