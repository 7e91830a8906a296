import type { Materialization, Source } from '@fairlead/sdk';
import type { About } from './about.ts';
import type { ExportedFile } from './exported-file.ts';

/**
 * The files that Estuary Flow and its users need: Dockerfile, documentation, logo, an example of a
 * catalog, and what the connector answers to `spec`. Paths are relative to the package.
 * @throws {Failure} config, when the package has no executable.
 */
export async function exportFlow(
  connector: Source | Materialization,
  about: About,
): Promise<readonly ExportedFile[]> {
  // Loaded late, as a connector that runs needs none of it.
  const { flowFiles } = await import('./export/flow-files.ts');
  return await flowFiles(connector, about);
}

/**
 * The files that Airbyte and its users need: Dockerfile, documentation, logo, `metadata.yaml`,
 * settings of the acceptance tests, and what the connector answers to `spec`. Paths are relative to
 * the package.
 * @throws {Failure} config, when the package has no executable.
 */
export async function exportAirbyte(
  connector: Source | Materialization,
  about: About,
): Promise<readonly ExportedFile[]> {
  const { airbyteFiles } = await import('./export/airbyte-files.ts');
  return await airbyteFiles(connector, about);
}
