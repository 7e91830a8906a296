/**
 * The items of `source`, and `undefined` whenever `idleMs` have passed without one. Closes the
 * source when the consumer leaves.
 */
export async function* eventsWithin<T>(
  source: AsyncIterable<T>,
  idleMs: number,
): AsyncGenerator<T | undefined, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = iterator.next();
      for (;;) {
        const outcome = await orIdle(next, idleMs);
        if (outcome === idle) {
          yield undefined;
          continue;
        }
        if (outcome.done === true) return;
        yield outcome.value;
        break;
      }
    }
  } finally {
    await iterator.return?.();
  }
}

const idle = Symbol('idle');

/** The outcome of `promise`, or `idle` when it takes longer. */
function orIdle<T>(promise: Promise<T>, ms: number): Promise<T | typeof idle> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(idle), ms);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
