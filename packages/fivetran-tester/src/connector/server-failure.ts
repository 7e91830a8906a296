import { GrpcError, Status } from '@fairlead/grpc';
import { Failure } from '@fairlead/sdk';

/**
 * What a connector's failed call means, as the failure that Fivetran would show; the error itself when
 * it is none of gRPC.
 */
export function serverFailure(error: unknown, where: string): unknown {
  if (!(error instanceof GrpcError)) return error;
  const message = error.details === '' ? error.message : error.details;
  switch (error.code) {
    case Status.UNAVAILABLE:
    case Status.DEADLINE_EXCEEDED:
    case Status.CANCELLED:
    case Status.ABORTED:
      return new Failure('transient', message, { where, cause: error });
    case Status.UNAUTHENTICATED:
    case Status.PERMISSION_DENIED:
      return new Failure('access', message, { where, cause: error });
    case Status.UNIMPLEMENTED:
      return new Failure('config', message, {
        where,
        hint: 'A connector has to serve every method of its service.',
        cause: error,
      });
    default:
      return new Failure('data', message, { where, cause: error });
  }
}
