import { Failure, isFailure, within } from '@fairlead/sdk';

/** The error with a remedy that users of Fivetran have, where its own is one of the command line. */
export function forPlatform<Cause>(error: Cause): Cause | Failure {
  if (!isFailure(error) || error.kind !== 'state') return error;
  return new Failure('state', error.message, {
    ...(error.where === undefined ? {} : { where: error.where }),
    hint: 'Start a full re-sync of the connection in Fivetran.',
    cause: error.cause,
  });
}

/** The failure with the name of its stream, which is told among others. */
export function ofStream(failure: Failure, stream: string): Failure {
  const where = `stream ${stream}`;
  return failure.where?.startsWith(where) === true ? failure : within(where, failure);
}
