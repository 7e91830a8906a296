import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deploymentFrom } from '../testing/deployment.ts';
import { shellText } from './command.ts';
import { stepsOf } from './plan.ts';
import { variablesFile } from './variables-file.ts';

const places = { folder: 'f', archive: 'f.zip', variables: 'v.json' };

const commandsOf = (settings: object) =>
  stepsOf(deploymentFrom({ casa: { connector: 'casa', ...settings } }), places).map(({ command }) =>
    [command.program, ...command.words].join(' '),
  );

describe('the commands', () => {
  test('for Cloud Run make a function of a service', () => {
    expect(
      commandsOf({ form: 'cloudrun', invoker: ['a@b.cd', 'allUsers'], runtime: 'nodejs24' }),
    ).toEqual([
      'gcloud run deploy casa --source=f --function=main --base-image=nodejs24 --region=us-central1 --memory=1024Mi --timeout=3600s --concurrency=1 --allow-unauthenticated --update-labels=deployed-by=fairlead --quiet --format=value(status.url)',
      'gcloud run services add-iam-policy-binding casa --region=us-central1 --member=serviceAccount:a@b.cd --role=roles/run.invoker --quiet',
    ]);
  });

  test('for the first generation give the right to call the function itself', () => {
    expect(commandsOf({ invoker: 'group:data@b.cd' }).at(-1)).toBe(
      'gcloud functions add-iam-policy-binding casa --region=us-central1 --member=group:data@b.cd --role=roles/cloudfunctions.invoker --quiet',
    );
  });

  test('leave variables and secrets as they are, unless there is a word about them', () => {
    expect(commandsOf({})[0]).not.toMatch(/env-vars|secrets|unauthenticated/);
    expect(commandsOf({ env: {}, secrets: {} })[0]).toMatch(/--clear-env-vars --clear-secrets/);
    const secrets = { A: 'a', B: 'b:3', C: 'projects/p/secrets/c' };
    expect(commandsOf({ secrets })[0]).toContain(
      '--set-secrets=A=a:latest,B=b:3,C=projects/p/secrets/c:latest',
    );
  });

  test('for Azure fill a function app that is there', () => {
    const words = commandsOf({ form: 'azure', resource_group: 'g', env: { A: 'x' } });
    expect(words).toEqual([
      'az functionapp config set --name casa --resource-group g --linux-fx-version Node|22 --output none',
      'az functionapp config appsettings set --name casa --resource-group g --settings @v.json --output none',
      'az functionapp deployment source config-zip --name casa --resource-group g --src f.zip --build-remote true --output none',
      'az functionapp function show --name casa --resource-group g --function-name main --query invokeUrlTemplate --output tsv',
    ]);
  });

  test('for Lambda bound the calls that run at a time', () => {
    const service = { form: 'lambda', service_account: 'arn:aws:iam::123456789012:role/r' };
    expect(commandsOf({ ...service, max_instances: 2 }).at(-1)).toBe(
      'aws lambda put-function-concurrency --function-name casa --region us-east-1 --reserved-concurrent-executions 2',
    );
  });
});

test.each([
  [{}, undefined],
  [{ env: { B: 'b"', A: 1 } }, { A: '1', B: 'b"' }],
  [
    { form: 'lambda', service_account: 'arn:aws:iam::1:role/r', env: { A: 'x' } },
    { Variables: { A: 'x' } },
  ],
  [
    {
      form: 'azure',
      resource_group: 'g',
      env: { A: 'x' },
      secrets: { B: 'https://v.vault.azure.net/secrets/b' },
    },
    [
      { name: 'A', value: 'x', slotSetting: false },
      {
        name: 'B',
        value: '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/b)',
        slotSetting: false,
      },
    ],
  ],
])('the file of variables of %j', (settings, expected) => {
  const text = variablesFile(deploymentFrom({ casa: { connector: 'casa', ...settings } }));
  expect(text === undefined ? undefined : JSON.parse(text)).toEqual(expected);
});

test('what is printed means the same words to a shell', async () => {
  const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 6 }), async (words) => {
      const text = shellText({ program: 'printf', words: ['%s\\0', ...words] });
      const { stdout } = await promisify(execFile)('sh', ['-c', text]);
      expect(stdout.split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 50 },
  );
});
