import { setMaxListeners } from 'node:events';

/**
 * What `work` gives for each item, in their order. So many are worked on at a time, and begun in order. After the first
 * failure, which is thrown, no more are begun, `signal` is aborted, and all that were begun have ended.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
  outer: AbortSignal,
): Promise<readonly Result[]> {
  const failing = new AbortController();
  const signal = AbortSignal.any([outer, failing.signal]);
  setMaxListeners(0, signal);
  const results: Result[] = [];
  let failure: { readonly error: unknown } | undefined;
  const entries = items.entries();
  const worker = async () => {
    for (const [index, item] of entries) {
      if (failure !== undefined) return;
      try {
        signal.throwIfAborted();
        results[index] = await work(item, signal);
      } catch (error) {
        failure ??= { error };
        failing.abort();
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  if (failure !== undefined) throw failure.error;
  return results;
}
