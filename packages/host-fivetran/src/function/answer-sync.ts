import {
  type ConnectedSource,
  emptyState,
  Failure,
  type Log,
  type SourceState,
  wholeRange,
} from '@fairlead/sdk';
import { capture, type CaptureEnd } from './capture.ts';
import { encodeAnswer, overheadBytes, rowFile } from './encode-answer.ts';
import { readState, writeState } from './function-state.ts';
import { type ChosenStream, chooseStreams, tablesOf } from './function-table.ts';
import { Gathering } from './gathering.ts';
import { inTime } from './in-time.ts';
import type { Budget } from './limits.ts';
import { sizeOf } from './answer.ts';
import { idOf, nextSync } from './next-sync.ts';
import type { FunctionRequest } from './request.ts';

/** Which tables an answer names under `softDelete`. */
export type SoftDelete = 'backfills' | 'deletes' | 'never';

export interface SyncCall {
  readonly connected: ConnectedSource;
  readonly request: FunctionRequest;
  /** Patterns of the streams that are read; all unless given. */
  readonly streams: readonly string[] | undefined;
  readonly softDelete: SoftDelete;
  readonly budget: Budget;
  /** Puts the file with the rows where the request wants it; absent when they go into the answer. */
  readonly writeFile?: WriteFile;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly now: () => number;
  /** When the call began, by `now`. */
  readonly beginMs: number;
}

/** Writes a file, which is there as a whole afterwards, or as it was before when this fails. */
export type WriteFile = (pieces: readonly Uint8Array[], signal: AbortSignal) => Promise<void>;

/** What a call of a sync has come to. */
export interface SyncAnswer {
  readonly body: readonly Uint8Array[];
  readonly rowCount: number;
  readonly hasMore: boolean;
  /** Gives the memory of the body back. */
  readonly release: () => void;
}

/**
 * Reads on from the state of a request, and answers the rows and the state that covers exactly those.
 * @throws what went wrong, when there is nothing to answer before it.
 */
export async function answerSync(call: SyncCall): Promise<SyncAnswer> {
  const { connected, request, budget, log } = call;
  const { source } = connected;
  const { source: state, sync } = readState(source, request.state);
  const before = sync?.id === request.syncId ? sync : undefined;
  const streams = before?.streams ?? (await streamsOf(call));
  const tables = tablesOf(streams);
  for (const { stream, key } of tables) {
    if (key.length === 0) log.warn('rows of a repeated call come twice', { stream });
  }
  const envelope = writeState(source, {
    source: emptyState,
    sync: { ...idOf(request), streams, done: streams.map(({ name }) => name), empty: 0 },
  });
  const open = streams.filter(({ name }) => before?.done.includes(name) !== true);
  const gathering = new Gathering({
    tables: tables.filter(({ stream }) => open.some(({ name }) => name === stream)),
    stateKeys: open.map(({ name }) => name),
    state,
    roomBytes: budget.rowBytes - overheadBytes(tables, envelope),
    apart: source.shared === undefined,
    log,
  });
  const end = await captureStreams(call, open, state, gathering);
  const next = nextSync(end, gathering, { streams, before, request, log });
  const body = encodeAnswer(call.writeFile === undefined ? gathering.tables : undefined, {
    state: writeState(source, {
      source: gathering.state,
      ...(next === undefined ? {} : { sync: next }),
    }),
    tables,
    softDelete: softDeleteOf(gathering, call.softDelete),
    hasMore: next !== undefined,
  });
  const size = sizeOf(body);
  if (size > budget.responseBytes) throw tooLarge(size, budget);
  await writeRows(call, gathering);
  const rowCount = gathering.tables.reduce((sum, table) => sum + table.rowCount, 0);
  const release = () => {
    for (const table of gathering.tables) table.release();
  };
  return { body, rowCount, hasMore: next !== undefined, release };
}

async function streamsOf(call: SyncCall): Promise<readonly ChosenStream[]> {
  const { connected, streams, budget, signal, log } = call;
  const time = { ms: budget.endMs, signal };
  const offered = await inTime('the streams could not be discovered', time, (discovering) =>
    connected.discover({ signal: discovering, log }),
  );
  return chooseStreams(offered, streams);
}

async function captureStreams(
  call: SyncCall,
  streams: readonly ChosenStream[],
  state: SourceState,
  gathering: Gathering,
): Promise<CaptureEnd> {
  if (streams.length === 0) return { is: 'caught-up' };
  const bindings = streams.map(({ name, resource }) => ({
    stream: name,
    resource,
    stateKey: name,
  }));
  const request = { bindings, state, until: 'caught-up', range: wholeRange } as const;
  const { log, connected } = call;
  return await capture((signal) => connected.pull({ ...request, signal, log }), gathering, call);
}

async function writeRows(
  { writeFile, budget, signal, now, beginMs }: SyncCall,
  { tables }: Gathering,
): Promise<void> {
  if (writeFile === undefined) return;
  const time = { ms: budget.answerMs - (now() - beginMs), signal };
  const pieces = rowFile(tables);
  await inTime('the rows could not be written', time, (writing) => writeFile(pieces, writing));
}

function softDeleteOf({ tables }: Gathering, softDelete: SoftDelete): readonly string[] {
  const isNamed = {
    backfills: (table: (typeof tables)[number]) => table.isRenewed,
    deletes: (table: (typeof tables)[number]) => table.deletes.liveCount > 0,
    never: () => false,
  }[softDelete];
  return tables.filter(isNamed).map(({ table }) => table.name);
}

function tooLarge(bytes: number, { responseBytes }: Budget): Failure {
  return new Failure(
    'data',
    `the answer has ${bytes} bytes, and may have ${responseBytes}; its state takes most of them`,
    { hint: 'Read fewer streams, or run the function where answers may be larger.' },
  );
}
