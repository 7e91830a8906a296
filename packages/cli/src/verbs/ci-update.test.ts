import { readFile } from 'node:fs/promises';
import { tempFolder, type TempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { callCommand } from '../testing/call-command.ts';

async function project(): Promise<TempFolder> {
  const folder = await tempFolder();
  await folder.write('deploy.yaml', 'casa: { connector: casa, environment: dev }\n');
  await folder.write('connectors/casa/package.json', '{}');
  return folder;
}

const call = (folder: TempFolder, ...words: readonly string[]) =>
  callCommand(['ci', 'update', ...words], { folder: folder.path });

test('workflows of both are written, and then are as they should be', async () => {
  await using folder = await project();
  expect(await call(folder)).toEqual({
    exitCode: 0,
    stdout: '.circleci/config.yml\n.github/workflows/connectors.yml\n',
    stderr: '',
  });
  expect(await call(folder)).toMatchObject({
    stdout: 'nothing to do: all files are as they are\n',
  });
  expect(await call(folder, '--check')).toMatchObject({ exitCode: 0 });
  const { jobs } = parse(await readFile(folder.join('.circleci/config.yml'), 'utf8'));
  expect(Object.keys(jobs)).toEqual(['build-job-casa', 'deploy-casa']);
});

test('a check fails when something is stale, and writes nothing', async () => {
  await using folder = await project();
  await call(folder);
  const before = await readFile(folder.join('.circleci/config.yml'), 'utf8');
  await folder.write('deploy.yaml', 'lake: { connector: casa }\n');
  expect(await call(folder, '--check')).toEqual({
    exitCode: 2,
    stdout: '',
    stderr:
      'fairlead: .circleci/config.yml, .github/workflows/connectors.yml: the files are stale. Run: fairlead ci update.\n',
  });
  expect(await readFile(folder.join('.circleci/config.yml'), 'utf8')).toBe(before);
  expect(await call(folder, '--provider', 'github', '--json')).toMatchObject({
    stdout: '{"written":[".github/workflows/connectors.yml"],"unchanged":[]}\n',
  });
});

test('only what is there is brought up to date, and a dry run prints it', async () => {
  await using folder = await project();
  await folder.write('.circleci/config.yml', 'version: 2.1\n');
  const { stdout } = await call(folder, '--dry-run');
  expect(stdout).toMatch(/^# \.circleci\/config\.yml\n/);
  expect(stdout).not.toContain('connectors.yml');
  expect(await readFile(folder.join('.circleci/config.yml'), 'utf8')).toBe('version: 2.1\n');
});

test('the spelling of old is understood', async () => {
  await using folder = await project();
  const words = ['ci_config', 'update', '--provider', 'circleci', '--dry-run'];
  const { exitCode, stdout } = await callCommand(words, { folder: folder.path });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('deploy-casa:');
});

// Of old each connector had a workflow of its own, in Python, with a job that deploys it.
test('a folder of old, in Python, keeps its own jobs and gets no others', async () => {
  await using folder = await project();
  await folder.write('connectors/bugzilla/main.py', '');
  await folder.write('connectors/plain/main.py', '');
  await folder.write(
    'connectors/bugzilla/ci_workflow.yaml',
    'build-job-bugzilla:\n  docker: [{ image: "python:3.11" }]\n  steps: [checkout]\ndeploy-bugzilla:\n  steps: []\n',
  );
  expect(await call(folder, '--provider', 'circleci')).toMatchObject({
    exitCode: 0,
    stderr:
      'fairlead: connectors/bugzilla/ci_workflow.yaml: "deploy-bugzilla" was left out, as deploy.yaml says what is deployed\n',
  });
  const { jobs, workflows } = parse(await readFile(folder.join('.circleci/config.yml'), 'utf8'));
  expect(Object.keys(jobs)).toEqual(['build-job-bugzilla', 'build-job-casa', 'deploy-casa']);
  expect(workflows.connectors.jobs.slice(0, 2)).toEqual(['build-job-bugzilla', 'build-job-casa']);
});

test('a workflow that is no YAML is named with its place', async () => {
  await using folder = await project();
  await folder.write('.circleci/config.yml', 'version: 2.1\njobs: [\n');
  const { exitCode, stderr } = await call(folder);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^fairlead: \.circleci\/config\.yml:\d+:\d+: this is no YAML: /);
});
