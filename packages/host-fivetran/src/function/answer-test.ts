import type { ConnectedSource, Log } from '@fairlead/sdk';
import { inTime } from './in-time.ts';
import type { CallLimits } from './limits.ts';
import type { FunctionRequest } from './request.ts';

/** Fivetran waits five minutes for the answer to a test. */
const mostMs = 240_000;

/**
 * The answer to a test of the settings: the state as it was, and no rows.
 * @throws what is wrong with the settings.
 */
export async function answerTest(
  source: ConnectedSource,
  { state }: FunctionRequest,
  { limits, signal, log }: { limits: CallLimits; signal: AbortSignal; log: Log },
): Promise<Uint8Array> {
  const ms = Math.min(mostMs, limits.timeoutMs * 0.9);
  await inTime('the settings could not be checked', { ms, signal }, (checking) =>
    source.check({ signal: checking, log }),
  );
  return Buffer.from(JSON.stringify({ state, hasMore: false }));
}
