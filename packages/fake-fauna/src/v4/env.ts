import type { Access, Role } from '../access.ts';
import type { RequestCounts } from '../counters.ts';
import type { Reading } from '../read/reader.ts';
import { minimumValidTime, type Collection } from '../store/schema.ts';
import type { Run } from '../synthetic/hole.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { timeText } from '../values/time-text.ts';
import type { Value } from '../values/value.ts';
import { ProtocolFailure } from './failures.ts';

/** What one query runs in. */
export interface QueryContext {
  readonly database: Database;
  readonly access: Access;
  /** What Now gives: no earlier than all that is seen, no later than what is written. */
  readonly snapshot: number;
  /** Up to when writes of others are seen: less than the present on a replica that is behind. */
  readonly until: number;
  readonly transaction: Transaction;
  readonly counts: RequestCounts;
  /** The role of each secret. */
  readonly secrets: Map<string, Role>;
  /** How long an index takes to be built, in microseconds. */
  readonly indexBuildMicros: number;
  readonly defaultHistoryDays: number | null;
}

/** Where in a query an expression is evaluated. */
export interface Env {
  readonly query: QueryContext;
  /** The time of the innermost At. */
  readonly at: number | undefined;
  readonly bindings: ReadonlyMap<string, Value>;
  /** How many lambdas lie around. */
  readonly depth: number;
  /** The synthetic documents for all of which it is evaluated at once, their values being holes. */
  readonly symbolic: Run | undefined;
}

/** What an expression is once it is parsed. */
export type Evaluate = (env: Env) => Value;

/** An expression whose value differs in more than holes from one synthetic document to the next. */
export class NotSymbolic extends Error {
  override readonly name = 'NotSymbolic';
}

export function bind(env: Env, name: string, value: Value): Env {
  return { ...env, bindings: new Map([...env.bindings, [name, value]]) };
}

/** Up to when an expression sees what was written. */
export function untilOf({ at, query }: Env): number {
  return at ?? query.until;
}

/** The moment and rights of an expression that reads these collections. @throws {ProtocolFailure} below their history */
export function readingOf(
  env: Env,
  collections: readonly Collection[],
  keeps: Reading['keeps'],
): Reading {
  const { database, access, snapshot } = env.query;
  for (const collection of collections) checkHistory(env, collection);
  return { database, access, now: snapshot, at: env.at, until: untilOf(env), keeps };
}

/** @throws {ProtocolFailure} where At goes back further than a collection remembers */
export function checkHistory({ at, query }: Env, collection: Collection): void {
  if (at === undefined) return;
  const least = minimumValidTime(collection, query.snapshot);
  if (at >= least) return;
  const text = (micros: number) => timeText(BigInt(Math.floor(micros)) * 1000n);
  throw new ProtocolFailure(
    400,
    'bad request',
    `Requested timestamp ${text(at)} less than minimum allowed timestamp ${text(least)}.`,
  );
}
