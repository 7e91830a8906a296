import { isFailure } from '@fairlead/sdk';
import { FaunaError } from './fauna-error.ts';
import { LinkError } from './link-error.ts';

/** The error of a call, out of the failure that was made of it. */
export function causeOf(error: unknown): unknown {
  return isFailure(error) && error.cause !== undefined ? error.cause : error;
}

/** Whether less may do where so much did not: a smaller page. */
export function isTooLarge(error: unknown): boolean {
  const cause = causeOf(error);
  if (cause instanceof LinkError) return cause.reason === 'too-long' || cause.reason === 'late';
  if (!(cause instanceof FaunaError)) return false;
  return cause.status === 413 || cause.status === 440 || isTimeOut(cause) || isTooMuchWork(cause);
}

/** Whether it is the rights of the key that are missing. */
export function isForbidden(error: unknown): boolean {
  const cause = causeOf(error);
  // With 410 nobody is let in any more, whatever the rights are.
  if (!(cause instanceof FaunaError) || cause.status === 410) return false;
  return cause.is('permission denied') || (cause.status === 403 && !cause.isForeign);
}

/** Whether what was asked for is not there, or cannot be seen: a collection, an index, a document. */
export function isMissing(error: unknown): boolean {
  const cause = causeOf(error);
  if (!(cause instanceof FaunaError)) return false;
  // FQL v10 has one code for all arguments.
  const isUnknown =
    cause.is('invalid argument') && cause.description.includes('No such user collection');
  return isUnknown || cause.is('invalid ref') || cause.is('instance not found');
}

/** Whether the server, or one that it asks, took too long. */
export function isTimeOut(error: FaunaError): boolean {
  return error.status === 503 && error.is('time out');
}

/** Whether one request asks for too much work. The server has one code for many mistakes: its text tells this one. */
export function isTooMuchWork({ status, description }: FaunaError): boolean {
  return (
    status === 400 &&
    /^(?:Query exceeds max width|Transaction does too much compute|Transaction exceeded limit)\b/.test(
      description,
    )
  );
}
