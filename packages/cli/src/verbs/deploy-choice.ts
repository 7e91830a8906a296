import type { Deployment } from '@fairlead/deploy';
import { closest, Failure } from '@fairlead/sdk';
import type { OpenedDeployFile } from './deploy-file.ts';

/** Which functions a verb works on. */
export interface DeployChoice {
  /** All, or all of `env`. */
  readonly all?: boolean;
  /** Only those of this environment. */
  readonly env?: string;
}

/**
 * The functions that are named, or all of them; in order of their names.
 * @throws {Failure} config, when one is not there, or none is chosen.
 */
export function chooseDeployments(
  { file, deployments }: OpenedDeployFile,
  names: readonly string[],
  { all = false, env }: DeployChoice,
): readonly Deployment[] {
  if (names.length > 0 && all) {
    throw new Failure('config', 'functions are named, and --all as well', {
      hint: 'Leave out one.',
    });
  }
  if (env !== undefined) assertEnvironment(file, deployments, env);
  for (const name of names) {
    const found = deployments.find((deployment) => deployment.name === name);
    if (found === undefined) throw unknown(file, deployments, name);
    if (env !== undefined && found.environment !== env) {
      throw new Failure('config', `"${name}" is not in the environment "${env}"`, { where: file });
    }
  }
  if (names.length === 0 && !all) {
    throw new Failure('config', 'no function is named', {
      hint:
        deployments.length === 0
          ? `There is none in ${file} yet.`
          : `Name some of ${file}, such as ${deployments[0]?.name ?? ''}, or all with --all.`,
    });
  }
  return deployments.filter(
    ({ name, environment }) =>
      (names.length === 0 || names.includes(name)) && (env === undefined || environment === env),
  );
}

function assertEnvironment(file: string, deployments: readonly Deployment[], env: string): void {
  const known = new Set(deployments.flatMap(({ environment }) => environment ?? []));
  if (known.has(env)) return;
  const near = closest(env, known);
  throw new Failure(
    'config',
    `no function is in the environment "${env}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    { where: file },
  );
}

function unknown(file: string, deployments: readonly Deployment[], name: string): Failure {
  const near = closest(
    name,
    deployments.map((deployment) => deployment.name),
  );
  const meant = near === undefined ? '' : `; did you mean "${near}"?`;
  return new Failure('config', `there is no function "${name}"${meant}`, { where: file });
}
