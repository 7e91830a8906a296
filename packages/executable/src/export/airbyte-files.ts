import type { Materialization, Source } from '@fairlead/sdk';
import type { About } from '../about.ts';
import type { ExportedFile } from '../exported-file.ts';
import { commonFiles } from './common-files.ts';
import { jsonText } from './json-text.ts';
import { acceptanceTests, metadata } from './metadata.ts';
import { airbyteSpec } from './spec-answers.ts';

/** The files of a connector for Airbyte. */
export async function airbyteFiles(
  connector: Source | Materialization,
  about: About,
): Promise<readonly ExportedFile[]> {
  return [
    ...(await commonFiles(connector, about)),
    { path: 'metadata.yaml', text: metadata(connector, about) },
    { path: 'acceptance-test-config.yml', text: acceptanceTests(connector, about) },
    { path: 'airbyte-spec.json', text: jsonText(await airbyteSpec(connector, about)) },
  ];
}
