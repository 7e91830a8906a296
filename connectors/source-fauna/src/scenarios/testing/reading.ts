import {
  applyCheckpoint,
  createLog,
  isFailure,
  Op,
  startOf,
  wholeRange,
  type Documents,
  type Failure,
  type Json,
  type LogFields,
  type SourceEvent,
  type SourceState,
} from '@fairlead/sdk';
import { connected, type ConnectedSetup } from '../../testing/connected.ts';

/** Some members of JSON. */
export type Members = Readonly<Record<string, Json>>;

export interface ReadingSetup extends ConnectedSetup {
  /** What is read; a binding's state has the name of its collection. */
  readonly bindings: readonly (Members & { readonly collection: string })[];
  /** Whether what is there is wanted, and no changes. */
  readonly isSnapshot?: boolean;
  /** Where each binding stands. */
  readonly state?: Members;
  /** Whether to stop at once after an event. */
  readonly stopped?: (event: SourceEvent) => boolean;
}

/** What came of reading once, until all had caught up. */
export interface Reading {
  /** All that was told, in order: `begins foo`, `row foo 101@5`, `delete foo 101@6`, `ends foo`. */
  readonly story: readonly string[];
  /** The documents that were handed out, as JSON, in order. */
  readonly lines: readonly string[];
  readonly rows: readonly unknown[];
  /** The parts of the bindings after each checkpoint. */
  readonly states: readonly Members[];
  /** As a host has it in the end: what was there before with all checkpoints. */
  readonly state: Members;
  /** Bindings that ended by themselves. */
  readonly failed: readonly { readonly collection: string; readonly failure: Failure }[];
  /** What ended the reading of all. */
  readonly failure: Failure | undefined;
  readonly log: readonly {
    readonly level: string;
    readonly message: string;
    readonly fields: LogFields;
  }[];
}

/** Reads some collections until they are as in the present, with a client that waits no time. */
export async function readOnce({
  bindings,
  isSnapshot = false,
  state: before = {},
  stopped = () => false,
  ...server
}: ReadingSetup): Promise<Reading> {
  const log: { level: string; message: string; fields: LogFields }[] = [];
  const source = connected(server);
  const nameOf = (binding: number) => bindings[binding]?.collection ?? '';
  let state: SourceState = { bindings: before };
  const [story, lines]: [string[], string[]] = [[], []];
  const states: Members[] = [];
  const failed: { collection: string; failure: Failure }[] = [];
  let failure: Failure | undefined;
  const take = (event: SourceEvent) => {
    if (event.is === 'checkpoint') {
      state = JSON.parse(JSON.stringify(applyCheckpoint(state, event.patch))) as SourceState;
      states.push(state.bindings);
    } else if (event.is === 'documents') {
      const name = nameOf(event.binding);
      for (const [op, line] of documentsIn(event.documents)) {
        const { ref, ts } = JSON.parse(line) as { readonly ref: string; readonly ts: number };
        lines.push(line);
        story.push(`${op === Op.delete ? 'delete' : 'row'} ${name} ${ref}@${ts}`);
      }
    } else if (event.is === 'backfill-begins') story.push(`begins ${nameOf(event.binding)}`);
    else if (event.is === 'backfill-ends') story.push(`ends ${nameOf(event.binding)}`);
    else if (event.is === 'failed') {
      failed.push({ collection: nameOf(event.binding), failure: event.failure });
    }
  };
  try {
    const events = source.pull({
      bindings: bindings.map((resource) => ({
        stream: resource.collection,
        stateKey: resource.collection,
        resource,
        isSnapshot,
      })),
      state,
      until: 'caught-up',
      range: wholeRange,
      signal: new AbortController().signal,
      log: createLog((level, message, fields) => void log.push({ level, message, fields })),
    });
    for await (const event of events) {
      take(event);
      if (stopped(event)) break;
    }
  } catch (error) {
    if (!isFailure(error)) throw error;
    failure = error;
  }
  const rows = lines.map((line): unknown => JSON.parse(line));
  return { story, lines, rows, states, state: state.bindings, failed, failure, log };
}

function documentsIn({ bytes, ends, ops }: Documents): [op: number, line: string][] {
  return [...ends].map((end, index) => {
    const line = bytes.subarray(startOf({ bytes, ends }, index), end);
    return [ops?.[index] ?? Op.upsert, Buffer.from(line).toString().trimEnd()];
  });
}
