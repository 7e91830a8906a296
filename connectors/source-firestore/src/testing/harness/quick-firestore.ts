import { createFirestore, type FirestoreOptions } from '../../source.ts';

/** The source, but for the waits between its attempts, which decide nothing but how long a test takes. */
export function quickFirestore(options: FirestoreOptions = {}) {
  return createFirestore({ sleep: shortly, ...options });
}

async function shortly(_: number, signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  signal.throwIfAborted();
}
