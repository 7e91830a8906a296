import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { deploymentFrom } from '../testing/deployment.ts';
import { DeployFile } from './deploy-file.ts';
import { deployFileSchema } from './deploy-file-schema.ts';
import { deploymentsOf } from './deployments.ts';

const role = 'arn:aws:iam::123456789012:role/casa';

/** What is wrong with a file: the path and the words of each problem. */
const problemsOf = (file: object) =>
  deploymentsOf(DeployFile.parse(file)).problems.map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('a function', () => {
  // Of old the generation was whatever gcloud took when nothing was said.
  test('of a file of old is one of the first generation, as it was', () => {
    expect(deploymentFrom({ casa: { connector: 'casa', environment: 'dev' } })).toEqual({
      name: 'casa',
      connector: 'casa',
      environment: 'dev',
      target: { is: 'gcf', generation: 1 },
      region: 'us-central1',
      memoryMib: 4096,
      timeoutSeconds: 540,
      node: 22,
    });
  });

  // Of old the environment of a function was read by nobody.
  test('has what its environment says, below what it says itself', () => {
    const environments = {
      dev: {
        project: 'dev-data',
        region: 'europe-west1',
        memory: '2Gi',
        env: { A: 'common', B: 'common' },
        invoker: 'a@b.cd',
      },
    };
    const own = { connector: 'casa', environment: 'dev', memory: '512MB', env: { B: 1, C: true } };
    expect(deploymentFrom({ environments, casa: { ...own, form: 'gcf' } })).toMatchObject({
      target: { is: 'gcf', generation: 2, project: 'dev-data' },
      region: 'europe-west1',
      memoryMib: 512,
      env: { A: 'common', B: '1', C: 'true' },
      invokers: ['a@b.cd'],
    });
  });

  test('may be there several times, under names of its own', () => {
    const file = { b: { connector: 'casa' }, a: { connector: 'casa', form: 'cloudrun' } };
    const { deployments, problems } = deploymentsOf(DeployFile.parse(file));
    expect(problems).toEqual([]);
    expect(deployments.map(({ name, connector }) => [name, connector])).toEqual([
      ['a', 'casa'],
      ['b', 'casa'],
    ]);
  });

  test.each([
    [{}, { is: 'gcf', generation: 1 }],
    [{ generation: 2 }, { is: 'gcf', generation: 2 }],
    [{ generation: 1 }, { is: 'gcf', generation: 1 }],
    [{ form: 'gcf' }, { is: 'gcf', generation: 2 }],
    [
      { form: 'gcf', generation: 1 },
      { is: 'gcf', generation: 1 },
    ],
    [
      { form: 'gcf-gen1', project: 'p' },
      { is: 'gcf', generation: 1, project: 'p' },
    ],
    [{ form: 'cloudrun' }, { is: 'cloudrun' }],
    [{ form: 'lambda', service_account: role }, { is: 'lambda' }],
    [
      { form: 'azure', resource_group: 'g' },
      { is: 'azure', resourceGroup: 'g' },
    ],
  ])('with %j runs at %j', (settings, target) => {
    expect(deploymentFrom({ casa: { connector: 'casa', ...settings } }).target).toEqual(target);
  });

  test.each([
    [90, 90],
    ['90s', 90],
    ['9m', 540],
    ['1h', 3600],
  ])('may take %j', (timeout, seconds) => {
    const file = { casa: { connector: 'casa', form: 'gcf', timeout } };
    expect(deploymentFrom(file).timeoutSeconds).toBe(seconds);
  });
});

describe('what a platform would refuse is a problem', () => {
  test.each([
    [
      { form: 'gcf-gen1', generation: 2 },
      'generation: "gcf-gen1" is the first generation, not the second',
    ],
    [{ form: 'cloudrun', generation: 2 }, 'generation: "cloudrun" has no generations'],
    [
      { timeout: '10m' },
      'timeout: a call of a function of the first generation takes at most 540s',
    ],
    [{ memory: '3GB' }, 'memory: a function of the first generation has no memory of 3072MB'],
    [{ runtime: 'nodejs24' }, 'runtime: a function of the first generation has no nodejs24'],
    [{ form: 'lambda' }, 'service_account: "service_account" is missing in "casa"'],
    [
      { form: 'lambda', service_account: role, timeout: 901 },
      'timeout: a call of a function of AWS Lambda takes at most 900s',
    ],
    [
      { form: 'lambda', service_account: role, secrets: { A: 'a' } },
      'secrets.A: what "A" has is no reference to a secret',
    ],
    [
      { form: 'lambda', service_account: role, invoker: 'me' },
      'invoker: "me" is neither the ARN of a role nor the number of an account',
    ],
    [{ form: 'azure' }, 'resource_group: "resource_group" is missing in "casa"'],
    [
      { form: 'azure', resource_group: 'g', invoker: 'a@b.cd' },
      'invoker: "a@b.cd" cannot be given the right to call: on Azure whoever has the key may',
    ],
    [
      { invoker: 'fivetran' },
      'invoker: "fivetran" is neither the email of an account nor "allUsers"',
    ],
    [{ secrets: { A: 'a/b' } }, 'secrets.A: what "A" has is no reference to a secret'],
    [{ env: { A: 'x' }, secrets: { A: 'a' } }, 'secrets.A: "A" is under "env" as well'],
    [{ env: { 'A-B': 'x' } }, 'env.A-B: "A-B" is no name of a variable'],
    [
      { env: { FUNCTION_TARGET: 'x' } },
      'env.FUNCTION_TARGET: "FUNCTION_TARGET" is a variable of the platform',
    ],
  ])('%j', (settings, problem) => {
    expect(problemsOf({ casa: { connector: 'casa', ...settings } })).toEqual([`casa.${problem}`]);
  });

  test.each([
    ['gcf', 'Big_CRM'],
    ['cloudrun', 'crm_2'],
    ['azure', 'big_crm'],
    ['gcf-gen1', '9crm'],
    ['lambda', 'a.b'],
  ])('%s does not take the name %s', (form, name) => {
    const more = { service_account: role, resource_group: 'g' };
    expect(problemsOf({ [name]: { connector: 'crm', form, ...more } })).toEqual([
      expect.stringContaining(`"${name}" is no name for a`),
    ]);
  });

  test('is told at the environment that says it', () => {
    const environments = { dev: { timeout: '1h', secrets: { A: 'x y' } } };
    expect(problemsOf({ environments, casa: { connector: 'casa', environment: 'dev' } })).toEqual([
      'environments.dev.timeout: a call of a function of the first generation takes at most 540s',
      'environments.dev.secrets.A: what "A" has is no reference to a secret',
    ]);
  });
});

test('editors are told what the file may hold', () => {
  // An editor knows the schema, and nothing else of this.
  const schema = z.fromJSONSchema(deployFileSchema());
  const check = (value: object) => schema.safeParse(value).success;
  const good = {
    environments: { dev: { project: 'p', timeout: '9m' } },
    casa: { connector: 'casa', environment: 'dev', env: { A: 1 }, timeout: 9 },
  };
  expect(check(good)).toBe(true);
  for (const bad of [
    { casa: {} },
    { casa: { connector: 'casa', regoin: 'x' } },
    { environments: { dev: { connector: 'casa' } } },
    { casa: { connector: 'casa', generation: 3 } },
  ]) {
    expect([bad, check(bad)]).toEqual([bad, false]);
  }
});
