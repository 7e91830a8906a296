// A connector as a process of the Flow runtime.
export { serveCapture, type CaptureOptions } from './capture/serve-capture.ts';
export { flowLog } from './flow-log.ts';
export type { FlowIo } from './io.ts';
export { serveMaterialize } from './materialize/serve.ts';
export { processIo, type ProcessIo } from './process-io.ts';
export type { CodecName } from './protocol/codec.ts';
export { codecFrom } from './protocol/codecs.ts';

// The other side: connectors, ours or others', run as the runtime runs them.
export {
  launchCommand,
  launchInProcess,
  type CommandOptions,
  type Exit,
  type InProcessOptions,
  type Launch,
  type RunningConnector,
} from './preview/launch.ts';
export { Conversation } from './preview/conversation.ts';
export {
  callOnce,
  captureSpec,
  converse,
  discoverCapture,
  type CaptureConnector,
  type CaptureConversation,
  type CaptureSpecAnswer,
  type DiscoveredBinding,
} from './preview/capture-calls.ts';
export {
  captureSession,
  type CaptureSessionOptions,
  type PreviewEvent,
} from './preview/capture-session.ts';
export {
  previewCapture,
  splitRange,
  type PreviewBinding,
  type PreviewOptions,
  type PreviewStep,
} from './preview/preview-capture.ts';
export { printPreview, type PrintOptions } from './preview/print-preview.ts';
export { afterUpdate, readUpdate, type StateUpdate } from './preview/state-update.ts';
export { assertClosed } from './preview/closed.ts';
export {
  connectionTo,
  converseMaterialize,
  type Connection,
  type MaterializeConversation,
} from './materialize/connection.ts';
export {
  applySpec,
  buildSpec,
  drive,
  driveSpec,
  readFixture,
  type DriveOptions,
  type DriveReport,
} from './materialize/drive.ts';
export type { DriveStep, FixtureTransaction } from './materialize/drive-session.ts';
export { buildCollection, groupBy, type DriveCollection } from './materialize/drive-spec.ts';
export {
  BindingTransaction,
  type Reduce,
  type TestDocument,
} from './materialize/drive-transaction.ts';
export { checkpointAfter, RuntimeLog } from './materialize/runtime-log.ts';
export type { BindingSpec, MaterializationSpec } from './materialize/flow-spec.ts';

// What passes between the two.
export {
  captureRequests,
  captureResponses,
  type CaptureRequest,
  type CaptureRequestDraft,
  type CaptureResponse,
  type CaptureResponseDraft,
} from './protocol/capture-messages.ts';
export {
  materializeRequests,
  materializeResponses,
  type MaterializeRequest,
  type MaterializeRequestDraft,
  type MaterializeResponse,
  type MaterializeResponseDraft,
} from './protocol/materialize-messages.ts';
export { messageReader, type MessageReader } from './protocol/message-reader.ts';
export { messageWriter, type MessageWriter } from './protocol/message-writer.ts';
export type { MessageSet } from './protocol/message-set.ts';
export { StoreFlag, type LoadBatch, type StoreBatch } from './protocol/batches.ts';
export { protocolVersion } from './protocol/flow-messages.ts';
export { jsonText, jsonValue } from './protocol/json-text.ts';
