import { isFailure } from './failure.ts';
import type { Log } from './log.ts';
import { sleepFor } from './sleep.ts';

export interface RetryOptions {
  readonly signal: AbortSignal;
  readonly log?: Log;
  /** Calls in all, the first included. */
  readonly attempts?: number;
  /** The wait after the first failure; it doubles each time, and half of it is chance. */
  readonly minDelayMs?: number;
  readonly maxDelayMs?: number;
  /** Resolves after some time; rejects when the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Evenly spread over [0, 1). */
  readonly random?: () => number;
}

/**
 * The result of `operation`, which is called again after each `transient` failure, with growing
 * waits, or after as long as the failure asks for. Any other error, and the last one, is thrown.
 */
export async function retry<T>(
  operation: (attempt: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { signal, attempts = 5, sleep = sleepFor } = options;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await operation(attempt);
    } catch (error) {
      if (!isFailure(error) || error.kind !== 'transient' || attempt >= attempts) throw error;
      const ms = Math.min(longestTimerMs, error.retryAfterMs ?? backOffMs(attempt, options));
      options.log?.warn('trying again', { attempt, ms, error: error.message });
      await sleep(ms, signal);
    }
  }
}

/** The wait before attempt `attempt + 1`: exponential, between half and the whole of the step. */
export function backOffMs(
  attempt: number,
  options: Pick<RetryOptions, 'minDelayMs' | 'maxDelayMs' | 'random'> = {},
): number {
  const { minDelayMs = 500, maxDelayMs = 60_000, random = Math.random } = options;
  const step = Math.min(maxDelayMs, minDelayMs * 2 ** (attempt - 1));
  return Math.round(step * (0.5 + random() / 2));
}

/** A timer that is set to more goes off at once. */
const longestTimerMs = 2 ** 31 - 1;
