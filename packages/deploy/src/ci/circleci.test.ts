import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expectGolden, tempFolder } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { projectOf } from '../testing/project.ts';
import { circleciText } from './circleci.ts';

const functions = {
  zoo: { connector: 'casa', environment: 'dev' },
  casa: { connector: 'casa', environment: 'dev' },
};

const textOf = (project = projectOf(functions, ['bugzilla', 'casa']), before?: string) =>
  circleciText(project, before).text;

describe('the configuration of CircleCI', () => {
  test('is written whole where there is none', () => {
    expectGolden(new URL('goldens/circleci.yml', import.meta.url), textOf());
  });

  test('stays as it is when nothing has changed, and does not depend on the order of folders', () => {
    const text = textOf();
    expect(textOf(projectOf(functions, ['casa', 'bugzilla']))).toBe(text);
    expect(textOf(undefined, text)).toBe(text);
  });

  // Of old each connector brought a job `deploy-…` of its own, which came twice once deploy.yaml had it.
  test('defines no job twice, whatever a connector brings with it', () => {
    const extras = [
      'build-job-casa:\n  docker: [{ image: python }]\n  steps: [checkout]\n',
      'deploy-casa:\n  docker: [{ image: other }]\n  steps: []\n',
      'lint-casa:\n  docker: [{ image: lint }]\n  steps: [checkout]\n',
    ].join('');
    const { text, notices } = circleciText(
      projectOf(functions, [{ name: 'casa', extras }]),
      undefined,
    );
    const { jobs, workflows } = parse(text, { uniqueKeys: true });
    expect(Object.keys(jobs)).toEqual(['build-job-casa', 'deploy-casa', 'deploy-zoo', 'lint-casa']);
    expect(jobs['build-job-casa'].docker).toEqual([{ image: 'python' }]);
    expect(jobs['deploy-casa'].docker).toEqual([{ image: 'cimg/node:22.12' }]);
    expect(workflows.connectors.jobs.slice(0, 2)).toEqual(['build-job-casa', 'lint-casa']);
    expect(notices).toEqual([
      'connectors/casa/ci_workflow.yaml: "deploy-casa" was left out, as deploy.yaml says what is deployed',
    ]);
  });

  // Of old a folder without a workflow of its own was started as a job that nobody had defined.
  test('starts only jobs that it defines', () => {
    const project = projectOf({ ...functions, files: { connector: 'file' } }, [
      'casa',
      { name: 'python', isPackage: false },
    ]);
    const { jobs, workflows } = parse(textOf(project));
    const started = workflows.connectors.jobs.flatMap((item: string | object) =>
      typeof item === 'string'
        ? [item]
        : Object.entries(item).flatMap(([name, about]) => [name, ...(about.requires ?? [])]),
    );
    expect(Object.keys(jobs)).toEqual(expect.arrayContaining(started));
    expect(started).not.toContain('build-job-python');
    expect(started).toContain('deploy-files');
  });

  // Of old the header was made and then forgotten.
  test('says which of its parts are written by this program', () => {
    const text = textOf();
    expect(text.split('\n')[0]).toBe(
      '# The parts that say so are written by `fairlead ci update`, out of deploy.yaml and connectors/.',
    );
    expect(textOf(undefined, text).match(/All else is yours/g)).toHaveLength(1);
  });

  // Of old only one kind of mistake was caught, and others ended in a stack.
  test.each([
    ['a: [', 'this is no YAML'],
    ['a: 1\na: 2', 'Map keys must be unique'],
    ['a: *nowhere', 'nowhere'],
    ['a: "\\q"', 'this is no YAML'],
  ])('names a file of a connector that is no YAML: %j', (extras, message) => {
    expect(() => textOf(projectOf(functions, [{ name: 'casa', extras }]))).toThrow(
      expect.objectContaining({
        kind: 'config',
        message: expect.stringContaining(message),
        where: expect.stringContaining('connectors/casa/ci_workflow.yaml'),
      }),
    );
  });

  test('names all files that are no YAML', () => {
    const extras = 'a: [';
    const broken = projectOf(functions, [
      { name: 'a', extras },
      { name: 'b', extras },
    ]);
    expect(() => textOf(broken)).toThrow(/2 files cannot be read: .*\/a\/.*\/b\//);
  });

  test('keeps what people have added, and their order', () => {
    const own = `# Ours: ask the data team.
version: 2.1
orbs: { slack: circleci/slack@4.1 } # for the news
jobs:
  # Runs each night.
  audit:
    docker:
      - image: cimg/node:20.1 # not later
    steps: [ checkout ]
  deploy-docs:
    docker: [ { image: a } ]
    steps: [ checkout ]
workflows:
  all:
    jobs:
      - audit
      - deploy-docs
      - deploy-casa:
          context: prod
          requires:
            - audit
`;
    const text = textOf(undefined, own);
    for (const line of own.split('\n').slice(0, 11)) expect(text).toContain(line);
    const { jobs, workflows } = parse(text);
    expect(Object.keys(jobs).slice(0, 2)).toEqual(['audit', 'deploy-docs']);
    expect(Object.keys(workflows)).toEqual(['all']);
    expect(workflows.all.jobs).toEqual([
      'audit',
      'deploy-docs',
      {
        'deploy-casa': {
          context: 'prod',
          requires: ['audit', 'build-job-casa'],
          filters: { branches: { only: 'main' } },
        },
      },
      'build-job-bugzilla',
      'build-job-casa',
      { 'deploy-zoo': expect.objectContaining({ requires: ['build-job-casa'] }) },
    ]);
    expect(textOf(undefined, text)).toBe(text);
  });

  test('loses what deploy.yaml and connectors/ have lost', () => {
    const text = textOf(projectOf({ casa: functions.casa }, ['casa']), textOf());
    expect(text).toBe(textOf(projectOf({ casa: functions.casa }, ['casa'])));
    expect(text).not.toMatch(/zoo|bugzilla/);
  });

  test('leaves a job alone from which its owner has taken the mark, unless told otherwise', () => {
    const own = textOf()
      .replace(/(deploy-casa:\n) +# Written by.*\n/, '$1')
      .replace(/fairlead deploy casa/, 'my-own-deploy');
    const project = projectOf(functions, ['bugzilla', 'casa']);
    expect(circleciText(project, own)).toEqual({
      text: own,
      notices: ['.circleci/config.yml: "deploy-casa" is not marked, so it was left alone'],
    });
    expect(circleciText(project, own, true)).toEqual({ text: textOf(), notices: [] });
  });

  test('takes a configuration of old over, and keeps the jobs that were its own', () => {
    const old = `version: 2.1
commands:
  compare-branch:
    parameters: { pattern: { type: string, default: "" } }
    steps: [ { run: "circleci-agent step halt" } ]
jobs:
  build-fivetran-connectors:
    docker: [ { image: "python:3.11" } ]
    steps: [ checkout ]
  build-job-casa:
    docker: [ { image: "python:3.11" } ]
    steps: [ checkout, compare-branch, run: pytest ]
  deploy-casa:
    docker: [ { image: google/cloud-sdk } ]
    steps: [ checkout, run: gcloud functions deploy casa --runtime python311 ]
workflows:
  version: 2
  build-and-deploy:
    jobs:
      - build-fivetran-connectors
      - build-job-casa
      - deploy-casa:
          requires: [ build-job-casa ]
          filters: { branches: { only: main } }
`;
    const { text, notices } = circleciText(projectOf(functions, ['casa']), old, true);
    expect(notices).toEqual([]);
    const { commands, jobs, workflows } = parse(text);
    const fresh = parse(textOf(projectOf(functions, ['casa'])));
    expect(commands).toEqual(fresh.commands);
    const { 'build-fivetran-connectors': kept, ...others } = jobs;
    expect(kept).toEqual({ docker: [{ image: 'python:3.11' }], steps: ['checkout'] });
    expect(others).toEqual(fresh.jobs);
    expect(workflows).toEqual({
      version: 2,
      'build-and-deploy': {
        jobs: ['build-fivetran-connectors', ...fresh.workflows.connectors.jobs],
      },
    });
    expect(circleciText(projectOf(functions, ['casa']), text).text).toBe(text);
  });

  // Of old a push to main deployed everything, with other words than those of the Makefile.
  test('deploys by the one command, and only what has changed since the last build', () => {
    const { jobs } = parse(textOf());
    expect(jobs['deploy-casa'].steps.at(-1).run.command).toBe(
      'npx fairlead deploy casa --changed-since "<< pipeline.git.base_revision >>"',
    );
    expect(textOf()).not.toContain('functions deploy');
  });
});

describe('compare-branch', () => {
  const { commands } = parse(textOf());
  const script: string = commands['compare-branch'].steps[0].run.command;

  test.each([
    { file: 'connectors/casa/src/a.ts', goesOn: true },
    { file: 'connectors/casa-two/src/a.ts', goesOn: false },
    { file: 'connectors/bugzilla/a b.ts', goesOn: false },
    { file: 'docs/a.md', goesOn: false },
    { file: 'deploy.yaml', goesOn: false },
    { file: 'package-lock.json', goesOn: true },
    { file: 'lib/shared.ts', goesOn: true },
    { file: 'docs/a.md', message: 'try it [run-tests]', goesOn: true },
    { file: 'docs/a.md', branch: 'main', goesOn: true },
  ])('when $file has changed on $branch: goes on $goesOn', async (given) => {
    const { file, goesOn, message = 'x', branch = 'work' } = given;
    await using folder = await tempFolder();
    const git = async (...words: readonly string[]) =>
      await promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
        cwd: folder.path,
      });
    await git('init', '-q', '-b', 'main');
    await git('commit', '-q', '--allow-empty', '-m', 'begin');
    await git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    await folder.write(file, '');
    await git('add', '.');
    await git('commit', '-qm', message);
    await folder.write('.git/bin/circleci-agent', '#!/bin/sh\necho "$@"\n');
    await chmod(folder.join('.git/bin/circleci-agent'), 0o755);
    const words = [
      '-eo',
      'pipefail',
      '-c',
      script.replace('<< parameters.pattern >>', '^connectors/casa/'),
    ];
    const { stdout } = await promisify(execFile)('bash', words, {
      cwd: folder.path,
      env: {
        PATH: `${folder.join('.git/bin')}:${process.env['PATH'] ?? ''}`,
        CIRCLE_BRANCH: branch,
      },
    });
    expect(stdout).toBe(goesOn ? '' : 'step halt\n');
  });
});
