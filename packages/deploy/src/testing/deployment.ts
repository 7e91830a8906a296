import type { Deployment } from '../deploy-file/deployment.ts';
import { DeployFile } from '../deploy-file/deploy-file.ts';
import { deploymentsOf } from '../deploy-file/deployments.ts';

/** The first function that a deploy.yaml with these members describes. Fails on any problem. */
export function deploymentFrom(file: object): Deployment {
  const { deployments, problems } = deploymentsOf(DeployFile.parse(file));
  const [first] = deployments;
  if (first === undefined || problems.length > 0) throw new Error(JSON.stringify(problems));
  return first;
}
