import {
  backfill,
  changes,
  checkpoint,
  documents,
  memorySource,
  type MemorySourceOptions,
  on,
} from '@fairlead/testkit';
import { catalogOf, type Message, serve, type ServeOptions, streamsOf } from './serve.ts';

/** Documents with the ids from one number up to another. */
export const numbered = (from: number, to: number) =>
  documents(Array.from({ length: to - from }, (_, index) => ({ id: from + index })));

/** Two streams that are read each by itself. */
export const apart: MemorySourceOptions = {
  streams: [
    {
      name: 'a',
      script: [
        ...backfill(numbered(0, 3), checkpoint, numbered(3, 5)),
        numbered(5, 6),
        checkpoint,
        changes(['delete', { id: 0 }]),
        checkpoint,
      ],
    },
    { name: 'b', script: [numbered(0, 2), checkpoint, numbered(2, 4), checkpoint] },
  ],
};

/** Two streams that share a position. */
export const together: MemorySourceOptions = {
  streams: [{ name: 'a' }, { name: 'b' }],
  log: [
    on('a', numbered(0, 3)),
    checkpoint,
    on('b', numbered(0, 2)),
    on('a', numbered(3, 4)),
    checkpoint,
    on('b', changes(['delete', { id: 1 }])),
    checkpoint,
  ],
};

/** Reads all streams of a memory source. */
export async function readAll(
  options: MemorySourceOptions,
  more: ServeOptions = {},
  mode = 'incremental',
) {
  const source = memorySource(options);
  const catalog = catalogOf(await streamsOf(source), { sync_mode: mode });
  return await serve(source, 'read', { config: {}, catalog, ...more });
}

/** Records as `a:1`, those of deletions as `a:-1`. */
export function recordsIn(messages: readonly Message[]): string[] {
  return messages
    .filter(({ type }) => type === 'RECORD')
    .map(
      ({ record: { stream, data } }) => `${stream}:${data._ab_cdc_deleted_at ? '-' : ''}${data.id}`,
    );
}

/** The states among some messages, without their envelopes. */
export const statesIn = (messages: readonly Message[]): Message[] =>
  messages.flatMap(({ type, state }) => (type === 'STATE' ? [state] : []));

/** What a platform keeps after these states: of a stream the last one. */
export function keep(states: readonly Message[]): Message[] {
  const last = states.at(-1);
  if (last?.type === 'GLOBAL') return [last];
  const kept = new Map(states.map((state) => [state.stream.stream_descriptor.name, state]));
  return [...kept.values()];
}

/** The statuses that were told of a stream. */
export const statusesOf = (messages: readonly Message[], name: string): string[] =>
  messages.flatMap(({ trace }) =>
    trace?.stream_status?.stream_descriptor.name === name ? [trace.stream_status.status] : [],
  );

/** The errors among some messages. */
export const errorsIn = (messages: readonly Message[]): Message[] =>
  messages.flatMap(({ trace }) => (trace?.type === 'ERROR' ? [trace.error] : []));
