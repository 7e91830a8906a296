/**
 * The items of `source`, in order, read ahead of the consumer while at most `maxBytes` of them, and
 * one more, are waiting. An error comes after the items before it. When the consumer leaves, the
 * source is closed and what was read ahead is dropped.
 *
 * @param sizeOf bytes that an item holds; an item without any may be 0.
 */
export async function* prefetch<T>(
  source: AsyncIterable<T>,
  maxBytes: number,
  sizeOf: (item: T) => number,
): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const waiting: T[] = [];
  let waitingBytes = 0;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wakeConsumer = () => {};
  let wakeReader = () => {};
  let left = false;

  const reader = (async () => {
    try {
      for (;;) {
        while (waitingBytes > maxBytes && !left) {
          await new Promise<void>((resolve) => (wakeReader = resolve));
        }
        if (left) return;
        const next = await iterator.next();
        if (next.done === true) return;
        waiting.push(next.value);
        waitingBytes += sizeOf(next.value);
        wakeConsumer();
      }
    } catch (error) {
      failure = { error };
    } finally {
      ended = true;
      wakeConsumer();
    }
  })();

  try {
    for (;;) {
      while (waiting.length === 0 && !ended) {
        await new Promise<void>((resolve) => (wakeConsumer = resolve));
      }
      const item = waiting.shift();
      if (item === undefined) break;
      waitingBytes -= sizeOf(item);
      wakeReader();
      yield item;
    }
    if (failure !== undefined) throw failure.error;
  } finally {
    left = true;
    wakeReader();
    await reader;
    await iterator.return?.();
  }
}
