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
  type Launch,
  type RunningConnector,
} from './preview/launch.ts';
export {
  captureSpec,
  discoverCapture,
  type CaptureConnector,
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
export type { StateUpdate } from './preview/state-update.ts';
