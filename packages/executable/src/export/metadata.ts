import type { Materialization, Source } from '@fairlead/sdk';
import type { About } from '../about.ts';
import { imageOf } from './image.ts';
import { yamlText } from './yaml-text.ts';

/**
 * What Airbyte's registry keeps of a connector.
 * @throws {Failure} config, when the package has no executable.
 */
export function metadata(connector: Source | Materialization, about: About): string {
  const image = imageOf(connector, about);
  const isSource = 'pull' in connector;
  const airbyteName = image.airbyteName.slice(image.airbyteName.lastIndexOf('/') + 1);
  const { breakingChanges, memory } = about;
  const members = {
    metadataSpecVersion: '1.0',
    data: {
      name: connector.title,
      definitionId: about.definitionId,
      connectorType: isSource ? 'source' : 'destination',
      connectorSubtype: about.subtype,
      dockerRepository: image.airbyteName,
      dockerImageTag: image.tag,
      documentationUrl: about.documentationUrl,
      externalDocumentationUrls: [],
      githubIssueLabel: airbyteName,
      icon: about.icon,
      license: about.license,
      releaseStage: about.releaseStage,
      supportLevel: about.supportLevel,
      ab_internal: { ql: 100, sl: 100 },
      allowedHosts: { hosts: about.allowedHosts },
      ...(isSource ? { suggestedStreams: { streams: about.suggestedStreams } } : {}),
      connectorBuildOptions: { baseImage: image.base },
      remoteRegistries: { pypi: { enabled: false, packageName: `airbyte-${airbyteName}` } },
      registryOverrides: { oss: { enabled: true }, cloud: { enabled: false } },
      // A list without entries is not valid there.
      ...(Object.keys(breakingChanges).length === 0 ? {} : { releases: { breakingChanges } }),
      maxSecondsBetweenMessages: about.maxSecondsBetweenMessages,
      resourceRequirements: {
        jobSpecific: [
          {
            jobType: 'sync',
            resourceRequirements: { memory_request: memory, memory_limit: memory },
          },
        ],
      },
      tags: ['language:typescript', 'cdk:fairlead'],
      connectorTestSuitesOptions: [{ suite: 'unitTests' }, { suite: 'acceptanceTests' }],
    },
  };
  return yamlText(members, writtenBy);
}

/** The settings of Airbyte's acceptance tests, whose config the user keeps in `secrets`. */
export function acceptanceTests(connector: Source | Materialization, about: About): string {
  const { airbyteName } = imageOf(connector, about);
  const config = { config_path: 'secrets/config.json' };
  const reads = {
    discovery: { tests: [config] },
    basic_read: { tests: [config] },
    full_refresh: { tests: [config] },
    incremental: { tests: [config] },
  };
  const members = {
    connector_image: `${airbyteName}:dev`,
    test_strictness_level: 'low',
    acceptance_tests: {
      spec: { tests: [{ spec_path: 'airbyte-spec.json', ...config }] },
      connection: { tests: [{ ...config, status: 'succeed' }] },
      ...('pull' in connector ? reads : {}),
    },
  };
  return yamlText(members, writtenBy);
}

const writtenBy =
  'Written by `fairlead export airbyte`: change the connector or its package.json instead.';
