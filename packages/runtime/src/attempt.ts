import {
  eventsWithin,
  isFailure,
  prefetch,
  wholeRange,
  type Failure,
  type Log,
  type SourceEvent,
  type StreamInfo,
} from '@fairlead/sdk';
import type { Pipeline } from './pipeline.ts';
import { checkpointStore } from './saved-checkpoint.ts';
import { selectStreams, type SelectedStream } from './select.ts';
import { Session } from './session.ts';
import { emptyCounts, type RunStatus, type StreamStatus } from './status.ts';

export interface AttemptOptions {
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly stop: AbortSignal;
  readonly until: 'caught-up' | 'forever';
  readonly status: RunStatus;
  /** Streams that failed in an earlier attempt and are left out, by name. */
  readonly failed: ReadonlyMap<string, Failure>;
  readonly discoverEveryMs?: number;
}

/** Why an attempt ended, when it was not by an error. All but the first two ask for another one. */
export type AttemptEnd =
  | { readonly is: 'caught up' | 'stopped' | 'new streams' }
  | { readonly is: 'stream failed'; readonly stream: string; readonly failure: Failure };

/** Bytes of documents that may be read ahead while the destination is busy: a process that is killed has read them in vain. */
const readAheadBytes = 4 * 1024 * 1024;
/** The same where commits are so frequent that little is to be lost. */
const littleAheadBytes = 1024 * 1024;
const frequentMs = 1000;

/** How long nothing may come before the clock is looked at: */
const idleMs = 200;
/** a part of the time between commits, but not less than some milliseconds. */
const idlePart = 0.25;
const leastIdleMs = 10;

/**
 * One connection to both ends, from the last commit until the streams have caught up, a stop, or a
 * failure. When one stream fails, what was taken since the last commit is rolled back, so that
 * nothing of a file or table that turns out to be broken stays if it was read within one transaction.
 */
export async function attempt(pipeline: Pipeline, options: AttemptOptions): Promise<AttemptEnd> {
  const { log, signal, status, failed } = options;
  status.activity = 'discovering';
  const offered = await pipeline.source.discover({ log, signal });
  const selected = selectStreams(pipeline, offered);
  status.streams = streamStatuses(selected, status.streams, failed);
  const streams = selected.filter(({ info }) => !failed.has(info.name));
  if (streams.length === 0) return { is: 'caught up' };

  status.activity = 'connecting';
  await using destination = await pipeline.destination.connect({ log, signal });
  const store = checkpointStore(pipeline);
  await using session = await Session.open(pipeline, { destination, store, streams, log, status });
  status.activity = 'reading';
  return await transfer(pipeline, session, { ...options, offered, streams });
}

async function transfer(
  pipeline: Pipeline,
  session: Session,
  options: AttemptOptions & {
    readonly offered: readonly StreamInfo[];
    readonly streams: readonly SelectedStream[];
  },
): Promise<AttemptEnd> {
  const { log, signal, stop, until, streams } = options;
  const reading = new AbortController();
  const abortReading = () => reading.abort(signal.reason);
  signal.addEventListener('abort', abortReading, { once: true });
  const events = pipeline.source.pull({
    bindings: streams.map(({ binding }) => binding),
    state: session.checkpoint.state,
    until,
    range: wholeRange,
    signal: reading.signal,
    log,
  });
  const rediscover = newStreams(pipeline, options);
  const { everyMs } = pipeline.commit;
  const aheadBytes = everyMs < frequentMs ? littleAheadBytes : readAheadBytes;
  const lookMs = Math.min(idleMs, Math.max(leastIdleMs, everyMs * idlePart));
  try {
    for await (const event of eventsWithin(prefetch(events, aheadBytes, sizeOf), lookMs)) {
      // Leaving the loop closes the source, which may be waiting for something: wake it first.
      const end = await step(session, event, { ...options, rediscover }).catch((error: unknown) => {
        reading.abort();
        throw error;
      });
      if (end === undefined) continue;
      reading.abort();
      return end;
    }
    await session.finish();
    return { is: stop.aborted ? 'stopped' : 'caught up' };
  } catch (error) {
    signal.throwIfAborted();
    // What came before a lost connection and is whole need not be read again; nor need documents that came before a refusal.
    const { atCheckpoint, isDirty, isHealthy } = session;
    const hasNew = options.status.streams.some(
      ({ stored, committed }) => stored.documents > committed.documents,
    );
    const isKept =
      isFailure(error) && (error.kind === 'transient' || (error.kind !== 'data' && hasNew));
    if (isKept && atCheckpoint && isDirty && isHealthy) await session.commit();
    throw error;
  } finally {
    signal.removeEventListener('abort', abortReading);
  }
}

/** Takes one event, or looks at the clock when there is none, and commits what is due. */
async function step(
  session: Session,
  event: SourceEvent | undefined,
  options: AttemptOptions & {
    readonly streams: readonly SelectedStream[];
    readonly rediscover: () => Promise<boolean>;
  },
): Promise<AttemptEnd | undefined> {
  options.signal.throwIfAborted();
  if (event?.is === 'failed') {
    const stream = options.streams[event.binding]?.info.name ?? '';
    return { is: 'stream failed', stream, failure: event.failure };
  }
  if (event !== undefined) await session.take(event);
  if (!session.atCheckpoint) return undefined;
  if (session.isDue || (options.stop.aborted && session.isDirty)) await session.commit();
  if (options.stop.aborted) return { is: 'stopped' };
  if (!(await options.rediscover())) return undefined;
  if (session.isDirty) await session.commit();
  return { is: 'new streams' };
}

function sizeOf(event: SourceEvent): number {
  return event.is === 'documents' ? event.documents.bytes.length : 0;
}

/** Statuses for the streams, with what earlier attempts committed. */
function streamStatuses(
  streams: readonly SelectedStream[],
  before: readonly StreamStatus[],
  failed: ReadonlyMap<string, Failure>,
): StreamStatus[] {
  return streams.map(({ info, tableName }) => {
    const known = before.find(({ stream }) => stream === info.name);
    const failure = failed.get(info.name);
    const committed = known?.committed ?? emptyCounts;
    return {
      stream: info.name,
      table: tableName,
      phase: failure === undefined ? 'waiting' : 'failed',
      stored: { ...committed },
      committed: { ...committed },
      ...(failure === undefined ? {} : { failure }),
    };
  });
}

/** Asks the source from time to time whether it now offers other streams. */
function newStreams(
  pipeline: Pipeline,
  options: AttemptOptions & { readonly offered: readonly StreamInfo[] },
): () => Promise<boolean> {
  const { offered, until, log, signal } = options;
  const { discoverEveryMs: leastMs = 0 } = pipeline.source.source;
  const discoverEveryMs = Math.max(leastMs, options.discoverEveryMs ?? 30_000);
  const names = (streams: readonly StreamInfo[]) => streams.map(({ name }) => name).join('\n');
  let nextMs = Date.now() + discoverEveryMs;
  return async () => {
    if (until === 'caught-up' || Date.now() < nextMs) return false;
    nextMs = Date.now() + discoverEveryMs;
    const now = await pipeline.source.discover({ log, signal });
    return names(now) !== names(offered);
  };
}
