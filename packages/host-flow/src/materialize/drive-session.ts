import { wholeRange, type KeyRange } from '@fairlead/sdk';
import { jsonBytes } from './answers.ts';
import { unexpected, type Connection } from './connection.ts';
import { BindingTransaction, type Reduce, type TestDocument } from './drive-transaction.ts';
import type { MaterializationSpec } from './flow-spec.ts';
import { checkpointAfter, transactionsIn, type RuntimeLog } from './runtime-log.ts';
import type { MaterializeResponse } from '../protocol/materialize-messages.ts';

/** Documents of one transaction, in the order in which they were published. */
export type FixtureTransaction = readonly {
  readonly collection: string;
  readonly document: TestDocument;
}[];

export interface SessionOptions {
  readonly connection: Connection;
  readonly spec: MaterializationSpec;
  readonly log: RuntimeLog;
  /** From the first one of the task on; the session begins after those that are committed. */
  readonly transactions: readonly FixtureTransaction[];
  readonly reduce?: Reduce;
  /** Whether keys and values are packed tuples rather than JSON arrays. */
  readonly packed: boolean;
  readonly range?: KeyRange;
  /** How many transactions at most. */
  readonly atMost?: number;
  /** Whether the session ends without the acknowledgement of its last transaction. */
  readonly leavesLast?: boolean;
  /** Called before each step, by name; what it throws ends the session there. */
  readonly at?: (step: DriveStep) => void;
}

export type DriveStep =
  | MaterializeResponse['is']
  | 'open'
  | 'acknowledge'
  | 'load'
  | 'flush'
  | 'store'
  | 'startCommit';

/**
 * Runs transactions as the runtime does: it resumes after what is committed, sends the loads of one
 * transaction while the one before is acknowledged, and keeps what the connector asks it to.
 */
export async function driveSession(options: SessionOptions): Promise<void> {
  const { connection, spec, log, transactions, atMost = Infinity, leavesLast = false } = options;
  const step = options.at ?? (() => {});
  const { begin: keyBegin, end: keyEnd } = options.range ?? wholeRange;
  const expect = async <Is extends MaterializeResponse['is']>(is: Is) => {
    const response = await connection.next();
    if (!isResponse(response, is)) throw unexpected(response.is);
    step(is);
    return response;
  };
  step('open');
  await connection.send({
    is: 'open',
    materialization: spec,
    version: '1',
    range: { keyBegin, keyEnd, rClockBegin: 0, rClockEnd: wholeRange.end },
    state: jsonBytes(log.state),
  });
  const { runtimeCheckpoint } = await expect('opened');
  if (runtimeCheckpoint !== undefined) log.committed = transactionsIn(runtimeCheckpoint);
  const until = Math.min(transactions.length, log.committed + atMost);
  step('acknowledge');
  await connection.send({ is: 'acknowledge' });
  let acknowledged = false;
  for (let number = log.committed; number < until; number++) {
    const parts = combine(options, number);
    for (const { part, stateKey } of parts) {
      const loads = part.loads(log.greatestKeys.get(stateKey) ?? '');
      if (loads === undefined) continue;
      step('load');
      await connection.send(loads);
    }
    log.update((await expect('acknowledged')).state);
    step('flush');
    await connection.send({ is: 'flush' });
    for (;;) {
      const response = await connection.next();
      step(response.is);
      if (response.is === 'loaded') parts[response.binding]?.part.loaded(response.documents);
      else if (response.is === 'flushed') break;
      else throw unexpected(response.is);
    }
    // Also after a crash, keys that may be in the destination are loaded.
    for (const { part, stateKey } of parts) remember(log, stateKey, part.greatestKey);
    for (const { part } of parts) {
      const stores = part.stores();
      if (stores === undefined) continue;
      step('store');
      await connection.send(stores);
    }
    step('startCommit');
    await connection.send({ is: 'startCommit', runtimeCheckpoint: checkpointAfter(number + 1) });
    const { state } = await expect('startedCommit');
    log.update(state);
    log.committed = number + 1;
    acknowledged = leavesLast && number + 1 === until;
    if (acknowledged) continue;
    step('acknowledge');
    await connection.send({ is: 'acknowledge' });
  }
  if (!acknowledged) log.update((await expect('acknowledged')).state);
  const { code, lastMessage } = await connection.end();
  if (code !== 0) throw new Error(`it ended with exit code ${code}: ${lastMessage}`);
}

interface Part {
  readonly part: BindingTransaction;
  readonly stateKey: string;
}

function combine(options: SessionOptions, number: number): readonly Part[] {
  const { spec, transactions, packed, reduce = lastWins } = options;
  const parts = (spec.bindings ?? []).map((binding, index) => ({
    part: new BindingTransaction(binding, index, reduce, packed),
    stateKey: binding.stateKey ?? String(index),
    collection: binding.collection?.name,
  }));
  for (const [index, { collection, document }] of (transactions[number] ?? []).entries()) {
    const published = new Date(number * 3_600_000 + index * 1000).toISOString();
    for (const candidate of parts) {
      if (candidate.collection === collection) candidate.part.add(document, published);
    }
  }
  return parts;
}

function lastWins(_: TestDocument, after: TestDocument): TestDocument {
  return after;
}

function remember(log: RuntimeLog, stateKey: string, key: string): void {
  if (key > (log.greatestKeys.get(stateKey) ?? '')) log.greatestKeys.set(stateKey, key);
}

function isResponse<Is extends MaterializeResponse['is']>(
  response: MaterializeResponse,
  is: Is,
): response is Extract<MaterializeResponse, { is: Is }> {
  return response.is === is;
}
