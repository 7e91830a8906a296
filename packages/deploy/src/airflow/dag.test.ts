import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expectGolden } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { deploymentFrom } from '../testing/deployment.ts';
import { bigqueryEtlText, dagFile, dagText } from './dag.ts';

const casa = deploymentFrom({ casa: { connector: 'casa', schedule: '0 3 * * *' } });

const run = promisify(execFile);
const hasPython = await run('python3', ['--version']).then(
  () => true,
  () => false,
);
if (!hasPython) process.stderr.write('DAGs are not parsed: there is no python3\n');

const hasAirflow = await run('python3', ['-c', 'import airflow, fivetran_provider_async']).then(
  () => true,
  () => false,
);
if (!hasAirflow) {
  process.stderr.write(
    'DAGs are not loaded: python3 has no airflow with the provider of Fivetran\n',
  );
}

/** What Python finds in a DAG: the words of each call, without running anything. */
async function callsIn(text: string): Promise<Readonly<Record<string, Record<string, unknown>>>> {
  const program = `import ast, json, sys
found = {}
for node in ast.walk(ast.parse(sys.argv[1])):
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        found[node.func.id] = {
            word.arg: word.value.value for word in node.keywords if isinstance(word.value, ast.Constant)
        }
print(json.dumps(found))`;
  const { stdout } = await run('python3', ['-c', program, text]);
  return JSON.parse(stdout) as Record<string, Record<string, unknown>>;
}

describe('a DAG', () => {
  test('is written as people would', () => {
    expect(dagFile(casa)).toBe('fivetran_casa.py');
    expectGolden(new URL('goldens/plain.py', import.meta.url), dagText(casa));
    const options = { sensor: true, deferrable: true };
    expectGolden(new URL('goldens/sensor.py', import.meta.url), dagText(casa, options));
  });

  test.runIf(hasPython)('is Python, with the variable that has the connection', async () => {
    expect(await callsIn(dagText(casa))).toEqual({
      DAG: {
        dag_id: 'fivetran_casa',
        schedule: '0 3 * * *',
        catchup: false,
        max_active_runs: 1,
      },
      FivetranOperator: {
        connector_id: '{{ var.value.fivetran_casa_connector_id }}',
        task_id: 'fivetran_casa_task',
        deferrable: false,
        max_active_tis_per_dag: 1,
      },
    });
    const waiting = await callsIn(dagText(casa, { sensor: true, deferrable: true }));
    expect(waiting).toMatchObject({
      FivetranOperator: { deferrable: true },
      FivetranSensor: {
        connector_id: '{{ var.value.fivetran_casa_connector_id }}',
        deferrable: true,
      },
    });
  });

  test.runIf(hasPython)('is Python, whatever a function is called', async () => {
    const odd = deploymentFrom({ 'Big-CRM_2': { connector: 'crm', schedule: '"\\\n\u2028' } });
    expect(await callsIn(dagText(odd, { sensor: true }))).toMatchObject({
      DAG: { dag_id: 'fivetran_big_crm_2', schedule: '"\\\n\u2028' },
    });
  });

  test.runIf(hasAirflow)('is taken by Airflow', async () => {
    const program = `import sys; exec(sys.argv[1]); print(sorted(dag.task_ids))`;
    const { stdout } = await run('python3', ['-c', program, dagText(casa, { sensor: true })]);
    expect(stdout).toContain("['fivetran_casa_sensor', 'fivetran_casa_task']");
  });
});

test('the metadata of bigquery-etl names the tasks', () => {
  const lake = deploymentFrom({ 'big-lake': { connector: 'lake' } });
  expect(parse(bigqueryEtlText([casa, lake]))).toEqual({
    scheduling: {
      depends_on_fivetran: [{ task_id: 'fivetran_casa' }, { task_id: 'fivetran_big_lake' }],
    },
  });
});
