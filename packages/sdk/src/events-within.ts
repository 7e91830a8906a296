/**
 * The items of `source`, and `undefined` whenever `idleMs` have passed without one. Closes the
 * source when the consumer leaves.
 */
export async function* eventsWithin<T>(
  source: AsyncIterable<T>,
  idleMs: number,
): AsyncGenerator<T | undefined, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let wake = (_outcome: typeof idle) => {};
  // One timer for all, as each new one costs more than most items.
  const timer = setTimeout(() => wake(idle), idleMs);
  const orIdle = (next: Promise<IteratorResult<T>>) =>
    new Promise<IteratorResult<T> | typeof idle>((resolve, reject) => {
      wake = resolve;
      timer.refresh();
      next.then(resolve, reject);
    });
  try {
    for (;;) {
      const next = iterator.next();
      let outcome = await orIdle(next);
      for (; outcome === idle; outcome = await orIdle(next)) yield undefined;
      if (outcome.done === true) return;
      yield outcome.value;
    }
  } finally {
    clearTimeout(timer);
    await iterator.return?.();
  }
}

const idle = Symbol('idle');
