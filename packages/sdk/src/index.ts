export { connect, connectMaterialization } from './connect.ts';
export type {
  ConnectedMaterialization,
  ConnectedSource,
  UnparsedEstimate,
  UnparsedPull,
} from './connect.ts';
export {
  countOf,
  DocumentsBuilder,
  encodeDocuments,
  Op,
  selectDocuments,
  startOf,
} from './documents.ts';
export type { Documents } from './documents.ts';
export { eventsWithin } from './events-within.ts';
export { describeFailure, exitCode, exitCodes, Failure, isFailure, within } from './failure.ts';
export type { FailureKind, FailureOptions } from './failure.ts';
export { fetchJson, getJson, linkTo, networkReason, pages, parseRetryAfter } from './http.ts';
export type { HttpOptions, JsonAnswer } from './http.ts';
export { interleave } from './interleave.ts';
export type { BindingEvents } from './interleave.ts';
export type { Json } from './json-value.ts';
export { hash32, inRange, wholeRange } from './key-range.ts';
export type { KeyRange } from './key-range.ts';
export { createLog, silentLog } from './log.ts';
export type { Log, LogFields, LogLevel, LogSink } from './log.ts';
export type {
  Change,
  Column,
  CommitPattern,
  Destination,
  KeyComparison,
  KeySample,
  Materialization,
  OpenRequest,
  Plan,
  Table,
  Writer,
} from './materialization.ts';
export { prefetch } from './prefetch.ts';
export { backOffMs, retry } from './retry.ts';
export type { RetryOptions } from './retry.ts';
export { Secret } from './secret.ts';
export { sleepFor } from './sleep.ts';
export {
  closest,
  describeIssues,
  formatPath,
  parseSettings,
  unknownMembers,
} from './settings-check.ts';
export type { UnknownMember } from './settings-check.ts';
export { advanced, byteSize, choice, duration, parseDuration, secret } from './settings.ts';
export { documentSchema, settingsSchema } from './settings-schema.ts';
export type {
  Address,
  Binding,
  CheckpointEvent,
  DocumentsEvent,
  Estimate,
  EstimateRequest,
  KeysRequest,
  ProgressEvent,
  PullRequest,
  Scope,
  Source,
  SourceEvent,
  StreamInfo,
} from './source.ts';
export { stagedRow } from './sql-database.ts';
export type {
  PlainSqlType,
  SqlCell,
  SqlColumn,
  SqlDatabase,
  SqlDialect,
  SqlTableName,
  SqlTransaction,
  SqlType,
  SqlUpdate,
} from './sql-database.ts';
export { applyCheckpoint, emptyState, mergePatch, patchBetween } from './state.ts';
export type { SourceState, StatePatch } from './state.ts';
export { source, stream } from './stream.ts';
export type { SourceDefinition, StreamDefinition, StreamPage } from './stream.ts';
