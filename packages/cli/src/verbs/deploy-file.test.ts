import { tempFolder } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';

/** What `fairlead airflow` says, which reads the file and needs nothing else. */
async function said(file: string, variables: Readonly<Record<string, string>> = {}) {
  await using folder = await tempFolder();
  await folder.write('deploy.yaml', file);
  const words = ['airflow', '--output', 'dags', '-q'];
  const { exitCode, stderr } = await callCommand(words, { folder: folder.path, variables });
  return { exitCode, stderr: stderr.replaceAll('fairlead: ', '') };
}

describe('deploy.yaml', () => {
  test.each([
    [
      'a key that is misspelled',
      'casa:\n  connector: casa\n  regoin: x\n',
      'deploy.yaml:3:3: unknown key "regoin"; did you mean "region"?\n',
    ],
    [
      'a key of an environment',
      'environments:\n  dev: { projct: x }\ncasa: { connector: casa, environment: dev }\n',
      'deploy.yaml:2:10: unknown key "projct"; did you mean "project"?\n',
    ],
    [
      'an environment that is not there',
      'environments: { prod: {} }\ncasa: { connector: casa, environment: pord }\n',
      'deploy.yaml:2:39: there is no environment "pord"; did you mean "prod"?\n',
    ],
    [
      'a function without a connector',
      'casa:\n  environment: dev\n',
      'deploy.yaml:2:3: "connector" is missing in "casa"\n',
    ],
    [
      'a form',
      'casa: { connector: casa, form: gfc }\n',
      'deploy.yaml:1:32: "casa.form" must be "gcf", "gcf-gen1", "cloudrun", "lambda" or "azure"; did you mean "gcf"?\n',
    ],
    [
      'an environment whose call takes too long for one of its functions',
      'environments:\n  dev:\n    timeout: 1h\ncasa: { connector: casa, environment: dev }\n',
      'deploy.yaml:3:14: a call of a function of the first generation takes at most 540s\n',
    ],
    [
      'a second key of one name',
      'casa: { connector: casa }\ncasa: { connector: casa }\n',
      'deploy.yaml:2:1: this key stands here twice. Keep one of them.\n',
    ],
    ['nothing', '', /^deploy.yaml:1:1: the file describes no function\. /],
    [
      'a list',
      '- casa\n',
      'deploy.yaml:1:1: the file describes no function. A function is its name, and below it "connector: " with a folder in connectors.\n',
    ],
  ])('with %s is refused, with its place', async (_what, file, message) => {
    const expected = typeof message === 'string' ? message : expect.stringMatching(message);
    expect(await said(file)).toEqual({ exitCode: 2, stderr: expected });
  });

  test('tells all that is wrong with it, in order', async () => {
    expect(
      await said(`environments: { dev: {} }
casa:
  conector: casa
  environment: dve
  memory: a lot
  max_instances: 0
lake:
  connector: lake
  timeout: 600
  streams: []
`),
    ).toEqual({
      exitCode: 2,
      stderr: `deploy.yaml:3:3: unknown key "conector"; did you mean "connector"?
deploy.yaml:4:16: there is no environment "dve"; did you mean "dev"?
deploy.yaml:5:11: "casa.memory" does not fit: write a number and a unit: 512MB or 2Gi
deploy.yaml:6:18: "casa.max_instances" must be at least 1
deploy.yaml:9:12: a call of a function of the first generation takes at most 540s
deploy.yaml:10:12: "lake.streams" must not be empty
deploy.yaml: 6 problems
`,
    });
  });

  test('shows no secret that was written where a name belongs', async () => {
    const written = await said(
      'casa:\n  connector: casa\n  secrets:\n    TOKEN: pa$$word!\n    KEY: "${env:KEY}"\n',
      { KEY: 'hunter2' },
    );
    expect(written.exitCode).toBe(2);
    expect(written.stderr).toContain(
      'deploy.yaml:4:12: what "TOKEN" has is no reference to a secret. Write the name',
    );
    expect(written.stderr).toContain(
      'deploy.yaml:5:10: "casa.secrets.KEY" is a value, and has to be the name of a secret. ',
    );
    expect(written.stderr).not.toMatch(/pa\$\$word|hunter2/);
  });

  test('takes variables, also where a number is wanted', async () => {
    const file = 'casa: { connector: casa, max_instances: "${env:MOST}" }\n';
    expect(await said(file, { MOST: '3' })).toMatchObject({ exitCode: 0 });
    expect(await said(file, { MOST: 'many' })).toMatchObject({ exitCode: 2 });
  });

  test('that is not there says where to look', async () => {
    await using folder = await tempFolder();
    expect(await callCommand(['deploy', '--all'], { folder: folder.path })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'fairlead: deploy.yaml: there is no such file. Call the command where deploy.yaml is, or name another with --file.\n',
    });
  });
});

describe('functions are chosen', () => {
  const file = `environments: { dev: {}, prod: {} }
casa: { connector: nowhere, environment: dev }
lake: { connector: lake, environment: dev }
`;

  test.each([
    [['casq'], 'deploy.yaml: there is no function "casq"; did you mean "casa"?'],
    [[], 'no function is named. Name some of deploy.yaml, such as casa, or all with --all.'],
    [['casa', '--all'], 'functions are named, and --all as well. Leave out one.'],
    [['casa', '--env', 'prod'], 'deploy.yaml: no function is in the environment "prod"'],
    [
      ['--all', '--env', 'dew'],
      'deploy.yaml: no function is in the environment "dew"; did you mean "dev"?',
    ],
    [['casa'], 'connectors: there is no connector "nowhere". Install it'],
  ])('%j: %s', async (words, message) => {
    await using folder = await tempFolder();
    await folder.write('deploy.yaml', file);
    const called = await callCommand(['deploy', ...words, '--dry-run'], { folder: folder.path });
    expect(called).toMatchObject({ exitCode: 2, stdout: '' });
    expect(called.stderr).toContain(message);
  });

  test('a connector in Python is said to be one', async () => {
    await using folder = await tempFolder();
    await folder.write('deploy.yaml', 'pets: { connector: pets }\n');
    await folder.write('connectors/pets/main.py', '');
    const words = ['deploy', 'pets', '--dry-run'];
    expect(await callCommand(words, { folder: folder.path })).toMatchObject({
      exitCode: 2,
      stderr:
        'fairlead: connectors/pets: the connector is one in Python. Begin it anew: fairlead connector create pets --function.\n',
    });
  });
});
