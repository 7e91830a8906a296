import type { Deployment } from '../deploy-file/deployment.ts';
import type { FunctionCode } from './bundle.ts';

/** Packages that are installed where the function runs, by their versions. */
const packages = {
  google: { '@google-cloud/functions-framework': '5.0.5' },
  azure: { '@azure/functions': '4.16.5' },
} as const;

/** What is not in the bundle, as the platform installs it: names and versions. */
export function installedPackages({ target }: Deployment): Readonly<Record<string, string>> {
  switch (target.is) {
    case 'gcf':
    case 'cloudrun':
      return packages.google;
    case 'azure':
      return packages.azure;
    case 'lambda':
      return {};
  }
}

/** The names of {@link installedPackages}. */
export function ownPackages(deployment: Deployment): readonly string[] {
  return Object.keys(installedPackages(deployment));
}

/** The module that a platform loads. The connector and its options have names of their own in it. */
export function entryText(code: FunctionCode, deployment: Deployment): string {
  const { options, call } = platformParts(deployment);
  const host = {
    gcf: 'httpFunction',
    cloudrun: 'httpFunction',
    lambda: 'lambdaFunction',
    azure: 'azureFunction',
  }[deployment.target.is];
  return [
    `import { ${host} } from '@fairlead/host-fivetran';`,
    `import { connector } from 'fairlead:connector';`,
    ...(code.options === undefined ? [] : [`import { functionOptions } from 'fairlead:options';`]),
    ...(deployment.target.is === 'azure' ? [`import { app } from '@azure/functions';`] : []),
    `const own = ${code.options === undefined ? '{}' : 'functionOptions'};`,
    `const options = { environment: process.env, ...own, ...${JSON.stringify(options)} };`,
    `const handle = ${host}(connector, { ...options, limits: { ...own.limits, ...options.limits } });`,
    call,
    '',
  ].join('\n');
}

function platformParts(deployment: Deployment) {
  const { target, streams, timeoutSeconds } = deployment;
  const chosen = {
    limits: { timeoutMs: timeoutSeconds * 1_000 },
    ...(streams === undefined ? {} : { streams }),
  };
  switch (target.is) {
    case 'gcf': {
      const platform = target.generation === 1 ? 'gcf-gen1' : 'gcf';
      return { options: { platform, ...chosen }, call: 'export const main = handle;' };
    }
    case 'cloudrun':
      return { options: { platform: 'gcf', ...chosen }, call: 'export const main = handle;' };
    case 'lambda': {
      // Lambda tells each call how much time it has.
      const { limits: _limits, ...rest } = chosen;
      const options = { platform: 'lambda', ...rest };
      return { options, call: 'export const handler = handle;' };
    }
    case 'azure':
      return {
        options: { platform: 'azure', ...chosen },
        call: `app.http('main', { methods: ['POST'], authLevel: 'function', handler: handle });`,
      };
  }
}
