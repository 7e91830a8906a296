import { decodeValue } from '@fairlead/json';
import { z } from 'zod';

/** A line of a transcript that is a message of the protocol. */
export type AirbyteMessage = z.infer<typeof Message> & {
  /** The line itself, without its line break. */
  readonly line: string;
};

/** A message of one type. */
export type MessageOf<Type extends AirbyteMessage['type']> = Extract<
  AirbyteMessage,
  { readonly type: Type }
>;

export type Descriptor = z.infer<typeof Descriptor>;

/** A value of JSON; numbers with more digits than a double holds are `Decimal`. */
export type Row = Readonly<Record<string, unknown>>;

const Descriptor = z.looseObject({ name: z.string(), namespace: z.string().nullish() });
const Stats = z.looseObject({ recordCount: z.number(), rejectedRecordCount: z.number().nullish() });
const Status = z.enum(['STARTED', 'RUNNING', 'COMPLETE', 'INCOMPLETE']);
const StreamState = z.looseObject({
  stream_descriptor: Descriptor,
  stream_state: z.unknown(),
});
const State = z.looseObject({
  type: z.enum(['STREAM', 'GLOBAL', 'LEGACY']).nullish(),
  stream: StreamState.nullish(),
  global: z.looseObject({ stream_states: z.array(StreamState) }).nullish(),
  sourceStats: Stats.nullish(),
  destinationStats: Stats.nullish(),
});
const Change = z.looseObject({ field: z.string(), change: z.string(), reason: z.string() });
const CatalogStream = z.looseObject({
  name: z.string(),
  namespace: z.string().nullish(),
  json_schema: z.record(z.string(), z.unknown()),
  supported_sync_modes: z.array(z.enum(['full_refresh', 'incremental'])).min(1),
  source_defined_cursor: z.boolean().nullish(),
  default_cursor_field: z.array(z.string()).nullish(),
  source_defined_primary_key: z.array(z.array(z.string())).nullish(),
  is_resumable: z.boolean().nullish(),
});
export type CatalogStream = z.infer<typeof CatalogStream>;

const Trace = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('ERROR'),
    emitted_at: z.number(),
    error: z.looseObject({
      message: z.string().min(1),
      failure_type: z.enum(['config_error', 'transient_error', 'system_error']).nullish(),
      stream_descriptor: Descriptor.nullish(),
    }),
  }),
  z.looseObject({
    type: z.literal('STREAM_STATUS'),
    emitted_at: z.number(),
    stream_status: z.looseObject({ stream_descriptor: Descriptor, status: Status }),
  }),
  z.looseObject({
    type: z.literal('ESTIMATE'),
    emitted_at: z.number(),
    estimate: z.looseObject({ name: z.string(), type: z.enum(['STREAM', 'SYNC']) }),
  }),
  z.looseObject({
    type: z.literal('ANALYTICS'),
    emitted_at: z.number(),
    analytics: z.looseObject({ type: z.string() }),
  }),
]);

const Message = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('RECORD'),
    record: z.looseObject({
      stream: z.string(),
      namespace: z.string().nullish(),
      data: z.record(z.string(), z.unknown()),
      emitted_at: z.int(),
      meta: z.looseObject({ changes: z.array(Change).nullish() }).nullish(),
    }),
  }),
  z.looseObject({ type: z.literal('STATE'), state: State }),
  z.looseObject({
    type: z.literal('LOG'),
    log: z.looseObject({
      level: z.enum(['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE']),
      message: z.string(),
    }),
  }),
  z.looseObject({ type: z.literal('TRACE'), trace: Trace }),
  z.looseObject({
    type: z.literal('CONTROL'),
    control: z.looseObject({
      type: z.literal('CONNECTOR_CONFIG'),
      emitted_at: z.number(),
      connectorConfig: z.looseObject({ config: z.record(z.string(), z.unknown()) }),
    }),
  }),
  z.looseObject({
    type: z.literal('CONNECTION_STATUS'),
    connectionStatus: z.looseObject({
      status: z.enum(['SUCCEEDED', 'FAILED']),
      message: z.string().nullish(),
    }),
  }),
  z.looseObject({
    type: z.literal('CATALOG'),
    catalog: z.looseObject({ streams: z.array(CatalogStream) }),
  }),
  z.looseObject({
    type: z.literal('SPEC'),
    spec: z.looseObject({
      documentationUrl: z.url().nullish(),
      connectionSpecification: z.record(z.string(), z.unknown()),
      supported_destination_sync_modes: z.array(z.string()).nullish(),
    }),
  }),
]);

/** The message on a line, or a text that says why there is none. */
export function readAirbyteMessage(line: string): AirbyteMessage | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return `a line is no JSON: ${line.slice(0, 80)}`;
  }
  const parsed = Message.safeParse(value);
  if (parsed.success) return { ...parsed.data, line };
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.')}: ${issue?.message} in ${line.slice(0, 120)}`;
}

/** The data of a record with all the digits of its numbers. */
export function dataOf({ line }: MessageOf<'RECORD'>): Row {
  const bytes = Buffer.from(line);
  // What was read as a record is one.
  const message = decodeValue(bytes, 0, bytes.length) as {
    readonly record: { readonly data: Row };
  };
  return message.record.data;
}

/** A text that streams with different names or namespaces do not share. */
export function idOfStream({ name, namespace }: StreamName): string {
  const isBare = namespace === undefined || namespace === null || namespace === '';
  return isBare ? name : `${namespace}.${name}`;
}

export interface StreamName {
  readonly name: string;
  readonly namespace?: string | null | undefined;
}

/** The {@link idOfStream} of the stream of a record. */
export function idOfRecord({ record }: MessageOf<'RECORD'>): string {
  return idOfStream({ name: record.stream, namespace: record.namespace });
}
