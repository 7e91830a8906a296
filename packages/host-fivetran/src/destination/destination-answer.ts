import { GrpcError, Status } from '@fairlead/grpc';
import type { Mask } from '@fairlead/host-io';
import { describeFailure, isFailure } from '@fairlead/sdk';

/**
 * What a failed request is to Fivetran: the message of a task, which the user has to do something about; what may go
 * better the next time is thrown, as is what is nobody's fault but ours.
 * @throws {GrpcError}
 */
export function taskMessage(error: unknown, mask: Mask): string {
  if (error instanceof GrpcError) throw error;
  if (!isFailure(error)) {
    throw new GrpcError(Status.INTERNAL, mask(`unexpected error: ${messageOf(error)}`), {
      cause: error,
    });
  }
  const message = mask(describeFailure(error));
  if (error.kind === 'transient') throw new GrpcError(Status.UNAVAILABLE, message);
  return message;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
