import {
  BindingTransaction,
  checkpointAfter,
  jsonText,
  type MaterializationSpec,
  type MaterializeConversation,
  type MaterializeRequestDraft,
  RuntimeLog,
  type TestDocument,
} from '@fairlead/host-flow';
import { decodeValue } from '@fairlead/json';
import { type Json, type KeyRange, startOf, wholeRange } from '@fairlead/sdk';
import { canonicalValue } from '../same-value.ts';
import type { FlowMaterializationRun } from './materialization-run.ts';

/** An open session, step by step. Disposing it kills the connector. */
export interface OpenSession extends AsyncDisposable {
  readonly talk: MaterializeConversation;
  /** What the destination said about where it was, if it did. */
  readonly checkpoint: Uint8Array | undefined;
  send(request: MaterializeRequestDraft): Promise<void>;
  /** Acknowledges what was before, and waits until that is done. */
  acknowledge(): Promise<void>;
  /** One transaction up to its commit, of documents that are new. */
  commit(documents: readonly TestDocument[], number: number): Promise<void>;
}

interface OpenOptions {
  readonly spec: MaterializationSpec;
  readonly log?: RuntimeLog;
  readonly range?: KeyRange;
  /** In place of that of the log. */
  readonly state?: Json;
}

/** Opens a session of a task that was applied. */
export async function openSession(
  run: FlowMaterializationRun,
  { spec, log = new RuntimeLog(), range = wholeRange, state = log.state }: OpenOptions,
): Promise<OpenSession> {
  const talk = run.converse();
  const packed = run.codec === 'proto';
  try {
    await talk.send({ is: 'spec', config: jsonText({}) });
    await run.inTime(talk.expect('spec'), 'the spec');
    await talk.send(openRequest(spec, range, state));
    const { runtimeCheckpoint } = await run.inTime(talk.expect('opened'), 'opening');
    return {
      talk,
      checkpoint: runtimeCheckpoint,
      send: (request) => talk.send(request),
      async acknowledge() {
        await talk.send({ is: 'acknowledge' });
        const { state: change } = await run.inTime(talk.expect('acknowledged'), 'acknowledging');
        take(log, change);
      },
      async commit(documents, number) {
        await talk.send({ is: 'flush' });
        await run.inTime(talk.expect('flushed'), 'flushing');
        const transaction = transactionOf(spec, documents, packed);
        const stores = transaction.stores();
        if (stores !== undefined) await talk.send(stores);
        await talk.send({ is: 'startCommit', runtimeCheckpoint: checkpointAfter(number) });
        const { state: change } = await run.inTime(talk.expect('startedCommit'), 'committing');
        take(log, change);
      },
      [Symbol.asyncDispose]: () => talk[Symbol.asyncDispose](),
    };
  } catch (error) {
    await talk[Symbol.asyncDispose]();
    throw error;
  }
}

type StateChange = Parameters<RuntimeLog['update']>[0];

/** Takes a change of the state. All shards of a task have one, so nobody may replace it. */
function take(log: RuntimeLog, change: StateChange): void {
  if (change !== undefined && change.mergePatch !== true) {
    throw new Error('the state is replaced rather than patched');
  }
  log.update(change);
}

/** A request that opens a session. */
export function openRequest(
  materialization: MaterializationSpec,
  { begin, end }: KeyRange = wholeRange,
  state: Json = {},
): MaterializeRequestDraft {
  const range = { keyBegin: begin, keyEnd: end, rClockBegin: 0, rClockEnd: wholeRange.end };
  return { is: 'open', materialization, version: '1', range, state: jsonText(state) };
}

/** Documents of the first binding, as one transaction has them. */
export function transactionOf(
  spec: MaterializationSpec,
  documents: readonly TestDocument[],
  packed: boolean,
  binding = 0,
): BindingTransaction {
  const bound = spec.bindings?.[binding];
  if (bound === undefined) throw new Error(`there is no binding ${binding}`);
  const transaction = new BindingTransaction(bound, binding, (_, after) => after, packed);
  for (const document of documents) transaction.add(document, '2024-01-01T00:00:00Z');
  return transaction;
}

/**
 * The documents that the destination has for the keys of some documents, sorted, in a form that can
 * be compared. Asked for in a session that commits nothing.
 */
export async function loadAll(
  run: FlowMaterializationRun,
  options: OpenOptions,
  documents: readonly TestDocument[],
  packed: boolean = run.codec === 'proto',
): Promise<readonly string[]> {
  await using session = await openSession(run, options);
  await session.acknowledge();
  const loads = transactionOf(options.spec, documents, packed).loads('\u00ff');
  if (loads !== undefined) await session.send(loads);
  await session.send({ is: 'flush' });
  const found: string[] = [];
  for (;;) {
    const response = await run.inTime(session.talk.next(), 'loading');
    if (response?.is === 'flushed') return found.sort();
    if (response?.is !== 'loaded') throw new Error(`"${response?.is}" came while loading`);
    for (const [index, end] of response.documents.ends.entries()) {
      const start = startOf(response.documents, index);
      found.push(canonicalValue(decodeValue(response.documents.bytes, start, end)));
    }
  }
}
