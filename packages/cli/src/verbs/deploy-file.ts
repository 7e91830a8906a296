import { readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DeployFile, type Deployment, type DeployProblem, deploymentsOf } from '@fairlead/deploy';
import { Failure, settingsSchema } from '@fairlead/sdk';
import { invalidValues } from '../file/invalid-values.ts';
import { parsePlaced, type Path, type PlacedDocument } from '../file/placed-document.ts';
import { messageOf, type Problem, unknownKeys } from '../file/problems.ts';
import { readTextValues, withMember } from '../file/read-text-values.ts';
import { readVariables } from '../file/read-variables.ts';
import type { Variables } from '../file/variables.ts';
import { type Invocation, tell } from '../invocation.ts';

/** What the file of deployments is called when nothing is said. */
export const deployFileName = 'deploy.yaml';

/** A file of deployments in which nothing is wrong. */
export interface OpenedDeployFile {
  /** As it is called in messages. */
  readonly file: string;
  /** Where it is, links followed. */
  readonly folder: string;
  /** In order of their names. */
  readonly deployments: readonly Deployment[];
}

/**
 * Reads the file of deployments. All that is wrong in it is told, each with its place.
 * @throws {Failure} config
 */
export function openDeployFile(
  invocation: Invocation,
  file: string = deployFileName,
): OpenedDeployFile {
  const { environment } = invocation;
  const path = resolve(environment.folder, file);
  const text = readText(path, file);
  const folder = realpathSync(dirname(path));
  const variables = readVariables(folder, environment.variables);
  const { deployments, problems, document } = parseDeployFile(text, file, variables);
  refuseAll(invocation, file, document, problems);
  return { file, folder, deployments };
}

/** The functions that a text describes, by what it is called; undefined for one that is wrong. */
export function deploymentsIn(
  text: string,
  file: string,
  variables: Variables,
): readonly Deployment[] | undefined {
  try {
    const { deployments, problems } = parseDeployFile(text, file, variables);
    return problems.length === 0 ? deployments : undefined;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

interface ParsedDeployFile {
  readonly document: PlacedDocument;
  /** Empty where there are problems that hide the rest. */
  readonly deployments: readonly Deployment[];
  readonly problems: readonly Problem[];
}

function parseDeployFile(text: string, file: string, variables: Variables): ParsedDeployFile {
  const document = parsePlaced(text, file, variables);
  const { value } = document;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Failure('config', 'the file describes no function', {
      where: document.place(document.offsetOf([], 'value')),
      hint: 'A function is its name, and below it "connector: " with a folder in connectors.',
    });
  }
  const isText = (path: Path) => document.isFromVariable(path);
  const read = readTextValues(DeployFile, value, isText);
  const first = DeployFile.safeParse(read);
  const invalid = first.success ? [] : invalidValues(first.error.issues, value, isText);
  // What is right is looked at all the same, so that one call tells all that is wrong.
  const parsed = first.success ? first : DeployFile.safeParse(withoutInvalid(read, invalid));
  const { deployments = [], problems: further = [] } = parsed.success
    ? deploymentsOf(parsed.data)
    : {};
  const unknown = unknownKeys(settingsSchema(DeployFile), value);
  const secrets = parsed.success ? secretValues(parsed.data, isText) : [];
  return { document, deployments, problems: [...unknown, ...invalid, ...further, ...secrets] };
}

/** `value` as if what is wrong with it had not been written. A connector there has to be. */
function withoutInvalid(value: unknown, problems: readonly Problem[]): unknown {
  let result = value;
  for (const { path } of problems) {
    const member = path.at(-1) === 'connector' ? 'any' : undefined;
    result = withMember(result, path, member);
  }
  if (typeof result !== 'object' || result === null) return result;
  return Object.fromEntries(Object.entries(result).filter(([, member]) => member !== undefined));
}

/** Secrets that are written out, or come out of a variable: they would leave this machine. */
function secretValues(
  { environments = {}, ...functions }: DeployFile,
  isText: (path: Path) => boolean,
): readonly DeployProblem[] {
  const holders = [
    ...Object.entries(environments).map(([name, holder]) => ({
      at: ['environments', name],
      holder,
    })),
    ...Object.entries(functions).map(([name, holder]) => ({ at: [name], holder })),
  ];
  return holders.flatMap(({ at, holder }) =>
    Object.keys(holder.secrets ?? {})
      .map((name) => [...at, 'secrets', name])
      .filter(isText)
      .map((path) => ({
        is: 'invalid' as const,
        path,
        message: `"${path.join('.')}" is a value, and has to be the name of a secret`,
        hint: 'Put the value into Secret Manager, or into the secrets of Fivetran.',
      })),
  );
}

/** Tells every problem in order of its place. A single one is the failure itself. */
function refuseAll(
  invocation: Invocation,
  file: string,
  document: PlacedDocument,
  problems: readonly Problem[],
): void {
  const meant = new Set(problems.map(({ suggestion }) => suggestion));
  const failures = problems
    .filter(({ is, path }) => is !== 'missing' || !meant.has(String(path.at(-1))))
    .map((problem) => {
      const part = problem.is === 'invalid' && problem.path.length > 1 ? 'value' : 'key';
      return { problem, offset: document.offsetOf(problem.path, part) };
    })
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ problem, offset }) => {
      const { hint } = problem;
      return { message: messageOf(problem), where: document.place(offset), hint };
    });
  const [first] = failures;
  if (first === undefined) return;
  const { message, where, hint } = first;
  if (failures.length === 1) {
    throw new Failure('config', message, { where, ...(hint === undefined ? {} : { hint }) });
  }
  for (const each of failures) {
    const remedy = each.hint === undefined ? '' : `. ${each.hint}`;
    tell(invocation, `${each.where}: ${each.message}${remedy}`);
  }
  throw new Failure('config', `${failures.length} problems`, { where: file });
}

function readText(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') {
      throw new Failure('config', 'there is no such file', {
        where: file,
        hint: 'Call the command where deploy.yaml is, or name another with --file.',
      });
    }
    throw new Failure('access', `the file cannot be read (${code})`, { where: file, cause: error });
  }
}
