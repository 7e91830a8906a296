import {
  applyCheckpoint,
  type Binding,
  connect,
  type Documents,
  emptyState,
  type Json,
  type KeyRange,
  type Log,
  Op,
  silentLog,
  type Source,
  type SourceEvent,
  type SourceState,
  startOf,
  type StreamInfo,
  wholeRange,
} from '@fairlead/sdk';

export interface PullOptions {
  /** Names of the streams to read, in this order; all unless given. */
  readonly streams?: readonly string[];
  /** Empty unless given. */
  readonly state?: SourceState;
  readonly until?: 'caught-up' | 'forever';
  readonly range?: KeyRange;
  readonly signal?: AbortSignal;
  readonly log?: Log;
}

/** Discovers the streams of a source and reads them as a host does, each under its name as state key. */
export async function* pull(
  source: Source,
  settings: unknown,
  options: PullOptions = {},
): AsyncGenerator<SourceEvent, void, undefined> {
  const { signal = new AbortController().signal, log = silentLog } = options;
  const connected = connect(source, settings);
  const offered = await connected.discover({ signal, log });
  yield* connected.pull({
    bindings: bindingsFor(offered, options.streams),
    state: options.state ?? emptyState,
    until: options.until ?? 'caught-up',
    range: options.range ?? wholeRange,
    signal,
    log,
  });
}

/** All events that {@link pull} gives. */
export async function pullAll(
  source: Source,
  settings: unknown,
  options: PullOptions = {},
): Promise<SourceEvent[]> {
  const events: SourceEvent[] = [];
  for await (const event of pull(source, settings, options)) events.push(event);
  return events;
}

/** Bindings for streams by name, in the order of the names; for all streams when no names are given. */
export function bindingsFor(
  offered: readonly StreamInfo[],
  names: readonly string[] = offered.map(({ name }) => name),
): Binding<Json>[] {
  return names.map((name) => {
    const found = offered.find((stream) => stream.name === name);
    if (found === undefined) throw new Error(`the source offers no stream ${name}`);
    return { stream: name, resource: found.resource, stateKey: name };
  });
}

/** The state after all checkpoints among some events, as it comes back from where it was saved. */
export function stateAfter(
  events: readonly SourceEvent[],
  before: SourceState = emptyState,
): SourceState {
  const state = events.reduce(
    (now, event) => (event.is === 'checkpoint' ? applyCheckpoint(now, event.patch) : now),
    before,
  );
  return JSON.parse(JSON.stringify(state));
}

/** The documents among some events as lines without their ends, of one binding or of all. */
export function linesOf(events: readonly SourceEvent[], binding?: number): string[] {
  return events.flatMap((event) =>
    event.is === 'documents' && (binding ?? event.binding) === event.binding
      ? documentLines(event.documents)
      : [],
  );
}

/** Documents as lines without their ends; those that are no upserts say so first: `delete {"id":1}`. */
export function documentLines(documents: Documents): string[] {
  const { bytes, ends, ops } = documents;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from(ends, (end, index) => {
    const line = text.toString('utf8', startOf(documents, index), end - 1);
    const op = ops?.[index] ?? Op.upsert;
    return op === Op.upsert ? line : `${opNames[op] ?? `op ${op}`} ${line}`;
  });
}

const opNames: readonly (string | undefined)[] = ['upsert', 'insert', 'patch', 'delete'];

/** Events as a story that a person can read and a golden file can hold: one line for each. */
export function tellEvents(events: readonly SourceEvent[]): string[] {
  return events.flatMap((event): string[] => {
    switch (event.is) {
      case 'documents':
        return documentLines(event.documents).map((line) => `${event.binding}: ${line}`);
      case 'checkpoint':
        return [`checkpoint ${JSON.stringify(event.patch)}`];
      case 'schema':
        return [`${event.binding}: schema ${JSON.stringify(event.schema)}`];
      case 'progress':
        return [`${event.binding}: progress ${event.done} of ${event.total} ${event.unit}`];
      case 'failed':
        return [`${event.binding}: failed, ${event.failure.kind}: ${event.failure.message}`];
      default:
        return [`${event.binding}: ${event.is}`];
    }
  });
}
