import { randomUUID } from 'node:crypto';
import { functionTables, Warehouse } from '@fairlead/fivetran-tester';
import {
  callFunction,
  type ConnectionOptions,
  type FunctionEndpoint,
  platformLimits,
  testFunction,
} from '@fairlead/host-fivetran';
import { maskSecrets, type Mask } from '@fairlead/host-io';
import { Failure, isFailure, type Json } from '@fairlead/sdk';
import { conclude, logOf, writeJson, type Invocation } from '../invocation.ts';
import { givenSettings } from '../platform/given-settings.ts';
import { type CallFacts, jsonOfSync, renderSync } from './function-report.ts';
import { type FileOptions, filesOf, reset, shown } from './function-files.ts';
import { platformOf } from './function-source.ts';
import { endpointOf, headersOf, meter, type TargetOptions } from './function-target.ts';
import { readFunctionState, writeFunctionState } from './function-state.ts';

export interface CallOptions extends TargetOptions, FileOptions {
  readonly secrets?: string;
  readonly payload?: string;
  readonly test?: boolean;
  readonly reset?: boolean;
}

/**
 * `fairlead function call NAME|URL`: one sync as Fivetran makes it, or the test of the settings. Rows go
 * into a DuckDB file, and the state into another, both after every answer. An installed source is
 * served for as long as that takes.
 */
export async function callAsFivetran(
  invocation: Invocation,
  target: string,
  options: CallOptions,
): Promise<void> {
  const secrets = given(invocation, '--secrets', options.secrets);
  const mask = maskOf([secrets, ...Object.values(headersOf(options.header))]);
  const connection: ConnectionOptions = {
    secrets,
    customPayload: given(invocation, '--payload', options.payload),
    agent: `Fairlead/local/${agentName(target)}`,
    limits: platformLimits[platformOf(options.platform)],
    signal: invocation.interruption.now,
  };
  await using called = await endpointOf(invocation, target, options);
  if (options.test === true) await test(invocation, called.endpoint, { connection, mask });
  else await sync(invocation, called.endpoint, { connection, mask, options });
}

interface Scope {
  readonly connection: ConnectionOptions;
  /** Hides the secrets. */
  readonly mask: Mask;
}

async function test(
  { output, options }: Invocation,
  endpoint: FunctionEndpoint,
  { connection, mask }: Scope,
): Promise<void> {
  try {
    await testFunction(endpoint, connection);
  } catch (error) {
    throw isFailure(error) ? masked(error, mask) : error;
  }
  if (options.json === true) await writeJson(output, { test: 'passed' });
  else await output.write('the test has passed\n');
}

async function sync(
  invocation: Invocation,
  endpoint: FunctionEndpoint,
  { connection, mask, options }: Scope & { readonly options: CallOptions },
): Promise<void> {
  const { environment } = invocation;
  const files = filesOf(environment, options);
  if (options.reset === true) await reset(environment, files);
  const before = readFunctionState(files.state, shown(environment, files.state));
  await using warehouse = await Warehouse.open(files.warehouse);
  const calls: CallFacts[] = [];
  const log = logOf(invocation);
  const metered = meter(endpoint);
  const report = await callFunction(metered.endpoint, functionTables(warehouse), {
    ...connection,
    state: before,
    syncId: randomUUID(),
    onAnswer({ state, insert, delete: deletes, hasMore }) {
      writeFunctionState(files.state, state);
      const counts = { inserted: countRows(insert), deleted: countRows(deletes) };
      const facts = { call: calls.length + 1, ...counts, ...metered.last(), hasMore };
      calls.push(facts);
      log.info('called', { ...facts });
    },
  });
  const tables = await warehouse.counts();
  const outcome = { report, calls, tables, state: shown(environment, files.state) };
  const text = invocation.options.json === true ? jsonOfSync(outcome) : renderSync(outcome);
  const { failure } = report;
  await conclude(invocation.output, text, failure === undefined ? failure : masked(failure, mask));
}

function countRows(tables: ReadonlyMap<string, readonly unknown[]>): number {
  return [...tables.values()].reduce((sum, rows) => sum + rows.length, 0);
}

/** Members of a connection, whose values Fivetran sends as texts. Older connections have objects, too. */
function given(
  { environment }: Invocation,
  option: string,
  word: string | undefined,
): Readonly<Record<string, Json>> {
  if (word === undefined) return {};
  const entries = Object.entries(givenSettings(environment, option, word));
  return Object.fromEntries(entries.map(([name, value]) => [name, asSent(value)]));
}

function asSent(value: Json): Json {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/** Every secret that is long enough to be one. */
function maskOf(secrets: Json): Mask {
  const leaves = leavesOf(secrets).filter((text) => text.length >= leastSecret);
  return maskSecrets({ items: { secret: true } }, leaves);
}

const leastSecret = 6;

function leavesOf(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}

function masked({ kind, message, where, hint }: Failure, mask: Mask): Failure {
  return new Failure(kind, mask(message), {
    ...(where === undefined ? {} : { where: mask(where) }),
    ...(hint === undefined ? {} : { hint: mask(hint) }),
  });
}

/** What the connection is called: the source, or the host of the function. */
function agentName(target: string): string {
  return URL.canParse(target) ? new URL(target).hostname : target;
}
