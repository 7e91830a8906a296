import { describeIssues, Failure, type Json } from '@fairlead/sdk';
import { z } from 'zod';
import { type StreamDescriptor, describeStream, streamId } from './stream-id.ts';

/** The state that a platform gave back. */
export interface StateInput {
  /** What all streams share; absent unless the state was a GLOBAL one. */
  readonly shared?: Json;
  /** By {@link streamId}. A stream that was cleared is not there. */
  readonly streams: ReadonlyMap<string, StreamState>;
  /** The blob of a LEGACY state, with streams by name when it came from such a source. */
  readonly legacy?: Json;
}

interface StreamState {
  readonly stream: StreamDescriptor;
  readonly state: Json;
}

const StreamPart = z.looseObject({
  stream_descriptor: z.looseObject({ name: z.string(), namespace: z.string().nullish() }),
  stream_state: z.json().nullish(),
});

const Item = z.looseObject({
  type: z.string().nullish(),
  stream: StreamPart.nullish(),
  global: z
    .looseObject({
      shared_state: z.json().nullish(),
      stream_states: z.array(StreamPart).nullish(),
    })
    .nullish(),
  data: z.json().nullish(),
});

/**
 * Reads the content of a state file in any of its forms:
 *
 * | form                                        | is                                        |
 * |---------------------------------------------|-------------------------------------------|
 * | nothing, `null`, `[]`, `{}`                 | no state                                  |
 * | array of STREAM items                       | a state per stream, the last one counts   |
 * | array with a GLOBAL item                    | shared state and a state per stream       |
 * | an item with `data` only, or LEGACY         | a blob                                    |
 * | a bare object                               | a blob                                    |
 * | whole messages, `{"type":"STATE","state":…}`| as what is in them                        |
 *
 * Members that are null are absent.
 * @throws {Failure} state
 */
export function parseState(value: Json | undefined): StateInput {
  if (value === undefined || value === null) return noState;
  if (!Array.isArray(value)) return isItem(value) ? stateOf([value]) : legacyOf(value);
  return stateOf(value);
}

const noState: StateInput = { streams: new Map() };

function stateOf(items: readonly Json[]): StateInput {
  let result = noState;
  for (const [index, item] of items.entries()) {
    const parsed = Item.safeParse(isRecord(item) && isRecord(item['state']) ? item['state'] : item);
    if (!parsed.success) throw unreadable(describeIssues(parsed.error.issues), index);
    const { stream, global, data } = parsed.data;
    if (global !== undefined && global !== null) {
      const shared = global.shared_state ?? undefined;
      const streams = (global.stream_states ?? []).reduce(withStream, new Map());
      result = { ...(shared === undefined ? {} : { shared }), streams };
    } else if (stream !== undefined && stream !== null) {
      result = { ...result, streams: withStream(new Map(result.streams), stream) };
    } else if (data !== undefined && data !== null) {
      result = { ...result, ...legacyOf(data) };
    } else throw unreadable('it has none of stream, global and data', index);
  }
  return result;
}

function withStream(
  streams: Map<string, StreamState>,
  { stream_descriptor, stream_state }: z.infer<typeof StreamPart>,
): Map<string, StreamState> {
  const stream = describeStream(stream_descriptor);
  if (stream_state === undefined || stream_state === null) streams.delete(streamId(stream));
  else streams.set(streamId(stream), { stream, state: stream_state });
  return streams;
}

function legacyOf(blob: Json): StateInput {
  const isEmpty = isRecord(blob) && Object.keys(blob).length === 0;
  return isEmpty ? noState : { streams: new Map(), legacy: blob };
}

/** Whether an object is an item of a state file rather than a blob. */
function isItem(value: Json): boolean {
  return isRecord(value) && typeof value['type'] === 'string' && itemTypes.has(value['type']);
}

const itemTypes: ReadonlySet<string> = new Set(['STREAM', 'GLOBAL', 'LEGACY', 'STATE']);

function unreadable(problem: string, index: number): Failure {
  return new Failure('state', `the saved state cannot be read: ${problem}`, {
    where: `item ${index + 1} of the state file`,
    hint: 'Refresh or clear the streams of this connection.',
  });
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
