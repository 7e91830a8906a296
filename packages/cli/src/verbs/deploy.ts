import { rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bundle,
  deployFileSchema,
  type Deployment,
  isProgramMissing,
  type Places,
  runSteps,
  shellText,
  stepsOf,
  variablesFile,
  writeBundle,
  zip,
} from '@fairlead/deploy';
import { describeFailure, Failure, isFailure } from '@fairlead/sdk';
import { conclude, type Invocation, tell, writeJson } from '../invocation.ts';
import { ownConditions } from '../own-conditions.ts';
import { chooseDeployments, type DeployChoice } from './deploy-choice.ts';
import { changedDeployments } from './deploy-changed.ts';
import { codeOf } from './deploy-code.ts';
import { openDeployFile, type OpenedDeployFile } from './deploy-file.ts';

export interface DeployOptions extends DeployChoice {
  readonly file?: string;
  /** Only functions that differ from what they were there. */
  readonly changedSince?: string;
  /** Prints commands and runs none. */
  readonly dryRun?: boolean;
  /** Prints what deploy.yaml may hold, for editors, and does nothing else. */
  readonly schema?: boolean;
}

/**
 * `fairlead deploy [NAME…]`: bundles functions and deploys them, one after the other. One that fails
 * keeps no other from being deployed.
 */
export async function deploy(
  invocation: Invocation,
  names: readonly string[],
  options: DeployOptions,
): Promise<void> {
  if (options.schema === true) {
    await invocation.output.write(`${JSON.stringify(deployFileSchema(), null, 2)}\n`);
    return;
  }
  const opened = openDeployFile(invocation, options.file);
  const chosen = chooseDeployments(opened, names, options);
  const { changedSince: ref } = options;
  const changed =
    ref === undefined ? chosen : await changedDeployments(invocation, opened, chosen, ref);
  const results: Result[] = [];
  for (const deployment of changed) {
    const result = await resultOf(invocation, opened, deployment, options.dryRun === true);
    const { name, failure } = result;
    if (failure !== undefined && changed.length > 1) {
      tell(invocation, `${name}: ${describeFailure(failure)}`);
    }
    results.push(result);
  }
  const failure = failureOf(results);
  const { output } = invocation;
  if (invocation.options.json === true) {
    await writeJson(output, results.map(plainResult));
    if (failure !== undefined) throw failure;
  } else if (changed.length === 0) {
    await output.write(`nothing to do: no function has changed since ${ref ?? 'then'}\n`);
  } else {
    await conclude(output, results.map(({ text }) => text).join(''), failure);
  }
}

/** What became of one function. */
interface Result {
  readonly name: string;
  /** What Fivetran calls. */
  readonly trigger?: string | undefined;
  readonly commands: readonly object[];
  readonly failure?: Failure;
  readonly text: string;
}

async function resultOf(
  invocation: Invocation,
  opened: OpenedDeployFile,
  deployment: Deployment,
  isDry: boolean,
): Promise<Result> {
  const { name } = deployment;
  const { environment, interruption, terminal } = invocation;
  const { quiet = false, json = false } = invocation.options;
  try {
    const places = await writeFiles(invocation, opened, deployment);
    const steps = stepsOf(deployment, places);
    const commands = steps.map(({ purpose, command, when }) => ({ purpose, ...command, when }));
    if (isDry) return { name, commands, text: dryText(deployment, steps) };
    const trigger = await runSteps(steps, {
      folder: environment.folder,
      variables: environment.variables,
      signal: interruption.now,
      ...(quiet || json
        ? {}
        : {
            onCommand: (command) => terminal.line(shellText(command)),
            onLine: (line) => terminal.line(line),
          }),
    });
    return { name, trigger, commands, text: `${name}: ${trigger ?? 'deployed'}\n` };
  } catch (error) {
    interruption.now.throwIfAborted();
    if (!isFailure(error)) throw error;
    if (isProgramMissing(error)) throw error;
    return { name, commands: [], failure: error, text: '' };
  }
}

/** Writes what is deployed into a folder that belongs to the function. */
async function writeFiles(
  { environment }: Invocation,
  { folder }: OpenedDeployFile,
  deployment: Deployment,
): Promise<Places> {
  const own = join(folder, '.fairlead/deploy', deployment.name);
  const files = await bundle(codeOf(folder, deployment.connector), deployment, {
    hostFolder: fileURLToPath(new URL('.', import.meta.url)),
    conditions: ownConditions(),
    root: folder,
  });
  await writeBundle(join(own, 'function'), files);
  // Whatever is below is made anew, and may hold values of variables.
  await writeFile(join(folder, '.fairlead/deploy/.gitignore'), '*\n');
  const archive = join(own, 'function.zip');
  await rm(archive, { force: true });
  if (deployment.target.is === 'lambda' || deployment.target.is === 'azure') {
    await writeFile(archive, zip(files));
  }
  const variables = join(own, 'variables.json');
  await rm(variables, { force: true });
  const text = variablesFile(deployment);
  if (text !== undefined) await writeFile(variables, text, { mode: 0o600 });
  const shown = (path: string) => relative(environment.folder, path);
  return {
    folder: shown(join(own, 'function')),
    archive: shown(archive),
    variables: shown(variables),
  };
}

function dryText(deployment: Deployment, steps: ReturnType<typeof stepsOf>): string {
  const { name, environment } = deployment;
  const title = `# ${name}${environment === undefined ? '' : `, in ${environment}`}`;
  const notes = { there: '# when it is there:', 'not there': '# when it is not there yet:' };
  const commands = steps.flatMap(({ command, when }) => [
    ...(when === undefined ? [] : [notes[when]]),
    shellText(command),
  ]);
  return `${[title, ...commands].join('\n')}\n`;
}

function plainResult({ name, trigger, commands, failure }: Result): object {
  if (failure === undefined) return { name, trigger, commands };
  const { kind, message, where, hint } = failure;
  return { name, failure: { kind, message, where, hint } };
}

function failureOf(results: readonly Result[]): Failure | undefined {
  const failed = results.filter(({ failure }) => failure !== undefined);
  const [first] = failed;
  if (first?.failure === undefined) return undefined;
  if (results.length === 1) return first.failure;
  const names = failed.map(({ name }) => name).join(', ');
  const what = `${failed.length} of ${results.length} functions could not be deployed: ${names}`;
  return new Failure(first.failure.kind, what);
}
