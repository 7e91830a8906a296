import type { StreamName } from './message.ts';

/** When the records of the suite were read, in milliseconds. */
export const emittedAt = 1_700_000_000_102;

const columns = {
  id: { type: 'integer' },
  name: { type: ['null', 'string'] },
  at: { type: ['null', 'integer'] },
  score: { type: ['null', 'number'] },
  flag: { type: ['null', 'boolean'] },
  day: { type: ['null', 'string'], format: 'date' },
  time: { type: ['null', 'string'], format: 'date-time' },
  list: { type: ['null', 'array'] },
  extra: { type: ['null', 'object'] },
};

/** A stream of a configured catalog. */
export function configured(
  stream: StreamName,
  mode: string,
  generation?: readonly [id: number, minimum: number],
  more: object = {},
): object {
  const [generation_id = null, minimum_generation_id = null] = generation ?? [];
  return {
    stream: {
      ...stream,
      json_schema: { type: 'object', properties: columns },
      supported_sync_modes: ['full_refresh', 'incremental'],
    },
    sync_mode: 'incremental',
    destination_sync_mode: mode,
    cursor_field: [],
    primary_key: [['id']],
    generation_id,
    minimum_generation_id,
    sync_id: 7,
    ...more,
  };
}

/** The line of a record. */
export function record({ name, namespace }: StreamName, data: object, more: object = {}): string {
  const place = namespace === undefined || namespace === null ? {} : { namespace };
  const payload = { stream: name, ...place, data, emitted_at: emittedAt, ...more };
  return JSON.stringify({ type: 'RECORD', record: payload });
}

/** The line of a state of a stream, with what only its source understands. */
export function state(stream: StreamName, value: unknown): string {
  const part = { stream_descriptor: stream, stream_state: value };
  return JSON.stringify({
    type: 'STATE',
    state: { type: 'STREAM', stream: part, sourceStats: { recordCount: 1 }, id: 12 },
  });
}

/** The line of a status. */
export function status(stream: StreamName, value: string): string {
  const stream_status = { stream_descriptor: stream, status: value };
  return JSON.stringify({
    type: 'TRACE',
    trace: { type: 'STREAM_STATUS', emitted_at: emittedAt, stream_status },
  });
}

/** The lines of a stream's turn, from its beginning to its end. */
export function turn(stream: StreamName, lines: readonly string[], end = 'COMPLETE'): string[] {
  return [status(stream, 'STARTED'), status(stream, 'RUNNING'), ...lines, status(stream, end)];
}
