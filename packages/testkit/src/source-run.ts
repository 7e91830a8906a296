import {
  type Binding,
  connect,
  emptyState,
  type Json,
  type KeyRange,
  silentLog,
  type SourceEvent,
  type SourceState,
  type StreamInfo,
  wholeRange,
} from '@fairlead/sdk';
import { inTime } from './check.ts';
import { decodeKeys } from './live-keys.ts';
import { bindingsFor, documentLines, stateAfter } from './pull.ts';
import type { SourceSuite } from './source-suite-options.ts';

/** A source whose fixture is in place, ready to be read as often as one likes. */
export interface SourceRun extends AsyncDisposable {
  readonly streams: readonly StreamInfo[];
  readonly bindings: readonly Binding<Json>[];
  /** Reads as a host does. A stream that fails alone fails the reading. */
  read(options?: ReadOptions): Promise<Reading>;
  /** The keys that the source tells of a stream. */
  keys(binding: Binding<Json>): Promise<readonly string[]>;
}

interface ReadOptions {
  readonly bindings?: readonly Binding<Json>[];
  readonly state?: SourceState;
  readonly until?: 'caught-up' | 'forever';
  readonly range?: KeyRange;
  /** Whether to leave, asked after each event with how many there were. */
  readonly leave?: (event: SourceEvent, count: number) => boolean;
  /** Whether to leave by an abort, rather than by closing. */
  readonly byAbort?: boolean;
  /** Whether the signal is aborted from the beginning. */
  readonly abortedBefore?: boolean;
}

/** What was read, and where it can be resumed. */
export interface Reading {
  readonly events: readonly SourceEvent[];
  /** Those that a host keeps: up to the last checkpoint. */
  readonly kept: readonly SourceEvent[];
  readonly state: SourceState;
  /** Whether the source ended by itself. */
  readonly ended: boolean;
  /** Documents of `events` and of `kept`, by stream. */
  readonly lines: DocumentsByStream;
  readonly keptLines: DocumentsByStream;
}

export type DocumentsByStream = Readonly<Record<string, readonly string[]>>;

/** Puts the fixture of a suite in place and discovers its streams. */
export async function startSource(suite: SourceSuite): Promise<SourceRun> {
  const fixture = await suite.prepare();
  const connected = connect(suite.source, fixture.settings);
  const signal = new AbortController().signal;
  const streams = await connected.discover({ signal, log: silentLog });
  const bindings = bindingsFor(streams, fixture.streams);
  return {
    streams,
    bindings,
    read: (options = {}) => {
      const wanted = { ...options, bindings: options.bindings ?? bindings };
      return inTime(read(suite, connected, wanted), 'the reading', suite.patienceMs);
    },
    async keys(binding) {
      const found: string[] = [];
      for await (const batch of connected.keys({ binding, signal, log: silentLog })) {
        found.push(...decodeKeys(batch));
      }
      return found;
    },
    async [Symbol.asyncDispose]() {
      await fixture[Symbol.asyncDispose]?.();
    },
  };
}

async function read(
  { stable = (line) => line }: SourceSuite,
  connected: ReturnType<typeof connect>,
  options: ReadOptions & { readonly bindings: readonly Binding<Json>[] },
): Promise<Reading> {
  const { bindings, state = emptyState, until = 'caught-up', range = wholeRange } = options;
  const abort = new AbortController();
  const { signal } = abort;
  if (options.abortedBefore === true) abort.abort(new Error('left by a test'));
  const events: SourceEvent[] = [];
  let ended = false;
  let leaving = signal.aborted;
  const pulled = connected.pull({ bindings, state, until, range, signal, log: silentLog });
  const iterator = pulled[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) {
        ended = !signal.aborted;
        break;
      }
      events.push(next.value);
      if (next.value.is === 'failed') throw next.value.failure;
      if (next.value.is === 'checkpoint') await next.value.committed?.();
      if (leaving || options.leave?.(next.value, events.length) !== true) continue;
      leaving = true;
      // One that reads forever has some time to end when it should not; one that waits for
      // something new would not hear that it is being closed.
      const turns = options.byAbort === true && until === 'forever' ? 30 : 0;
      if (options.byAbort === true || until === 'forever') abortAfter(abort, turns);
      if (options.byAbort !== true) break;
    }
  } catch (error) {
    if (!signal.aborted || !isAbort(error, signal)) throw error;
  } finally {
    await iterator.return?.();
  }
  const last = events.findLastIndex(({ is }) => is === 'checkpoint');
  const kept = events.slice(0, last + 1);
  const group = (some: readonly SourceEvent[]) => linesByStream(some, bindings, stable);
  return {
    events,
    kept,
    ended,
    state: stateAfter(events, state),
    lines: group(events),
    keptLines: group(kept),
  };
}

/** Aborts after some turns of the event loop. */
function abortAfter(abort: AbortController, turns: number): void {
  if (turns === 0) abort.abort(new Error('left by a test'));
  else setImmediate(() => abortAfter(abort, turns - 1));
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}

function linesByStream(
  events: readonly SourceEvent[],
  bindings: readonly Binding[],
  stable: (line: string) => string,
): DocumentsByStream {
  const lines = new Map(bindings.map(({ stream }) => [stream, [] as string[]]));
  for (const event of events) {
    if (event.is !== 'documents') continue;
    const stream = bindings[event.binding]?.stream ?? `binding ${event.binding}`;
    const known = lines.get(stream) ?? [];
    for (const line of documentLines(event.documents)) known.push(stable(line));
    lines.set(stream, known);
  }
  return Object.fromEntries(lines);
}
