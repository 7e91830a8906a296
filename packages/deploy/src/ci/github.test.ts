import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readFile } from 'node:fs/promises';
import { expectGolden, tempFolder } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { projectOf } from '../testing/project.ts';
import { githubText } from './github.ts';

const functions = {
  casa: { connector: 'casa', environment: 'dev' },
  lake: { connector: 'lake', form: 'lambda', service_account: 'arn:aws:iam::1:role/r' },
  tide: { connector: 'file', form: 'azure', resource_group: 'data' },
};
const project = projectOf(functions, ['casa', { name: 'lake', hasLock: true }]);

describe('the workflow of GitHub', () => {
  test('is written whole where there is none, and then stays as it is', () => {
    const { text } = githubText(project, undefined);
    expectGolden(new URL('goldens/github.yml', import.meta.url), text);
    expect(githubText(project, text)).toEqual({ text, notices: [] });
  });

  test('needs only jobs that it defines, by names that GitHub takes', () => {
    const { jobs } = parse(githubText(project, undefined).text);
    for (const [name, { needs = [] }] of Object.entries<{ needs?: string[] }>(jobs)) {
      expect(name).toMatch(/^[A-Za-z_][\w-]*$/);
      expect(Object.keys(jobs)).toEqual(expect.arrayContaining(needs));
    }
  });

  test('keeps what people have added', () => {
    const { text } = githubText(
      project,
      'name: mine\non: push\njobs:\n  # a job of ours\n  audit:\n    runs-on: here\n    steps: []\n',
    );
    expect(text).toContain('  # a job of ours\n  audit:\n    runs-on: here\n');
    expect(parse(text)).toMatchObject({
      name: 'mine',
      on: 'push',
      jobs: { audit: {}, 'deploy-casa': {} },
    });
  });

  test('has nothing that comes from outside within a script', () => {
    const { jobs } = parse(githubText(project, undefined).text);
    const steps = Object.values<{ steps: { run?: string }[] }>(jobs).flatMap((job) => job.steps);
    expect(steps.filter(({ run }) => run?.includes('${{') === true)).toEqual([]);
  });

  test.each([
    { file: 'connectors/casa/a.ts', changed: 'yes' },
    { file: 'connectors/lake/a.ts', changed: 'no' },
    { file: 'package.json', changed: 'yes' },
    { file: 'README.md', changed: 'no' },
    { file: 'README.md', event: 'push', changed: 'yes' },
  ])('sees that $file has changed: $changed', async ({ file, changed, event = 'pull_request' }) => {
    const { jobs } = parse(githubText(project, undefined).text);
    const script: string = jobs['build-job-casa'].steps[1].run;
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
    await git('commit', '-qm', 'x');
    await promisify(execFile)('bash', ['-eo', 'pipefail', '-c', script], {
      cwd: folder.path,
      env: {
        PATH: process.env['PATH'],
        BASE: 'main',
        EVENT: event,
        GITHUB_OUTPUT: folder.join('.git/output'),
      },
    });
    expect(await readFile(folder.join('.git/output'), 'utf8')).toBe(`changed=${changed}\n`);
  });
});
