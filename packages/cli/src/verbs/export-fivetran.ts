import { fileURLToPath } from 'node:url';
import { fivetranProgram, programName, type BundleFile } from '@fairlead/deploy';
import { connectorSdkFiles, destinationConnector } from '@fairlead/host-fivetran';
import { Failure } from '@fairlead/sdk';
import { airbytePackage, type InstalledConnector } from '../connectors/find-connectors.ts';
import { loadMaterialization, loadSource } from '../connectors/load-connector.ts';
import { ownConditions } from '../own-conditions.ts';

/** The files of `fairlead export fivetran`: a program, and a project of the Connector SDK if wanted. */
export async function exportFivetran(
  installed: InstalledConnector,
  hasProject: boolean,
): Promise<readonly BundleFile[]> {
  const { name: packageName, kind, version, folder } = installed;
  if (packageName === airbytePackage) {
    throw new Failure('config', 'an executable of Airbyte is no program for Fivetran', {
      where: packageName,
      hint: 'Run it in a pipeline: an end of it can be any executable of Airbyte.',
    });
  }
  if (hasProject && kind === 'destination') {
    throw new Failure('config', "Fivetran's Connector SDK has no destinations", {
      where: '--connector-sdk',
      hint: 'Leave the option out.',
    });
  }
  const options = {
    hostFolder: fileURLToPath(new URL('.', import.meta.url)),
    conditions: ownConditions(),
  };
  const about = { packageName, kind, version, folder };
  if (kind === 'destination') {
    const materialization = await loadMaterialization(installed);
    // Refuses one that cannot be a destination of Fivetran, before the program would.
    destinationConnector(materialization);
    return await fivetranProgram({ ...about, title: materialization.title }, options);
  }
  const source = await loadSource(installed);
  return await fivetranProgram(
    { ...about, title: source.title },
    {
      ...options,
      ...(hasProject ? { connectorSdk: connectorSdkFiles(source, { program: programName }) } : {}),
    },
  );
}
