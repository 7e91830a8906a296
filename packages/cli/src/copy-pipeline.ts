import { realpathSync } from 'node:fs';
import type { Pipeline, StreamRule } from '@fairlead/runtime';
import {
  byteSize,
  connect,
  connectMaterialization,
  duration,
  Failure,
  settingsSchema,
} from '@fairlead/sdk';
import { z } from 'zod';
import { isRelative, resolveAddress, type Addressed } from './connectors/address.ts';
import { findConnectors } from './connectors/find-connectors.ts';
import { loadMaterialization, loadSource } from './connectors/load-connector.ts';
import type { Environment } from './environment.ts';
import { invalidValues } from './file/invalid-values.ts';
import { messageOf, unknownKeys } from './file/problems.ts';
import { readTextValues } from './file/read-text-values.ts';
import { readVariables } from './file/read-variables.ts';
import { hasVariables, substitute, VariableProblem, type Variables } from './file/variables.ts';
import { identityOf, nameOfCopy } from './identity.ts';
import { defaultCommit, defaultRule } from './pipeline-defaults.ts';
import { applySets, parseSet, type SetOption } from './set-option.ts';

/** The options of `copy` that describe the pipeline, as they were written. */
export interface CopyOptions {
  readonly name?: string;
  readonly stream?: readonly string[];
  readonly columns?: string;
  readonly write?: string;
  readonly deletes?: string;
  readonly contract?: string;
  readonly key?: string;
  readonly table?: string;
  readonly set?: readonly string[];
  readonly commitEvery?: string;
  readonly commitBytes?: string;
}

/** Where `copy` writes when nothing is said. */
export const defaultDestination = 'duckdb:fairlead.duckdb';

/**
 * The pipeline that the words of a `copy` describe. Variables in addresses and settings are replaced.
 * @throws {Failure} config
 */
export async function copyPipeline(
  addresses: { readonly source: string; readonly destination: string },
  options: CopyOptions,
  environment: Pick<Environment, 'folder' | 'stateFolder' | 'variables'>,
): Promise<Pipeline> {
  const folder = realpathSync(environment.folder);
  const variables = readVariables(folder, environment.variables);
  const installed = findConnectors(folder);
  const sets = (options.set ?? []).map((text) => expandSet(parseSet(text), variables));
  const from = await resolveAddress(
    expand(addresses.source, 'SOURCE', variables),
    'source',
    installed,
    loadSource,
  );
  const to = await resolveAddress(
    expand(addresses.destination, 'DESTINATION', variables),
    'destination',
    installed,
    loadMaterialization,
  );
  const written = [addresses.source, addresses.destination, ...(options.set ?? [])];
  // What a variable holds is not to be guessed from a suggestion.
  const settling = { sets, hidden: written.some(hasVariables) };
  const source = { connector: from.connector, settings: await settle(from, 'source', settling) };
  const destination = {
    connector: to.connector,
    settings: await settle(to, 'destination', settling),
  };
  // What is absolute is the same from everywhere.
  const base = (...ends: readonly { readonly address: string }[]) =>
    ends.some(({ address }) => isRelative(address)) ? folder : '';
  return {
    name: options.name ?? nameOfCopy(base(from), source, options.table),
    source: connect(source.connector, source.settings),
    destination: connectMaterialization(destination.connector, destination.settings),
    streams: rulesOf(options),
    commit: commitOf(options),
    stateFolder: environment.stateFolder,
    identity: identityOf(base(from, to), source, destination),
  };
}

function expand(text: string, where: string, variables: Variables): string {
  try {
    return substitute(text, variables);
  } catch (error) {
    if (!(error instanceof VariableProblem)) throw error;
    throw new Failure('config', error.message, { where, hint: error.hint });
  }
}

function expandSet(set: SetOption, variables: Variables): SetOption {
  return { ...set, text: expand(set.text, `--set ${set.name}`, variables) };
}

/** The settings of one end: those of its address, and over them those that were set. */
async function settle<Connector extends { readonly config: z.ZodType }>(
  { settings, connector, installed }: Addressed<Connector>,
  end: SetOption['end'],
  { sets, hidden }: { readonly sets: readonly SetOption[]; readonly hidden: boolean },
): Promise<unknown> {
  const value = await applySets(
    settings,
    sets.filter((set) => set.end === end),
  );
  const result = readTextValues(connector.config, value, () => true);
  const parsed = connector.config.safeParse(result);
  const [problem] = [
    ...unknownKeys(settingsSchema(connector.config), result),
    ...(parsed.success ? [] : invalidValues(parsed.error.issues, result, () => hidden)),
  ];
  if (problem === undefined) return result;
  throw new Failure('config', messageOf(problem), {
    where: `settings of ${installed.name}`,
    ...(problem.is === 'missing'
      ? { hint: `Give it with --set ${[end, ...problem.path].join('.')}=….` }
      : {}),
  });
}

const Rule = z.object({
  write: z.enum(['merge', 'append']).optional(),
  deletes: z.enum(['hard', 'soft', 'ignore']).default(defaultRule.deletes),
  contract: z.enum(['evolve', 'freeze', 'quarantine']).default(defaultRule.contract),
});

function rulesOf(options: CopyOptions): readonly StreamRule[] {
  const { write, deletes, contract } = parseOptions(Rule, options);
  const columns = listOf(options.columns);
  const key = listOf(options.key);
  return (options.stream ?? ['*']).map((match) => ({
    match,
    deletes,
    contract,
    ...(write === undefined ? {} : { write }),
    ...(columns === undefined ? {} : { columns }),
    ...(key === undefined ? {} : { key }),
    ...(options.table === undefined ? {} : { target: { table: options.table } }),
  }));
}

const Bounds = z.object({
  commitEvery: duration('', '').optional(),
  commitBytes: byteSize('', '').optional(),
});

function commitOf(options: CopyOptions): Pipeline['commit'] {
  const { commitBytes, commitEvery } = parseOptions(Bounds, options);
  return {
    bytes: commitBytes ?? defaultCommit.bytes,
    everyMs: commitEvery ?? defaultCommit.everyMs,
  };
}

function parseOptions<T>(schema: z.ZodType<T>, options: CopyOptions): T {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const [problem] = invalidValues(parsed.error.issues, options, () => false);
  const option = String(problem?.path[0]).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const message =
    problem === undefined ? 'does not fit' : messageOf(problem).replace(/^"\w*" /, '');
  throw new Failure('config', message, { where: `--${option}` });
}

function listOf(text: string | undefined): readonly string[] | undefined {
  const names = text?.split(',').map((name) => name.trim());
  return names?.filter((name) => name !== '');
}
