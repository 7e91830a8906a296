export { aboutConnector } from './about.ts';
export type { About } from './about.ts';
export { exportAirbyte, exportFlow } from './export.ts';
export type { ExportedFile } from './exported-file.ts';
export { runConnector } from './run-connector.ts';
