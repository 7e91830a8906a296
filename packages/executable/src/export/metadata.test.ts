import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { connectors, textOf } from '../testing/connectors.ts';
import { aboutCrm, crm } from '../testing/crm.ts';
import { acceptanceTests, metadata } from './metadata.ts';

/** What a value must be to be taken by Airbyte's registry, by the path of the member. */
const required = {
  metadataSpecVersion: /^1\.0$/,
  'data.name': /./,
  'data.definitionId': /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  'data.connectorType': /^(source|destination)$/,
  'data.connectorSubtype': /^(api|database|file|message_queue|custom|datalake|vectorstore)$/,
  'data.dockerRepository': /^[\w.-]+(\/[\w.-]+)*\/(source|destination)-[\w-]+$/,
  'data.dockerImageTag': /^\d+\.\d+\.\d+$/,
  'data.documentationUrl': /^https:/,
  'data.externalDocumentationUrls': /^$/,
  'data.githubIssueLabel': /^(source|destination)-/,
  'data.icon': /\.svg$/,
  'data.license': /./,
  'data.releaseStage': /^(alpha|beta|generally_available|custom)$/,
  'data.supportLevel': /^(community|certified|archived)$/,
  'data.ab_internal.ql': /^\d+$/,
  'data.ab_internal.sl': /^\d+$/,
  'data.allowedHosts.hosts': /^/,
  'data.connectorBuildOptions.baseImage': /^.+\/base:\d+\.\d+\.\d+$/,
  'data.remoteRegistries.pypi.enabled': /^false$/,
  'data.remoteRegistries.pypi.packageName': /^airbyte-/,
  'data.registryOverrides.oss.enabled': /^true$/,
  'data.registryOverrides.cloud.enabled': /^false$/,
  'data.maxSecondsBetweenMessages': /^\d+$/,
  'data.resourceRequirements.jobSpecific.0.jobType': /^sync$/,
  'data.resourceRequirements.jobSpecific.0.resourceRequirements.memory_limit': /^\d+[MG]i$/,
  'data.tags.0': /^language:/,
  'data.tags.1': /^cdk:/,
  'data.connectorTestSuitesOptions.0.suite': /^unitTests$/,
};

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, name) =>
        typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined,
      value,
    );
}

describe.each(connectors)('the metadata of $name', ({ name, isSource }) => {
  const found: unknown = parse(textOf(name, 'metadata.yaml'));

  test.each(Object.entries(required))('has %s', (path, form) => {
    expect(at(found, path)).toBeDefined();
    expect(String(at(found, path))).toMatch(form);
  });

  test('names it as its image and its kind do', () => {
    const airbyteName = name.replace('materialize-', 'destination-');
    const { version } = JSON.parse(textOf(name, 'package.json'));
    expect(at(found, 'data')).toMatchObject({
      connectorType: isSource ? 'source' : 'destination',
      dockerRepository: `ghcr.io/fairlead/${airbyteName}`,
      dockerImageTag: version,
      githubIssueLabel: airbyteName,
    });
    const image = at(parse(textOf(name, 'acceptance-test-config.yml')), 'connector_image');
    expect(image).toBe(`ghcr.io/fairlead/${airbyteName}:dev`);
    expect(textOf(name, String(at(found, 'data.icon')))).toMatch(/^<svg /);
  });
});

test('the ids of connectors differ', () => {
  const ids = connectors.map(({ name }) =>
    at(parse(textOf(name, 'metadata.yaml')), 'data.definitionId'),
  );
  expect(new Set(ids).size).toBe(connectors.length);
});

test('a manifest decides what is published', () => {
  const found: unknown = parse(metadata(crm, aboutCrm));
  expect(at(found, 'data')).toMatchObject({
    definitionId: aboutCrm.definitionId,
    dockerRepository: 'registry.acme.example/data/source-crm',
    allowedHosts: { hosts: ['${config.url}'] },
    suggestedStreams: { streams: ['issues'] },
    releases: { breakingChanges: aboutCrm.breakingChanges },
    releaseStage: 'beta',
  });
});

test('without breaking changes there are no releases, as an empty list is not valid', () => {
  const found: unknown = parse(metadata(crm, { ...aboutCrm, breakingChanges: {} }));
  expect(at(found, 'data.releases')).toBeUndefined();
});

test('the acceptance tests read from a source', () => {
  const tests = at(parse(acceptanceTests(crm, aboutCrm)), 'acceptance_tests');
  const config = { config_path: 'secrets/config.json' };
  expect(tests).toEqual({
    spec: { tests: [{ spec_path: 'airbyte-spec.json', ...config }] },
    connection: { tests: [{ ...config, status: 'succeed' }] },
    discovery: { tests: [config] },
    basic_read: { tests: [config] },
    full_refresh: { tests: [config] },
    incremental: { tests: [config] },
  });
});
