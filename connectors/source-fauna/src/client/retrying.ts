import { backOffMs, type Log } from '@fairlead/sdk';
import { FaunaError } from './fauna-error.ts';
import { LinkError } from './link-error.ts';
import { patienceWith } from './patience.ts';

/** What all calls of one client share about trying again. */
export interface RetryContext {
  readonly log: Log;
  /** Evenly spread over [0, 1). */
  readonly random: () => number;
  /** Done after some time; rejects when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Aborted when the client is disposed, with the error that its calls then fail with. */
  readonly closed: AbortSignal;
  /** Whether a Fauna server ever answered. */
  hasAnswered: boolean;
}

/**
 * The result of an operation that is tried again as long as that is of use.
 * @throws what it failed with in the end, as it is, and the reason of an abort.
 */
export async function retrying<T>(
  context: RetryContext,
  signal: AbortSignal,
  operation: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      const result = await operation();
      context.hasAnswered = true;
      return result;
    } catch (thrown) {
      signal.throwIfAborted();
      const error = context.hasAnswered ? passing(thrown) : thrown;
      if (error instanceof FaunaError && !error.isForeign) context.hasAnswered = true;
      const patience = patienceWith(error, context.hasAnswered);
      if (patience === undefined || attempt >= patience.attempts) throw error;
      const ms = Math.max(
        backOffMs(attempt, { ...patience, random: context.random }),
        askedMs(error),
      );
      const level = error instanceof FaunaError && error.status === 429 ? 'warn' : 'debug';
      context.log[level]('trying again', { attempt, ms, error: messageOf(error) });
      await context.sleep(ms, AbortSignal.any([signal, context.closed]));
    }
  }
}

/** A host that was there has its name still: it is not found for as long as the network is out of order. */
function passing(error: unknown): unknown {
  if (!(error instanceof LinkError && error.reason === 'no-host')) return error;
  return new LinkError('unreachable', error.message, { cause: error });
}

/** How long the server asked us to wait, within reason. */
function askedMs(error: unknown): number {
  const ms = error instanceof FaunaError ? (error.retryAfterMs ?? 0) : 0;
  return Math.min(ms, longestWaitMs);
}

const longestWaitMs = 5 * 60_000;

function messageOf(error: unknown): string {
  return error instanceof FaunaError || error instanceof LinkError ? error.message : String(error);
}
