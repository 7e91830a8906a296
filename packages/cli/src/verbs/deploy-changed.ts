import { relative, resolve } from 'node:path';
import { changedSince, type Deployment, fileAt, isAffected } from '@fairlead/deploy';
import { readVariables } from '../file/read-variables.ts';
import { type Invocation, tell } from '../invocation.ts';
import { connectorFolders, ownFolder } from './deploy-code.ts';
import { deploymentsIn, type OpenedDeployFile } from './deploy-file.ts';

/**
 * Those of some functions that differ from what they were at a commit: by their own code, code that
 * connectors share, or deploy.yaml. All of them, where that cannot be known.
 */
export async function changedDeployments(
  invocation: Invocation,
  { file, folder }: OpenedDeployFile,
  deployments: readonly Deployment[],
  ref: string,
): Promise<readonly Deployment[]> {
  const { environment, interruption } = invocation;
  const { variables } = environment;
  const options = { folder, variables, signal: interruption.now };
  const changes = await changedSince(ref, options);
  if (changes === undefined) {
    tell(invocation, `what was deployed at "${ref}" is not known, so nothing is left out`);
    return deployments;
  }
  const { base, files } = changes;
  const name = relative(folder, resolve(environment.folder, file));
  const text = await fileAt(base, name, options);
  const before = deploymentsIn(text ?? '', file, readVariables(folder, variables));
  const old = new Map((before ?? []).map((each) => [each.name, JSON.stringify(each)]));
  const others = connectorFolders(folder);
  return deployments.filter(
    (deployment) =>
      old.get(deployment.name) !== JSON.stringify(deployment) ||
      isAffected(ownFolder(folder, deployment.connector), others, files),
  );
}
