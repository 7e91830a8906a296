import type { CiConnector, CiProject } from '../ci/ci-project.ts';
import { DeployFile } from '../deploy-file/deploy-file.ts';
import { deploymentsOf } from '../deploy-file/deployments.ts';

/** A project with these folders below `connectors`, and the functions of a deploy.yaml. */
export function projectOf(
  functions: object,
  folders: readonly (string | (Partial<CiConnector> & { readonly name: string }))[],
): CiProject {
  const connectors = folders.map((folder): CiConnector => {
    const given = typeof folder === 'string' ? { name: folder } : folder;
    return {
      folder: `connectors/${given.name}`,
      isCalled: (name) => name === given.name,
      isPackage: true,
      hasLock: false,
      ...given,
    };
  });
  const { deployments } = deploymentsOf(DeployFile.parse(functions));
  return { deployments, connectors, hasLock: true };
}
