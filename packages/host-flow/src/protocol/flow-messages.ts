import {
  bool,
  bytes,
  double,
  enumeration,
  fixed32,
  fixed64,
  int64,
  json,
  list,
  map,
  message,
  type MessageOf,
  opaque,
  string,
  uint32,
} from './shape.ts';

// Messages that captures and materializations share. Only what a connector can use is here.

export const ConnectorState = { updated: json(1), mergePatch: bool(2) };

/** Both ends are inclusive. */
export const RangeSpec = {
  keyBegin: fixed32(2),
  keyEnd: fixed32(3),
  rClockBegin: fixed32(4),
  rClockEnd: fixed32(5),
};
export type RangeSpec = MessageOf<typeof RangeSpec>;

export const Inference = {
  types: list(string(1)),
  string: message(3, {
    contentType: string(3),
    format: string(4),
    maxLength: uint32(6),
    contentEncoding: string(7),
    strMinimum: string(8),
    strMaximum: string(9),
  }),
  title: string(4),
  description: string(5),
  default: json(6),
  secret: bool(7),
  exists: enumeration(8, { INVALID: 0, MUST: 1, MAY: 2, IMPLICIT: 3, CANNOT: 4 }),
  /** What is known of the least and the greatest number. */
  numeric: message(9, {
    hasMinimum: bool(1),
    minimum: double(2),
    hasMaximum: bool(3),
    maximum: double(4),
  }),
  array: message(10, {
    minItems: uint32(1),
    hasMaxItems: bool(2),
    maxItems: uint32(3),
    itemTypes: list(string(4)),
  }),
  enum: list(json(11)),
  contentMediaType: string(14),
};

export const Projection = {
  ptr: string(1),
  field: string(2),
  explicit: bool(3),
  isPartitionKey: bool(4),
  isPrimaryKey: bool(5),
  inference: message(6, Inference),
};
export type Projection = MessageOf<typeof Projection>;

export const CollectionSpec = {
  name: string(1),
  key: list(string(3)),
  uuidPtr: string(4),
  partitionFields: list(string(5)),
  projections: list(message(6, Projection)),
  writeSchema: json(8),
  readSchema: json(11),
};
export type CollectionSpec = MessageOf<typeof CollectionSpec>;

const LabelSet = { labels: list(message(1, { name: string(1), value: string(2) })) };

/** The shards of a task; labels hold flags of the task. */
const ShardSpec = { id: string(1), disable: bool(8), labels: message(10, LabelSet) };

const CaptureBinding = {
  resourceConfig: json(1),
  resourcePath: list(string(2)),
  collection: message(3, CollectionSpec),
  backfill: uint32(4),
  stateKey: string(5),
  collectionIndex: uint32(6),
};
type CaptureBinding = MessageOf<typeof CaptureBinding>;

export const captureConnectorType = { INVALID_CONNECTOR_TYPE: 0, IMAGE: 7, LOCAL: 8 };

export const CaptureSpec = {
  name: string(1),
  connectorType: enumeration(2, captureConnectorType),
  config: json(3),
  bindings: list(message(4, CaptureBinding)),
  intervalSeconds: uint32(5),
  shardTemplate: message(6, ShardSpec),
  inactiveBindings: list(message(9, CaptureBinding)),
  createdAt: string(11),
  linkedCollections: list(message(12, CollectionSpec)),
};
export type CaptureSpec = MessageOf<typeof CaptureSpec>;

export const SerPolicy = {
  strTruncateAfter: uint32(1),
  nestedObjTruncateAfter: uint32(2),
  arrayTruncateAfter: uint32(3),
};

/** The order of columns is keys, values, then document. */
const FieldSelection = {
  keys: list(string(1)),
  values: list(string(2)),
  document: string(3),
  fieldConfig: map(json(4)),
};
type FieldSelection = MessageOf<typeof FieldSelection>;

export const MaterializationBinding = {
  resourceConfig: json(1),
  resourcePath: list(string(2)),
  collection: message(3, CollectionSpec),
  fieldSelection: message(4, FieldSelection),
  deltaUpdates: bool(5),
  journalReadSuffix: string(8),
  priority: uint32(9),
  backfill: uint32(12),
  stateKey: string(13),
  serPolicy: message(14, SerPolicy),
  collectionIndex: uint32(15),
};
export type MaterializationBinding = MessageOf<typeof MaterializationBinding>;

export const materializationConnectorType = {
  INVALID_CONNECTOR_TYPE: 0,
  IMAGE: 8,
  LOCAL: 9,
  DEKAF: 10,
};

export const MaterializationSpec = {
  name: string(1),
  connectorType: enumeration(2, materializationConnectorType),
  config: json(3),
  bindings: list(message(4, MaterializationBinding)),
  shardTemplate: message(5, ShardSpec),
  inactiveBindings: list(message(9, MaterializationBinding)),
  createdAt: string(11),
  syncSchedule: json(12),
  linkedCollections: list(message(13, CollectionSpec)),
};
export type MaterializationSpec = MessageOf<typeof MaterializationSpec>;

const ProducerState = { lastAck: fixed64(1), begin: int64(2) };
const CheckpointSource = {
  readThrough: int64(1),
  producers: list(message(2, { id: bytes(1), state: message(2, ProducerState) })),
};

/** How far the runtime has read its journals. Nobody but the runtime looks inside. */
export const runtimeCheckpoint = (tag: number) =>
  opaque(tag, { sources: map(message(1, CheckpointSource)), ackIntents: map(bytes(2)) });

export const OAuth2 = {
  provider: string(1),
  authUrlTemplate: string(2),
  accessTokenUrlTemplate: string(3),
  accessTokenBody: string(4),
  accessTokenHeaders: map(json(5)),
  accessTokenResponseMap: map(json(6)),
  refreshTokenUrlTemplate: string(7),
  refreshTokenBody: string(8),
  refreshTokenHeaders: map(json(9)),
  refreshTokenResponseMap: map(json(10)),
  accessTokenMethod: string(11),
  refreshTokenMethod: string(12),
};

/** The version of both protocols, as a Spec response says it. */
export const protocolVersion = 3032023;
