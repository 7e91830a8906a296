import type { Deployment, Target } from '../deploy-file/deployment.ts';
import type { Places, Step } from './plan.ts';

/** The steps for a function app of Azure, which is there already. */
export function azureSteps(
  { name, node, env, secrets }: Deployment,
  { resourceGroup }: Extract<Target, { is: 'azure' }>,
  places: Places,
): readonly Step[] {
  const which = ['--name', name, '--resource-group', resourceGroup];
  const az = (purpose: string, verb: string, ...words: readonly string[]): Step => ({
    purpose,
    command: { program: 'az', words: [...verb.split(' '), ...which, ...words] },
  });
  return [
    az(
      `choose Node for ${name}`,
      'functionapp config set',
      '--linux-fx-version',
      `Node|${node}`,
      '--output',
      'none',
    ),
    ...(env === undefined && secrets === undefined
      ? []
      : [
          az(
            `set the variables of ${name}`,
            'functionapp config appsettings set',
            '--settings',
            `@${places.variables}`,
            '--output',
            'none',
          ),
        ]),
    az(
      `deploy ${name}`,
      'functionapp deployment source config-zip',
      '--src',
      places.archive,
      '--build-remote',
      'true',
      '--output',
      'none',
    ),
    {
      ...az(
        `ask where ${name} is`,
        'functionapp function show',
        '--function-name',
        'main',
        '--query',
        'invokeUrlTemplate',
        '--output',
        'tsv',
      ),
      tellsTrigger: true,
    },
  ];
}
