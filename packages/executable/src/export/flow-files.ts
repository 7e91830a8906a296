import type { Materialization, Source } from '@fairlead/sdk';
import type { About } from '../about.ts';
import type { ExportedFile } from '../exported-file.ts';
import { commonFiles } from './common-files.ts';
import { flowCatalog } from './flow-catalog.ts';
import { jsonText } from './json-text.ts';
import { flowSpec } from './spec-answers.ts';

/** The files of a connector for Estuary Flow. */
export async function flowFiles(
  connector: Source | Materialization,
  about: About,
): Promise<readonly ExportedFile[]> {
  return [
    ...(await commonFiles(connector, about)),
    { path: 'flow.yaml', text: flowCatalog(connector, about) },
    { path: 'flow-spec.json', text: jsonText(await flowSpec(connector, about)) },
  ];
}
