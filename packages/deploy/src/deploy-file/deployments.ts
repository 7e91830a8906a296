import { closest } from '@fairlead/sdk';
import type { DeployedSettings, DeployFile, EnvironmentSettings } from './deploy-file.ts';
import type { Deployment, DeployProblem, Target } from './deployment.ts';
import { platformProblems } from './platform-problems.ts';

/** What a deploy.yaml asks for. */
export interface Deployments {
  /** In order of their names. */
  readonly deployments: readonly Deployment[];
  /** Of all functions; where there are any, nothing is to be deployed. */
  readonly problems: readonly DeployProblem[];
}

/** The functions of a file, each over the defaults of its environment and its platform. */
export function deploymentsOf({ environments, ...functions }: DeployFile): Deployments {
  const problems: DeployProblem[] = [];
  const deployments = Object.entries(functions)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, own]) => {
      const common = environmentOf(name, own, environments, problems);
      const found = { name, own, common };
      const target = targetOf(found, problems);
      if (target === undefined) return [];
      const deployment = deploymentOf(found, target);
      problems.push(...platformProblems(deployment, (...path) => placeOf(found, path)));
      return [deployment];
    });
  return { deployments, problems };
}

/** A function's own settings, and those of its environment. */
interface Found {
  readonly name: string;
  readonly own: DeployedSettings;
  readonly common: EnvironmentSettings;
}

function environmentOf(
  name: string,
  { environment }: DeployedSettings,
  environments: DeployFile['environments'],
  problems: DeployProblem[],
): EnvironmentSettings {
  // Files without environments are those of old, in which the word meant nothing.
  if (environment === undefined || environments === undefined) return {};
  const found = Object.hasOwn(environments, environment) ? environments[environment] : undefined;
  if (found !== undefined) return found;
  problems.push({
    is: 'invalid',
    path: [name, 'environment'],
    message: `there is no environment "${environment}"`,
    suggestion: closest(environment, Object.keys(environments)),
  });
  return {};
}

/** Where a setting stands: with the function, or else with its environment. */
function placeOf({ name, own, common }: Found, path: readonly string[]): readonly string[] {
  if (has(own, path) || !has(common, path)) return [name, ...path];
  return ['environments', own.environment ?? '', ...path];
}

function has(settings: object, path: readonly string[]): boolean {
  let found: unknown = settings;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return false;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return true;
}

function targetOf(found: Found, problems: DeployProblem[]): Target | undefined {
  const { own, common } = found;
  // A function that names its own form has no use for the generation of another one.
  const form =
    own.form ?? common.form ?? ((own.generation ?? common.generation) ? 'gcf' : 'gcf-gen1');
  const generation = own.generation ?? (own.form === undefined ? common.generation : undefined);
  const project = own.project ?? common.project;
  const inProject = project === undefined ? {} : { project };
  const contradiction = (message: string) => {
    problems.push({ is: 'invalid', path: placeOf(found, ['generation']), message });
    return undefined;
  };
  if (form === 'gcf') return { is: 'gcf', generation: generation ?? 2, ...inProject };
  if (form === 'gcf-gen1') {
    if (generation === 2)
      return contradiction('"gcf-gen1" is the first generation, not the second');
    return { is: 'gcf', generation: 1, ...inProject };
  }
  if (generation !== undefined) return contradiction(`"${form}" has no generations`);
  if (form === 'cloudrun') return { is: 'cloudrun', ...inProject };
  if (form === 'lambda') return { is: 'lambda' };
  const resourceGroup = own.resource_group ?? common.resource_group;
  if (resourceGroup !== undefined) return { is: 'azure', resourceGroup };
  problems.push({
    is: 'missing',
    path: [found.name, 'resource_group'],
    message: `"resource_group" is missing in "${found.name}"`,
    hint: 'Azure keeps a function app in one.',
  });
  return undefined;
}

function deploymentOf({ name, own, common }: Found, target: Target): Deployment {
  const { region, memoryMib, timeoutSeconds } = defaultsOf(target);
  const memory = own.memory ?? common.memory;
  const timeout = own.timeout ?? common.timeout;
  const serviceAccount = own.service_account ?? common.service_account;
  const invoker = own.invoker ?? common.invoker;
  const maxInstances = own.max_instances ?? common.max_instances;
  return {
    name,
    connector: own.connector,
    ...(own.environment === undefined ? {} : { environment: own.environment }),
    target,
    region: own.region ?? common.region ?? region,
    memoryMib: memory === undefined ? memoryMib : mebibytesOf(memory),
    timeoutSeconds: timeout === undefined ? timeoutSeconds : secondsOf(timeout),
    node: (own.runtime ?? common.runtime) === 'nodejs24' ? 24 : 22,
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
    ...(invoker === undefined ? {} : { invokers: [invoker].flat() }),
    ...(maxInstances === undefined ? {} : { maxInstances }),
    ...both('env', own, common),
    ...both('secrets', own, common),
    ...(own.streams === undefined ? {} : { streams: own.streams }),
    ...(own.schedule === undefined ? {} : { schedule: own.schedule }),
  };
}

function defaultsOf(target: Target): Pick<Deployment, 'region' | 'memoryMib' | 'timeoutSeconds'> {
  switch (target.is) {
    case 'gcf':
      return target.generation === 1
        ? { region: 'us-central1', memoryMib: 4096, timeoutSeconds: 540 }
        : { region: 'us-central1', memoryMib: 1024, timeoutSeconds: 3600 };
    case 'cloudrun':
      return { region: 'us-central1', memoryMib: 1024, timeoutSeconds: 3600 };
    case 'lambda':
      return { region: 'us-east-1', memoryMib: 1024, timeoutSeconds: 900 };
    case 'azure':
      return { region: '', memoryMib: 0, timeoutSeconds: 230 };
  }
}

/** `512MB` and `512Mi` are the same here, as they are for functions. */
function mebibytesOf(text: string): number {
  const count = Number.parseInt(text, 10);
  return /G/.test(text) ? count * 1024 : count;
}

function secondsOf(timeout: number | string): number {
  if (typeof timeout === 'number') return timeout;
  const unit = { s: 1, m: 60, h: 3600 }[timeout.slice(-1)] ?? 1;
  return Number.parseInt(timeout, 10) * unit;
}

/** The variables of a function over those of its environment; nothing, where neither names them. */
function both(key: 'env' | 'secrets', own: EnvironmentSettings, common: EnvironmentSettings) {
  if (own[key] === undefined && common[key] === undefined) return {};
  const entries = Object.entries({ ...common[key], ...own[key] });
  const texts = entries.map(([name, value]) => [name, String(value)] as const);
  return { [key]: Object.fromEntries(texts.toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}
