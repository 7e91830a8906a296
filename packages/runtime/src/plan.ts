import type { Shape } from '@fairlead/json';
import { emptyState, wholeRange, type Change, type Log } from '@fairlead/sdk';
import { decodeCheckpoint } from './checkpoint.ts';
import { Gate } from './gate.ts';
import type { Pipeline } from './pipeline.ts';
import { estimateRun, type RunEstimate } from './run-estimate.ts';
import { checkpointStore } from './saved-checkpoint.ts';
import { knownShape, selectStreams, tableOf, type SelectedStream } from './select.ts';

interface LookOptions {
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** What a run would do to the destination before it stores anything. */
export interface RunPlan {
  readonly streams: readonly {
    readonly stream: string;
    readonly table: string;
    readonly write: string;
  }[];
  readonly changes: readonly Change[];
  /** What the run would read, for a source that is billed by it. */
  readonly estimate?: RunEstimate;
}

/** What would be created or altered, as far as the source tells without reading all of it. Changes nothing. */
export async function planRun(pipeline: Pipeline, options: LookOptions): Promise<RunPlan> {
  const streams = selectStreams(pipeline, await pipeline.source.discover(options));
  await using destination = await pipeline.destination.connect(options);
  const saved = await checkpointStore(pipeline).read(destination);
  const checkpoint = decodeCheckpoint(saved, pipeline.source.source.name);
  const memories = checkpoint.streams;
  const tables = streams.map((stream) =>
    tableOf(stream, knownShape(stream.info, memories[stream.binding.stateKey]?.schema)),
  );
  const { changes } = await destination.plan(tables);
  const estimate = await estimateRun(pipeline, streams, checkpoint.state, options);
  return {
    streams: streams.map(({ info, tableName, write }) => ({
      stream: info.name,
      table: tableName,
      write,
    })),
    changes,
    ...(estimate === undefined ? {} : { estimate }),
  };
}

/** What reading would begin with. */
export interface RunPreview {
  readonly streams: readonly StreamPreview[];
  /** What reading all of it would cost, for a source that is billed by what is read. */
  readonly estimate?: RunEstimate;
}

export interface StreamPreview {
  readonly stream: string;
  readonly table: string;
  readonly key: readonly string[];
  /** Complete JSON documents, each without its line end. */
  readonly documents: readonly Uint8Array[];
  /** The columns that the table would have. */
  readonly columns: readonly {
    readonly name: string;
    readonly schema: unknown;
    readonly key: boolean;
  }[];
  /** What would be done for the table. */
  readonly changes: readonly Change[];
}

/**
 * The first documents of each stream, their columns and the statements to come, and what all of it would cost. Changes
 * nothing. A source is stopped as soon as it has handed out as many documents as are wanted.
 */
export async function previewRun(
  pipeline: Pipeline,
  { limit, ...options }: LookOptions & { readonly limit: number },
): Promise<RunPreview> {
  const streams = selectStreams(pipeline, await pipeline.source.discover(options));
  const estimate = await estimateRun(pipeline, streams, emptyState, options);
  await using destination = await pipeline.destination.connect(options);
  const previews: StreamPreview[] = [];
  for (const stream of streams) {
    const { documents, shape } = await firstDocuments(pipeline, stream, { limit, ...options });
    const table = tableOf(stream, shape);
    const { changes } = await destination.plan([table]);
    previews.push({
      stream: stream.info.name,
      table: stream.tableName,
      key: stream.key,
      documents,
      columns: table.columns.map(({ name, schema, key }) => ({ name, schema, key })),
      changes,
    });
  }
  return { streams: previews, ...(estimate === undefined ? {} : { estimate }) };
}

async function firstDocuments(
  pipeline: Pipeline,
  stream: SelectedStream,
  { limit, log, signal }: LookOptions & { readonly limit: number },
): Promise<{ readonly documents: readonly Uint8Array[]; readonly shape: Shape }> {
  const reading = new AbortController();
  const found: Uint8Array[] = [];
  const gate = new Gate(
    { ...stream, rule: { ...stream.rule, contract: 'evolve' } },
    knownShape(stream.info, undefined),
    true,
  );
  const events = pipeline.source.pull({
    bindings: [stream.binding],
    state: emptyState,
    until: 'caught-up',
    range: wholeRange,
    wanted: limit,
    signal: AbortSignal.any([signal, reading.signal]),
    log,
  });
  for await (const event of events) {
    if (event.is === 'failed') throw event.failure;
    if (event.is !== 'documents') continue;
    gate.admit(event.documents);
    let start = 0;
    for (const end of event.documents.ends) {
      if (found.length < limit) found.push(event.documents.bytes.slice(start, end - 1));
      start = end;
    }
    if (found.length >= limit) break;
  }
  return { documents: found, shape: gate.shape };
}
