import { setTimeout as delay } from 'node:timers/promises';

/**
 * The result of a read or write, begun again after a short while as long as a descriptor that does
 * not block is not ready. Nothing tells when it is, so the waits grow to 16 ms.
 */
export async function retryable<T>(begin: () => Promise<T>): Promise<T> {
  for (let waitMs = 1; ; waitMs = Math.min(16, waitMs * 2)) {
    try {
      return await begin();
    } catch (error) {
      if (!hasCode(error, 'EAGAIN')) throw error;
    }
    await delay(waitMs);
  }
}

/** Whether the system gave this reason for an error. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
