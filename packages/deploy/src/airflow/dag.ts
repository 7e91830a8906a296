import type { Deployment } from '../deploy-file/deployment.ts';

/** How a DAG waits for a connection. */
export interface DagOptions {
  /** With a task that waits for data of the connection, whoever has started it. */
  readonly sensor?: boolean;
  /** Waits in Airflow's triggerer, and not in a worker. */
  readonly deferrable?: boolean;
}

/** What a function is called in Airflow: small letters, digits and underscores. */
export function taskIdOf({ name }: Deployment): string {
  return `fivetran_${name.toLowerCase().replaceAll(/\W/g, '_')}`;
}

/** The file of a DAG, below the folder of DAGs. */
export function dagFile(deployment: Deployment): string {
  return `${taskIdOf(deployment)}.py`;
}

/**
 * A DAG that starts the connection of a function, and is done when its sync is. The id of the
 * connection is a variable of Airflow, so that it differs from one Airflow to another.
 * See the package airflow-provider-fivetran-async.
 */
export function dagText(deployment: Deployment, options: DagOptions = {}): string {
  const { name, schedule = '@daily' } = deployment;
  const { sensor = false, deferrable = false } = options;
  const taskId = taskIdOf(deployment);
  const connection = python(`{{ var.value.${taskId}_connector_id }}`);
  const waits = deferrable ? 'True' : 'False';
  return `"""Starts the Fivetran connection of the function ${name}.

Written by \`fairlead airflow\` out of deploy.yaml: change it there.
The variable ${taskId}_connector_id of Airflow has the id of the connection.
"""

import datetime

from airflow import DAG
from fivetran_provider_async.operators import FivetranOperator
${sensor ? 'from fivetran_provider_async.sensors import FivetranSensor\n' : ''}
with DAG(
    dag_id=${python(taskId)},
    schedule=${python(schedule)},
    start_date=datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
    catchup=False,
    max_active_runs=1,
    tags=["fairlead", "fivetran"],
) as dag:
    ${taskId}_task = FivetranOperator(
        connector_id=${connection},
        task_id=${python(`${taskId}_task`)},
        deferrable=${waits},
        max_active_tis_per_dag=1,
    )
${sensor ? sensorText(taskId, connection, waits) : ''}`;
}

function sensorText(taskId: string, connection: string, waits: string): string {
  return `
    ${taskId}_sensor = FivetranSensor(
        connector_id=${connection},
        task_id=${python(`${taskId}_sensor`)},
        completed_after_time="{{ data_interval_end }}",
        deferrable=${waits},
    )

    ${taskId}_task >> ${taskId}_sensor
`;
}

/** The lines by which a query of bigquery-etl waits for these connections, for its `metadata.yaml`. */
export function bigqueryEtlText(deployments: readonly Deployment[]): string {
  const tasks = deployments.map((deployment) => `    - task_id: ${taskIdOf(deployment)}\n`);
  return `scheduling:\n  depends_on_fivetran:\n${tasks.join('')}`;
}

/** A text in Python, which takes the same escapes as JSON does. */
function python(text: string): string {
  return JSON.stringify(text);
}
