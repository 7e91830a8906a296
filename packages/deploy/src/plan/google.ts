import type { Deployment, Target } from '../deploy-file/deployment.ts';
import type { Places, Step } from './plan.ts';

type GoogleTarget = Extract<Target, { is: 'gcf' | 'cloudrun' }>;

/** The steps for a function of Google Cloud, or a service of Cloud Run that is one. */
export function googleSteps(
  deployment: Deployment,
  target: GoogleTarget,
  places: Places,
): readonly Step[] {
  const { name, invokers = [] } = deployment;
  const accounts = invokers.filter((invoker) => invoker !== 'allUsers');
  return [
    {
      purpose: `deploy ${name}`,
      command: { program: 'gcloud', words: deployWords(deployment, target, places) },
      tellsTrigger: true,
    },
    ...accounts.map((account) => ({
      purpose: `let ${account} call ${name}`,
      command: { program: 'gcloud', words: bindingWords(deployment, target, account) },
    })),
  ];
}

function deployWords(
  deployment: Deployment,
  target: GoogleTarget,
  places: Places,
): readonly string[] {
  const { name, memoryMib, timeoutSeconds, node, serviceAccount, maxInstances } = deployment;
  const { invokers, env, secrets } = deployment;
  const isFirst = target.is === 'gcf' && target.generation === 1;
  const head = {
    gcf: [
      'functions',
      'deploy',
      name,
      isFirst ? '--no-gen2' : '--gen2',
      `--runtime=nodejs${node}`,
      `--source=${places.folder}`,
      '--entry-point=main',
      '--trigger-http',
    ],
    cloudrun: [
      'run',
      'deploy',
      name,
      `--source=${places.folder}`,
      '--function=main',
      `--base-image=nodejs${node}`,
    ],
  }[target.is];
  const references = Object.entries(secrets ?? {}).map(
    ([variable, secret]) =>
      `${variable}=${/:(latest|\d+)$/.test(secret) ? secret : `${secret}:latest`}`,
  );
  return [
    ...head,
    ...whereWords(deployment, target),
    isFirst ? `--memory=${memoryMib}MB` : `--memory=${memoryMib}Mi`,
    `--timeout=${timeoutSeconds}s`,
    ...(isFirst ? ['--security-level=secure-always'] : ['--concurrency=1']),
    ...(maxInstances === undefined ? [] : [`--max-instances=${maxInstances}`]),
    ...(serviceAccount === undefined ? [] : [`--service-account=${serviceAccount}`]),
    ...accessWords(invokers),
    ...(env === undefined ? [] : [variablesWord(env, places)]),
    ...(secrets === undefined
      ? []
      : [references.length === 0 ? '--clear-secrets' : `--set-secrets=${references.join(',')}`]),
    '--update-labels=deployed-by=fairlead',
    '--quiet',
    `--format=value(${urlOf(target)})`,
  ];
}

function variablesWord(env: Readonly<Record<string, string>>, { variables }: Places): string {
  return Object.keys(env).length === 0 ? '--clear-env-vars' : `--env-vars-file=${variables}`;
}

function accessWords(invokers: readonly string[] | undefined): readonly string[] {
  if (invokers === undefined) return [];
  return [invokers.includes('allUsers') ? '--allow-unauthenticated' : '--no-allow-unauthenticated'];
}

function whereWords({ region }: Deployment, { project }: GoogleTarget): readonly string[] {
  return [`--region=${region}`, ...(project === undefined ? [] : [`--project=${project}`])];
}

/** Where the answer of a deployment has the URL. */
function urlOf(target: GoogleTarget): string {
  if (target.is === 'cloudrun') return 'status.url';
  return target.generation === 1 ? 'httpsTrigger.url' : 'serviceConfig.uri';
}

/** The right to call: of the service that runs a function, but for the first generation. */
function bindingWords(
  deployment: Deployment,
  target: GoogleTarget,
  account: string,
): readonly string[] {
  const { name } = deployment;
  const isFirst = target.is === 'gcf' && target.generation === 1;
  const member = account.includes(':') ? account : `serviceAccount:${account}`;
  return [
    ...(isFirst ? ['functions'] : ['run', 'services']),
    'add-iam-policy-binding',
    name,
    ...whereWords(deployment, target),
    `--member=${member}`,
    `--role=roles/${isFirst ? 'cloudfunctions' : 'run'}.invoker`,
    '--quiet',
  ];
}
