export { type Channel, type ChannelOptions, openChannel } from './channel.ts';
export type { Call, CallOptions, DuplexCall } from './client-call.ts';
export type { Target } from './connect-socket.ts';
export { frameMessage, frameMessages } from './frame.ts';
export { GrpcError, type GrpcErrorOptions } from './grpc-error.ts';
export type { Messages } from './message-reader.ts';
export type { Metadata, MetadataSource } from './metadata.ts';
export {
  createGrpcServer,
  type GrpcServer,
  type GrpcServerOptions,
  type Handler,
  type Listening,
} from './server.ts';
export type { ServerCall } from './server-call.ts';
export { Status } from './status.ts';
