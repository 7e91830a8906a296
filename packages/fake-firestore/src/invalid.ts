import { GrpcError, Status } from '@fairlead/grpc';

/** The status of a request that could never be right. */
export function invalid(message: string): GrpcError {
  return new GrpcError(Status.INVALID_ARGUMENT, message);
}
