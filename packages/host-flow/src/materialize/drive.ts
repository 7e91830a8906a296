import { decodeValue, type JsonSchema } from '@fairlead/json';
import { Failure, type Json, type KeyRange } from '@fairlead/sdk';
import { jsonBytes, jsonOf } from './answers.ts';
import { unexpected, type Connection } from './connection.ts';
import { driveSession, type DriveStep, type FixtureTransaction } from './drive-session.ts';
import { buildBinding, buildCollection, groupBy, type DriveCollection } from './drive-spec.ts';
import type { Reduce } from './drive-transaction.ts';
import type { MaterializationSpec } from './flow-spec.ts';
import { RuntimeLog } from './runtime-log.ts';
import type { MaterializeResponse } from '../protocol/materialize-messages.ts';

export interface DriveOptions {
  /** Starts the materialization; called for each request that has a process of its own. */
  readonly connect: () => Connection;
  /** The name of the task. */
  readonly task: string;
  /** Settings of the materialization. */
  readonly config: Json;
  readonly collections: readonly DriveCollection[];
  readonly transactions: readonly FixtureTransaction[];
  /** How documents of one key become one; the later one counts unless given. */
  readonly reduce?: Reduce;
  /** What the runtime kept of an earlier drive. */
  readonly log?: RuntimeLog;
  /** How often the materialization may end by itself or be killed, and is started again; 0 unless given. */
  readonly restarts?: number;
  /** Whether keys and values are packed tuples, as the older runtime and protobuf have them. */
  readonly packed?: boolean;
  readonly range?: KeyRange;
  /** How many transactions each session has at most. */
  readonly perSession?: number;
  /** Whether sessions end without the acknowledgement of their last transaction. */
  readonly leavesLast?: boolean;
  /** Called before each step of a session; what it throws kills the materialization there. */
  readonly at?: (step: DriveStep) => void;
}

export interface DriveReport {
  /** What was done to the tables. */
  readonly actions: string;
  readonly spec: MaterializationSpec;
  readonly log: RuntimeLog;
  /** How many sessions there were, those that were cut off included. */
  readonly sessions: number;
}

/**
 * Drives a materialization as the Flow runtime would, from its spec to the last transaction, with the
 * same transactions again after a crash.
 * @throws {Failure} what the materialization refuses, or says that the runtime would not take.
 */
export async function drive(options: DriveOptions): Promise<DriveReport> {
  const { connect, transactions, log = new RuntimeLog(), restarts = 0, perSession } = options;
  const spec = await buildSpec(options, log);
  const actions = await applySpec(connect, spec, log);
  let failures = 0;
  let sessions = 0;
  for (let isDone = false; !isDone;) {
    sessions++;
    const connection = connect();
    try {
      await driveSession({
        connection,
        spec,
        log,
        transactions,
        packed: options.packed ?? false,
        ...(options.reduce === undefined ? {} : { reduce: options.reduce }),
        ...(options.range === undefined ? {} : { range: options.range }),
        ...(options.at === undefined ? {} : { at: options.at }),
        ...(perSession === undefined ? {} : { atMost: perSession }),
        leavesLast: options.leavesLast ?? false,
      });
      isDone = log.committed >= transactions.length;
    } catch (error) {
      if (++failures > restarts) throw error;
    } finally {
      await connection[Symbol.asyncDispose]();
    }
  }
  // A session that only applies what the last one has left.
  if (options.leavesLast === true) {
    await drive({ ...options, log, leavesLast: false });
  }
  return { actions, spec, log, sessions };
}

/** Asks for the spec of a materialization, whose settings must not be needed for it. */
export async function driveSpec(
  connect: () => Connection,
): Promise<{ readonly configSchema: JsonSchema; readonly resourceConfigSchema: JsonSchema }> {
  const { configSchema, resourceConfigSchema } = await once(
    connect,
    { is: 'spec', config: jsonBytes({}) },
    'spec',
  );
  return {
    // Schemas are objects.
    configSchema: jsonOf(configSchema) as JsonSchema,
    resourceConfigSchema: jsonOf(resourceConfigSchema) as JsonSchema,
  };
}

/** The task with the fields that the materialization allows. */
export async function buildSpec(
  {
    connect,
    task,
    config,
    collections,
  }: Pick<DriveOptions, 'connect' | 'task' | 'config' | 'collections'>,
  log: RuntimeLog,
): Promise<MaterializationSpec> {
  const settings = { name: task, config: jsonBytes(config) };
  const proposed = collections.map((wanted) => {
    const collection = buildCollection(wanted);
    const resourceConfig = jsonBytes(wanted.resource);
    const backfill = wanted.backfill ?? 0;
    return { resourceConfig, collection, groupBy: groupBy(collection), backfill };
  });
  const last = log.applied === undefined ? {} : { lastMaterialization: log.applied };
  const request = { is: 'validate', ...settings, bindings: proposed, ...last } as const;
  const { bindings } = await once(connect, request, 'validated');
  return {
    ...settings,
    bindings: collections.map((wanted, index) => {
      const validated = bindings[index];
      if (validated === undefined) throw new Failure('data', 'a binding was not validated');
      return buildBinding(wanted, validated);
    }),
  };
}

/**
 * Applies a spec, again as long as the materialization first applies what it has staged.
 * @returns what was done.
 */
export async function applySpec(
  connect: () => Connection,
  materialization: MaterializationSpec,
  log: RuntimeLog,
): Promise<string> {
  for (let round = 0; round < mostApplies; round++) {
    const last = log.applied === undefined ? {} : { lastMaterialization: log.applied };
    const state = jsonBytes(log.state);
    const request = { is: 'apply', materialization, version: '1', state, ...last } as const;
    const applied = await once(connect, request, 'applied');
    log.update(applied.state);
    if (applied.state !== undefined) continue;
    log.applied = materialization;
    return applied.actionDescription;
  }
  throw new Failure('data', `apply has changed the state ${mostApplies} times`);
}

/**
 * The transactions of a fixture: lines of `["collection", {…}]`, and `{"commit": true}` after each
 * transaction.
 * @throws {Failure} data
 */
export function readFixture(text: string): readonly FixtureTransaction[] {
  const transactions: FixtureTransaction[] = [];
  let open: FixtureTransaction[number][] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const value = decodeValue(Buffer.from(line));
    if (Array.isArray(value) && typeof value[0] === 'string' && isObject(value[1])) {
      open.push({ collection: value[0], document: value[1] });
    } else if (isObject(value) && value['commit'] === true) {
      transactions.push(open);
      open = [];
    } else {
      throw new Failure('data', 'this is no document of a collection, and no commit', {
        where: `line ${index + 1}`,
      });
    }
  }
  if (open.length > 0) transactions.push(open);
  return transactions;
}

const mostApplies = 10;

/** One request to a process of its own, after the spec that always comes first. */
async function once<Is extends MaterializeResponse['is']>(
  connect: () => Connection,
  request: Parameters<Connection['send']>[0],
  is: Is,
): Promise<Extract<MaterializeResponse, { is: Is }>> {
  await using connection = connect();
  if (request.is !== 'spec') {
    await connection.send({ is: 'spec', config: jsonBytes({}) });
    const spec = await connection.next();
    if (spec.is !== 'spec') throw unexpected(spec.is);
  }
  await connection.send(request);
  const response = await connection.next();
  const { code, lastMessage } = await connection.end();
  if (code !== 0) throw new Failure('transient', lastMessage);
  if (!isResponse(response, is)) throw unexpected(response.is);
  return response;
}

function isResponse<Is extends MaterializeResponse['is']>(
  response: MaterializeResponse,
  is: Is,
): response is Extract<MaterializeResponse, { is: Is }> {
  return response.is === is;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
