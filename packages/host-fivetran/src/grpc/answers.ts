import {
  create,
  fromBinary,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { GrpcError, type Handler, type ServerCall, Status } from '@fairlead/grpc';
import { noMask, type Mask } from '@fairlead/host-io';
import { describeFailure, isFailure } from '@fairlead/sdk';

/**
 * Serves a method that has one answer.
 * @param answer what it answers; a failure that it throws becomes the status of the call.
 */
export function unary<Request extends DescMessage, Response extends DescMessage>(
  request: Request,
  response: Response,
  answer: (
    message: MessageShape<Request>,
    call: ServerCall,
  ) => Promise<MessageInitShape<Response>> | MessageInitShape<Response>,
): Handler {
  return async (call) => {
    const message = decodeRequest(request, await call.request());
    try {
      const content = await answer(message, call);
      await call.write(toBinary(response, create(response, content)));
    } catch (error) {
      throw statusOf(error, noMask);
    }
  };
}

/** @throws {GrpcError} `INVALID_ARGUMENT` for bytes that are no such message. */
export function decodeRequest<Request extends DescMessage>(
  request: Request,
  bytes: Uint8Array,
): MessageShape<Request> {
  try {
    return fromBinary(request, bytes);
  } catch (error) {
    // The message of the error may show a part of the bytes, which hold secrets.
    throw new GrpcError(Status.INVALID_ARGUMENT, `the request is no ${request.name}`, {
      cause: error,
    });
  }
}

/** The status of a call that has failed, with a text that a user may read. */
export function statusOf(error: unknown, mask: Mask): GrpcError {
  if (error instanceof GrpcError) return error;
  if (isFailure(error)) {
    const code = error.kind === 'transient' ? Status.UNAVAILABLE : Status.FAILED_PRECONDITION;
    return new GrpcError(code, mask(describeFailure(error)), { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new GrpcError(Status.INTERNAL, mask(message), { cause: error });
}
