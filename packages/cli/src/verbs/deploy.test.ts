import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type TempFolder, tempFolder } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { runCommand, startCommand } from '../testing/run-command.ts';

/** What the fakes of `gcloud`, `aws` and `az` answer to a call whose words hold `when`. */
interface FakeAnswer {
  readonly when: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
  /** Says so, and does not end before it is interrupted. */
  readonly hangs?: boolean;
}

/** A folder with a deploy.yaml, connectors, and clouds that write down how they are called. */
interface Shop extends AsyncDisposable {
  readonly folder: TempFolder;
  readonly options: { readonly folder: string; readonly variables: Record<string, string> };
  /** The programs that were called, with their words. An interruption is a call as well. */
  calls(): Promise<readonly (readonly string[])[]>;
}

async function shop(file: string, answers: readonly FakeAnswer[] = []): Promise<Shop> {
  const folder = await tempFolder();
  await folder.write('deploy.yaml', file);
  for (const name of ['casa', 'source-crm']) await connector(folder, name);
  const log = folder.join('calls.jsonl');
  for (const name of ['gcloud', 'aws', 'az']) {
    await chmod(await folder.write(`.bin/${name}`, fake(name, log, answers)), 0o755);
  }
  const path = `${folder.join('.bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  return {
    folder,
    options: { folder: folder.path, variables: { PATH: path } },
    async calls() {
      const text = await readFile(log, 'utf8').catch(() => '');
      const lines = text.split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line) as string[]);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function connector(folder: TempFolder, name: string): Promise<void> {
  await folder.write(`connectors/${name}/package.json`, `{"name":"${name}","type":"module"}`);
  await folder.write(`connectors/${name}/src/index.ts`, 'export const connector = {};\n');
}

function fake(name: string, log: string, answers: readonly FakeAnswer[]): string {
  return `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const words = process.argv.slice(2);
const note = (call) => appendFileSync(${JSON.stringify(log)}, JSON.stringify(call) + '\\n');
note([${JSON.stringify(name)}, ...words]);
const answer = ${JSON.stringify(answers)}.find(({ when }) => words.join(' ').includes(when)) ?? {};
process.stdout.write(answer.stdout ?? '');
process.stderr.write(answer.stderr ?? '');
process.exitCode = answer.exitCode ?? 0;
if (answer.hangs === true) {
  const timer = setInterval(() => {}, 1000);
  process.on('SIGINT', () => {
    note([${JSON.stringify(name)}, 'was interrupted']);
    clearInterval(timer);
    process.exitCode = 1;
  });
  process.stderr.write('working\\n');
}
`;
}

const ofOld = 'casa:\n  connector: casa\n  environment: dev\n';

describe('fairlead deploy', () => {
  test('runs what a dry run prints, and says what Fivetran has to call', async () => {
    const url = 'https://us-central1-dev.cloudfunctions.net/casa';
    await using here = await shop(
      `environments:
  dev: { project: dev-data, region: europe-west1, service_account: fn@dev-data.iam.gserviceaccount.com }
casa:
  connector: casa
  environment: dev
  form: gcf
  invoker: g-abc@fivetran-production.iam.gserviceaccount.com
  max_instances: 3
  env: { FAIRLEAD_SETTING_PAGE_SIZE: 100 }
  secrets: { FAIRLEAD_SETTING_TOKEN: casa-token }
`,
      [{ when: 'functions deploy', stdout: `${url}\n`, stderr: 'Deploying...\n' }],
    );
    const dry = await runCommand(['deploy', 'casa', '--dry-run'], here.options);
    expect(dry).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: `# casa, in dev
gcloud functions deploy casa \\
  --gen2 \\
  --runtime=nodejs22 \\
  --source=.fairlead/deploy/casa/function \\
  --entry-point=main \\
  --trigger-http \\
  --region=europe-west1 \\
  --project=dev-data \\
  --memory=1024Mi \\
  --timeout=3600s \\
  --concurrency=1 \\
  --max-instances=3 \\
  --service-account=fn@dev-data.iam.gserviceaccount.com \\
  --no-allow-unauthenticated \\
  --env-vars-file=.fairlead/deploy/casa/variables.json \\
  --set-secrets=FAIRLEAD_SETTING_TOKEN=casa-token:latest \\
  --update-labels=deployed-by=fairlead \\
  --quiet \\
  '--format=value(serviceConfig.uri)'
gcloud run services add-iam-policy-binding casa \\
  --region=europe-west1 \\
  --project=dev-data \\
  --member=serviceAccount:g-abc@fivetran-production.iam.gserviceaccount.com \\
  --role=roles/run.invoker \\
  --quiet
`,
    });
    expect(await here.calls()).toEqual([]);

    const real = await runCommand(['deploy', 'casa'], here.options);
    expect(real).toMatchObject({ exitCode: 0, stdout: `casa: ${url}\n` });
    expect(real.stderr).toContain('Deploying...\n');
    const ran = await here.calls();
    // What is printed is pasted into a shell, which makes the same words of it.
    await promisify(execFile)('sh', ['-c', dry.stdout], {
      cwd: here.folder.path,
      env: here.options.variables,
    });
    expect((await here.calls()).slice(ran.length)).toEqual(ran);
    expect(ran).toHaveLength(2);
    const variables = here.folder.join('.fairlead/deploy/casa/variables.json');
    expect(JSON.parse(await readFile(variables, 'utf8'))).toEqual({
      FAIRLEAD_SETTING_PAGE_SIZE: '100',
    });
    expect((await stat(variables)).mode & 0o077).toBe(0);
  });

  test('deploys a file of old as it was: the generation is said, and nothing else is touched', async () => {
    await using here = await shop(ofOld);
    expect((await runCommand(['deploy', 'casa'], here.options)).exitCode).toBe(0);
    expect(await here.calls()).toEqual([
      [
        'gcloud',
        'functions',
        'deploy',
        'casa',
        '--no-gen2',
        '--runtime=nodejs22',
        '--source=.fairlead/deploy/casa/function',
        '--entry-point=main',
        '--trigger-http',
        '--region=us-central1',
        '--memory=4096MB',
        '--timeout=540s',
        '--security-level=secure-always',
        '--update-labels=deployed-by=fairlead',
        '--quiet',
        '--format=value(httpsTrigger.url)',
      ],
    ]);
  });

  test('has no value of a variable on a command line, nor any that came from the environment', async () => {
    await using here = await shop(
      `casa: { connector: casa, env: { KEY: "\${env:KEY}" } }
lake: { connector: casa, form: lambda, service_account: "arn:aws:iam::1:role/r", env: { KEY: "\${env:KEY}" } }
tide: { connector: casa, form: azure, resource_group: g, env: { KEY: "\${env:KEY}" } }
`,
    );
    const variables = { ...here.options.variables, KEY: 'hunter2' };
    const { exitCode, stdout, stderr } = await runCommand(['deploy', '--all'], {
      ...here.options,
      variables,
    });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(JSON.stringify(await here.calls()) + stdout + stderr).not.toContain('hunter2');
    for (const name of ['casa', 'lake', 'tide']) {
      const written = here.folder.join('.fairlead/deploy', name, 'variables.json');
      expect(await readFile(written, 'utf8')).toContain('hunter2');
    }
  });

  test('goes on after one that fails, and ends as a failure that names it', async () => {
    await using here = await shop(
      `a: { connector: casa }\nb: { connector: crm }\nc: { connector: crm }\n`,
      [
        { when: 'deploy b', exitCode: 1, stderr: 'hm\nERROR: (gcloud) no right to do it\nbye\n' },
        { when: 'deploy c', stdout: 'https://c\n' },
      ],
    );
    const { exitCode, stdout, stderr } = await runCommand(['deploy', '--all', '-q'], here.options);
    expect(exitCode).toBe(3);
    expect(stdout).toBe('a: deployed\nc: https://c\n');
    expect(stderr).toContain(
      'fairlead: b: gcloud could not deploy b: it failed with exit code 1: ERROR: (gcloud) no right to do it\n',
    );
    expect(stderr).toContain('fairlead: 1 of 3 functions could not be deployed: b\n');
    expect((await here.calls()).map((words) => words[3])).toEqual(['a', 'b', 'c']);
  });

  test('does not let anybody call what could not be deployed', async () => {
    await using here = await shop('casa: { connector: casa, invoker: a@b.cd }\n', [
      { when: 'functions deploy', exitCode: 1, stderr: 'ERROR: quota\n' },
    ]);
    const { exitCode, stderr } = await runCommand(['deploy', 'casa', '--json'], here.options);
    expect(exitCode).toBe(3);
    expect(JSON.parse(stderr)).toMatchObject({ failure: { kind: 'access' } });
    expect(await here.calls()).toHaveLength(1);
  });

  test('says what to install when the program of the cloud is not there', async () => {
    await using here = await shop(ofOld);
    // Node is found, and nothing else.
    const variables = { PATH: here.folder.join('nowhere') };
    await mkdir(here.folder.join('nowhere'));
    const { exitCode, stderr } = await runCommand(['deploy', '--all'], {
      ...here.options,
      variables,
    });
    expect(exitCode).toBe(2);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      'fairlead: gcloud is not installed. Install the Google Cloud CLI (https://cloud.google.com/sdk/docs/install), or print the commands with --dry-run.',
    );
  });

  test('interrupted, it interrupts the command, and begins no other', async () => {
    await using here = await shop('a: { connector: casa }\nb: { connector: crm }\n', [
      { when: 'deploy a', hangs: true },
    ]);
    await using command = startCommand(['deploy', '--all'], here.options);
    await command.saw('working');
    command.process.kill('SIGINT');
    expect(await command.ended).toMatchObject({ exitCode: 130 });
    const calls = await here.calls();
    expect(calls.map((words) => words[3] ?? words[1])).toEqual(['a', 'was interrupted']);
  });

  test('makes a function of Lambda that is not there, and changes one that is', async () => {
    const file = `casa:
  connector: casa
  form: lambda
  service_account: arn:aws:iam::123456789012:role/casa
  invoker: arn:aws:iam::123456789012:role/fivetran
`;
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:casa';
    await using fresh = await shop(file, [
      { when: 'get-function', exitCode: 254, stderr: 'An error (ResourceNotFoundException)\n' },
      { when: 'create-function', stdout: `${arn}\n` },
    ]);
    const made = await runCommand(['deploy', 'casa'], fresh.options);
    expect(made).toMatchObject({ exitCode: 0, stdout: `casa: ${arn}\n` });
    expect((await fresh.calls()).map((words) => words[2])).toEqual([
      'get-function',
      'create-function',
      'add-permission',
    ]);
    await using again = await shop(file, [
      { when: 'update-function-code', stdout: `${arn}\n` },
      { when: 'add-permission', exitCode: 254, stderr: 'An error (ResourceConflictException)\n' },
    ]);
    const changed = await runCommand(['deploy', 'casa'], again.options);
    expect(changed).toMatchObject({ exitCode: 0, stdout: `casa: ${arn}\n` });
    expect((await again.calls()).map((words) => words[2])).toEqual([
      'get-function',
      'update-function-configuration',
      'wait',
      'update-function-code',
      'add-permission',
    ]);
    await using refused = await shop(file, [
      { when: 'get-function', exitCode: 254, stderr: 'An error (AccessDeniedException)\n' },
    ]);
    expect(await runCommand(['deploy', 'casa'], refused.options)).toMatchObject({ exitCode: 3 });
    expect(await refused.calls()).toHaveLength(1);
  });

  test('deploys only what differs, and all when code is shared by all', async () => {
    await using here = await shop('a: { connector: casa }\nb: { connector: crm }\n');
    const { folder } = here;
    const git = async (...words: readonly string[]) =>
      await promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
        cwd: folder.path,
      });
    await folder.write('.gitignore', '.bin\n.fairlead\ncalls.jsonl\n');
    await git('init', '-q', '-b', 'main');
    await git('add', '.');
    await git('commit', '-qm', 'begin');
    await git('checkout', '-qb', 'work');
    const changed = async (ref = 'main') => {
      const words = ['deploy', '--all', '--changed-since', ref, '--dry-run', '--json'];
      const { stdout, stderr } = await runCommand(words, here.options);
      if (stdout === '') return stderr;
      return (JSON.parse(stdout) as readonly { name: string }[]).map(({ name }) => name);
    };
    expect(await changed()).toEqual([]);
    await folder.write('connectors/casa/src/more.ts', '');
    await folder.write('README.md', 'Read me.');
    expect(await changed()).toEqual(['a']);
    await git('add', '.');
    await git('commit', '-qm', 'more');
    expect(await changed()).toEqual(['a']);
    await folder.write(
      'deploy.yaml',
      'a: { connector: casa }\nb: { connector: crm, memory: 1GB }\n',
    );
    expect(await changed()).toEqual(['a', 'b']);
    expect(await changed('HEAD')).toEqual(['b']);
    await folder.write('package-lock.json', '{}');
    expect(await changed('HEAD')).toEqual(['a', 'b']);
    // A first build, and a commit that a forced push has taken away.
    expect(await changed('0'.repeat(40))).toEqual(['a', 'b']);
    expect(await changed('1'.repeat(40))).toEqual(['a', 'b']);
    expect(await changed('mian')).toContain('there is no commit \\"mian\\"');
  });
});

test('the files of a function are kept out of the repository', async () => {
  await using here = await shop(ofOld);
  await runCommand(['deploy', 'casa', '--dry-run'], here.options);
  expect(await readFile(join(here.folder.path, '.fairlead/deploy/.gitignore'), 'utf8')).toBe('*\n');
});

test('the schema for editors is printed where there is no file', async () => {
  await using folder = await tempFolder();
  const { exitCode, stdout } = await runCommand(['deploy', '--schema'], { folder: folder.path });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    properties: { environments: {} },
    additionalProperties: { required: ['connector'], additionalProperties: false },
  });
});
