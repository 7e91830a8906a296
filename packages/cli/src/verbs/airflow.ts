import { resolve } from 'node:path';
import {
  bigqueryEtlText,
  dagFile,
  type DagOptions,
  dagText,
  type Deployment,
  taskIdOf,
} from '@fairlead/deploy';
import { Failure } from '@fairlead/sdk';
import { type Invocation, tell, writeJson } from '../invocation.ts';
import { chooseDeployments } from './deploy-choice.ts';
import { openDeployFile } from './deploy-file.ts';
import { writeWanted } from './deploy-written.ts';

export interface AirflowOptions extends DagOptions {
  readonly file?: string;
  /** The folder of DAGs; `dags` unless given. */
  readonly output?: string;
  readonly env?: string;
  /** Prints metadata for bigquery-etl, which writes DAGs itself. */
  readonly bigqueryEtl?: boolean;
  readonly check?: boolean;
}

/** `fairlead airflow [NAME…]`: DAGs that start the connections of functions; of all, unless named. */
export async function airflow(
  invocation: Invocation,
  names: readonly string[],
  options: AirflowOptions,
): Promise<void> {
  const opened = openDeployFile(invocation, options.file);
  const { env } = options;
  const deployments = chooseDeployments(opened, names, {
    all: names.length === 0,
    ...(env === undefined ? {} : { env }),
  });
  assertApart(opened.file, deployments);
  if (options.bigqueryEtl === true) {
    const { output } = invocation;
    if (invocation.options.json !== true) await output.write(bigqueryEtlText(deployments));
    else
      await writeJson(
        output,
        deployments.map((each) => ({ task_id: taskIdOf(each) })),
      );
    return;
  }
  const folder = resolve(invocation.environment.folder, options.output ?? 'dags');
  const files = deployments.map((deployment) => ({
    path: resolve(folder, dagFile(deployment)),
    text: dagText(deployment, options),
  }));
  const { check = false } = options;
  await writeWanted(invocation, files, { check, command: 'fairlead airflow' });
  if (check) return;
  const variables = deployments.map((each) => `${taskIdOf(each)}_connector_id`).join(', ');
  tell(invocation, `in Airflow, set to the ids of the connections: ${variables}`);
}

function assertApart(file: string, deployments: readonly Deployment[]): void {
  const names = new Map<string, string>();
  for (const deployment of deployments) {
    const taskId = taskIdOf(deployment);
    const other = names.get(taskId);
    if (other !== undefined) {
      const both = `"${other}" and "${deployment.name}"`;
      throw new Failure('config', `${both} are the same name in Airflow, ${taskId}`, {
        where: file,
        hint: 'Name one of them otherwise.',
      });
    }
    names.set(taskId, deployment.name);
  }
}
