import type { JsonSchema } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import type { ConfiguredStream } from '../protocol/configured-catalog.ts';
import {
  describeStream,
  nameStream,
  streamId,
  type StreamDescriptor,
} from '../protocol/stream-id.ts';
import { streamColumns, type StreamColumn } from './columns.ts';
import type { DestinationMode, Generation } from './generation.ts';

/** A stream of a sync, as far as a destination cares. */
export interface SyncStream extends Generation {
  /** See {@link streamId}. */
  readonly id: string;
  readonly descriptor: StreamDescriptor;
  /** For messages to users. */
  readonly where: string;
  readonly columns: readonly StreamColumn[];
  /** Whether rows are merged by their key. */
  readonly merges: boolean;
  /** The column that says which row of a key is the newest, where there is one. */
  readonly cursor: StreamColumn | undefined;
  readonly syncId: number | undefined;
}

/**
 * Reads what a catalog asks of a destination.
 * @throws {Failure} config
 */
export function syncStream(configured: ConfiguredStream): SyncStream {
  const { stream } = configured;
  const descriptor = describeStream(stream);
  const where = `stream ${nameStream(descriptor)}`;
  const mode = modeOf(configured.destination_sync_mode, where);
  const merges = mode === 'append_dedup' || mode === 'overwrite_dedup';
  const key = merges ? keyOf(configured, where) : [];
  // The catalog is JSON, whose objects are schemas here.
  const schema = (stream.json_schema ?? {}) as JsonSchema;
  const columns = streamColumns(schema, key);
  return {
    id: streamId(stream),
    descriptor,
    where,
    mode,
    merges,
    columns,
    cursor: merges ? columns.find(({ name }) => name === cursorOf(configured)) : undefined,
    generationId: configured.generation_id ?? undefined,
    minimumGenerationId: configured.minimum_generation_id ?? undefined,
    syncId: configured.sync_id ?? undefined,
  };
}

function modeOf(mode: string, where: string): DestinationMode {
  const known = modes.find((candidate) => candidate === mode);
  if (known !== undefined) return known;
  throw new Failure('config', `the destination sync mode ${mode} is not supported`, {
    where,
    hint: `Choose one of ${modes.join(', ')}.`,
  });
}

const modes: readonly DestinationMode[] = [
  'append',
  'overwrite',
  'append_dedup',
  'overwrite_dedup',
];

function keyOf({ primary_key, stream }: ConfiguredStream, where: string): readonly string[] {
  const chosen = primary_key ?? [];
  const paths = chosen.length > 0 ? chosen : (stream.source_defined_primary_key ?? []);
  const hint = 'Choose a primary key of top-level fields, or append without dedup.';
  if (paths.length === 0) {
    throw new Failure('config', 'rows cannot be deduplicated without a primary key', {
      where,
      hint,
    });
  }
  return paths.map(([name, ...inner]) => {
    if (name !== undefined && inner.length === 0) return name;
    throw new Failure('config', 'a primary key is inside of another field', { where, hint });
  });
}

/** The name of the cursor: the source's own, else the one that a user chose. Undefined when it is inside of a field. */
function cursorOf({ cursor_field, stream }: ConfiguredStream): string | undefined {
  const own = stream.default_cursor_field ?? [];
  const chosen = cursor_field ?? [];
  const isOwn = stream.source_defined_cursor === true && own.length > 0;
  const path = isOwn || chosen.length === 0 ? own : chosen;
  return path.length === 1 ? path[0] : undefined;
}
