import { createHash } from 'node:crypto';
import type { Deployment } from '../deploy-file/deployment.ts';
import type { Places, Step } from './plan.ts';

/** The steps for a function of AWS Lambda, which is made or changed by different commands. */
export function lambdaSteps(deployment: Deployment, places: Places): readonly Step[] {
  const { name, region, node, serviceAccount = '', memoryMib, timeoutSeconds } = deployment;
  const { invokers = [], maxInstances, env } = deployment;
  const aws = (purpose: string, verb: string, words: readonly string[]): Step => ({
    purpose,
    command: {
      program: 'aws',
      words: ['lambda', verb, '--function-name', name, '--region', region, ...words],
    },
  });
  const configuration = [
    '--runtime',
    `nodejs${node}.x`,
    '--handler',
    'index.handler',
    '--role',
    serviceAccount,
    '--memory-size',
    String(memoryMib),
    '--timeout',
    String(timeoutSeconds),
    ...(env === undefined ? [] : ['--environment', `file://${places.variables}`]),
  ];
  const arn = ['--query', 'FunctionArn', '--output', 'text'];
  const zip = ['--zip-file', `fileb://${places.archive}`];
  return [
    {
      ...aws(`see whether ${name} is there`, 'get-function', [
        '--query',
        'Configuration.FunctionArn',
        '--output',
        'text',
      ]),
      asks: /ResourceNotFoundException/,
    },
    {
      ...aws(`make ${name}`, 'create-function', [...configuration, ...zip, ...arn]),
      when: 'not there',
      tellsTrigger: true,
    },
    {
      ...aws(`set up ${name}`, 'update-function-configuration', [...configuration, ...arn]),
      when: 'there',
    },
    waitStep(name, region),
    {
      ...aws(`deploy ${name}`, 'update-function-code', [...zip, ...arn]),
      when: 'there',
      tellsTrigger: true,
    },
    ...(maxInstances === undefined
      ? []
      : [
          aws(`bound the instances of ${name}`, 'put-function-concurrency', [
            '--reserved-concurrent-executions',
            String(maxInstances),
          ]),
        ]),
    ...invokers.map((principal) => ({
      ...aws(`let ${principal} call ${name}`, 'add-permission', [
        '--statement-id',
        statementOf(principal),
        '--action',
        'lambda:InvokeFunction',
        '--principal',
        principal,
      ]),
      isDone: /ResourceConflictException/,
    })),
  ];
}

/** Code cannot be changed while the configuration is. */
function waitStep(name: string, region: string): Step {
  const words = ['lambda', 'wait', 'function-updated-v2', '--function-name', name];
  return {
    purpose: `wait for ${name}`,
    command: { program: 'aws', words: [...words, '--region', region] },
    when: 'there',
  };
}

/** A name for the right of one who may call, always the same, so that it is not given twice. */
function statementOf(principal: string): string {
  return `fairlead-${createHash('sha256').update(principal).digest('hex').slice(0, 12)}`;
}
