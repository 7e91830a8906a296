export { byBytes } from './byte-order.ts';
export { captureFiles, type FileBinding, type FileCapture } from './capture.ts';
export { FileCursor } from './cursor.ts';
export {
  enterFolder,
  isWild,
  matchesFile,
  parseGlobs,
  startPlaces,
  type Glob,
  type GlobPlaces,
} from './glob.ts';
export { memberKey } from './member.ts';
export { sampleStream, type SampleRequest, type StreamSample } from './sample.ts';
export { fileSettings, FormatSettings, type FileSettings } from './settings.ts';
export type { FileInfo, FileStore, OpenFile, OpenOptions } from './store.ts';
export { streamName } from './stream-name.ts';
