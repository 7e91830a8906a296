export { airbyteCommand } from './airbyte-command.ts';
export type { AirbyteIo } from './airbyte-io.ts';
export { airbyteProcess } from './airbyte-process.ts';
export { serveDestination } from './destination/serve-destination.ts';
export type { ServeDestinationOptions } from './destination/serve-destination.ts';
export { Messages } from './protocol/messages.ts';
export type { MessagesOptions } from './protocol/messages.ts';
export { serveSource } from './source/serve-source.ts';
export type { ServeSourceOptions } from './source/serve-source.ts';
