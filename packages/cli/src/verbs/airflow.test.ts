import { readFile } from 'node:fs/promises';
import { tempFolder, type TempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';

async function project(): Promise<TempFolder> {
  const folder = await tempFolder();
  await folder.write(
    'deploy.yaml',
    'casa: { connector: casa, environment: dev }\nlake: { connector: lake, environment: prod }\n',
  );
  return folder;
}

const call = (folder: TempFolder, ...words: readonly string[]) =>
  callCommand(['airflow', ...words], { folder: folder.path });

test('every function gets a DAG, and the variables are named', async () => {
  await using folder = await project();
  expect(await call(folder)).toEqual({
    exitCode: 0,
    stdout: 'dags/fivetran_casa.py\ndags/fivetran_lake.py\n',
    stderr:
      'fairlead: in Airflow, set to the ids of the connections: fivetran_casa_connector_id, fivetran_lake_connector_id\n',
  });
  expect(await readFile(folder.join('dags/fivetran_casa.py'), 'utf8')).toContain(
    'connector_id="{{ var.value.fivetran_casa_connector_id }}"',
  );
  expect(await call(folder, '--check')).toEqual({
    exitCode: 0,
    stdout: 'nothing to do: all files are as they are\n',
    stderr: '',
  });
  expect(await call(folder, '--check', '--sensor')).toMatchObject({ exitCode: 2 });
});

test('only some get one, with what is asked for, where it is asked for', async () => {
  await using folder = await project();
  const words = ['--env', 'prod', '--output', 'a/b', '--sensor', '--deferrable'];
  expect(await call(folder, ...words)).toMatchObject({ stdout: 'a/b/fivetran_lake.py\n' });
  const text = await readFile(folder.join('a/b/fivetran_lake.py'), 'utf8');
  expect(text).toContain('FivetranSensor(');
  expect(text.match(/deferrable=True/g)).toHaveLength(2);
});

test('metadata for bigquery-etl is printed', async () => {
  await using folder = await project();
  expect(await call(folder, 'casa', '--bigquery-etl')).toEqual({
    exitCode: 0,
    stdout: 'scheduling:\n  depends_on_fivetran:\n    - task_id: fivetran_casa\n',
    stderr: '',
  });
});

test('two functions cannot share a DAG', async () => {
  await using folder = await tempFolder();
  await folder.write('deploy.yaml', 'a-b: { connector: casa }\na_b: { connector: casa }\n');
  expect(await call(folder)).toMatchObject({
    exitCode: 2,
    stderr:
      'fairlead: deploy.yaml: "a-b" and "a_b" are the same name in Airflow, fivetran_a_b. Name one of them otherwise.\n',
  });
});
