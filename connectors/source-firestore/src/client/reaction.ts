import { GrpcError, Status } from '@fairlead/grpc';
import { Failure, isFailure } from '@fairlead/sdk';
import { readErrorDetails, type ErrorDetails } from './error-details.ts';
import { ruleFor, type Doing } from './reaction-rules.ts';

/** What to do about a call that failed. `failure` says it in plain words, for when doing that does not help. */
export type Reaction = Doing & { readonly failure: Failure };

/**
 * What to do about an error of a call, or about the failure of an earlier reaction.
 * @param where The database, or the path of a binding.
 * @param principal Who reads, where that is known.
 * @throws The error itself when it is neither a `GrpcError` nor a `Failure`: the reason of an abort, or a bug.
 */
export function reactionTo(error: unknown, where: string, principal?: string): Reaction {
  if (error instanceof GrpcError) return toGrpcError(error, where, principal);
  if (!isFailure(error)) throw error;
  if (error.cause instanceof GrpcError) {
    const reaction = toGrpcError(error.cause, where, principal);
    // Whoever made a failure of it may have tried often enough.
    const attempts = reaction.do === 'fail' ? { attempts: 1 } : {};
    return { ...reaction, ...attempts, failure: error };
  }
  return error.kind === 'transient'
    ? { do: 'retry', failure: error }
    : { do: 'fail', attempts: 1, failure: error };
}

/** As {@link reactionTo}, for the `cause` with which the server ends a target of Listen. */
export function reactionToStatus(
  code: number,
  message: string,
  where: string,
  principal?: string,
): Reaction {
  const known = Object.values(Status).find((status) => status === code) ?? Status.UNKNOWN;
  return toGrpcError(new GrpcError(known, message), where, principal);
}

/** The error of a call, out of the failure that was made of it. */
export function causeOf(error: unknown): unknown {
  return isFailure(error) && error.cause !== undefined ? error.cause : error;
}

/** Whether an error, or what a failure was made of, is that the server has no such call. */
export function isUnsupported(error: unknown): boolean {
  const cause = causeOf(error);
  return cause instanceof GrpcError && cause.code === Status.UNIMPLEMENTED;
}

function toGrpcError(error: GrpcError, where: string, principal: string | undefined): Reaction {
  const details = detailsOf(error);
  const text = shortened(error.details);
  const { doing, kind, say, hint } = ruleFor(error.code, text, details.reason);
  const facts = {
    text,
    link: details.link ?? linkIn(error.details),
    principal,
    skewMs: skewMs(error),
  };
  const remedy = hint?.(facts);
  const failure = new Failure(kind, say(facts), {
    where,
    ...(remedy === undefined ? {} : { hint: remedy }),
    ...(details.retryAfterMs === undefined ? {} : { retryAfterMs: details.retryAfterMs }),
    cause: error,
  });
  return { ...doing, failure };
}

function detailsOf({ statusDetails }: GrpcError): ErrorDetails {
  if (statusDetails === undefined) return {};
  try {
    return readErrorDetails(statusDetails);
  } catch (error) {
    // They only make a message better that is there without them.
    if (isFailure(error)) return {};
    throw error;
  }
}

/** How far this machine's clock is ahead of the server's, if the answer tells. */
function skewMs({ metadata }: GrpcError): number | undefined {
  const date = metadata['date'];
  const serverMs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isNaN(serverMs) ? undefined : Date.now() - serverMs;
}

/** A link without the full stop of its sentence. */
function linkIn(text: string): string | undefined {
  return /https?:\/\/[^\s"'<>]+/.exec(text)?.[0].replace(/[.,;:!?)\]]+$/, '');
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}
