"""Starts the Fivetran connection of the function casa.

Written by `fairlead airflow` out of deploy.yaml: change it there.
The variable fivetran_casa_connector_id of Airflow has the id of the connection.
"""

import datetime

from airflow import DAG
from fivetran_provider_async.operators import FivetranOperator

with DAG(
    dag_id="fivetran_casa",
    schedule="0 3 * * *",
    start_date=datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
    catchup=False,
    max_active_runs=1,
    tags=["fairlead", "fivetran"],
) as dag:
    fivetran_casa_task = FivetranOperator(
        connector_id="{{ var.value.fivetran_casa_connector_id }}",
        task_id="fivetran_casa_task",
        deferrable=False,
        max_active_tis_per_dag=1,
    )
