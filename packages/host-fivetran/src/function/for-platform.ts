import { Failure, isFailure } from '@fairlead/sdk';

/** The error with a remedy that users of Fivetran have, where its own is one of the command line. */
export function forPlatform(error: unknown): unknown {
  if (!isFailure(error) || error.kind !== 'state') return error;
  return new Failure('state', error.message, {
    ...(error.where === undefined ? {} : { where: error.where }),
    hint: 'Start a full re-sync of the connection in Fivetran.',
    cause: error.cause,
  });
}
