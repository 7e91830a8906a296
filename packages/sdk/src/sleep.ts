import { setTimeout as delay } from 'node:timers/promises';

/** Done after some time. An abort ends it, and throws the reason of the signal itself, which a plain timer does not. */
export async function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
