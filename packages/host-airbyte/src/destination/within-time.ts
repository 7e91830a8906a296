/**
 * The items of `source`, and undefined whenever `ms` pass without one. Closes the source when the
 * consumer leaves.
 */
export async function* withinTime<T>(
  source: AsyncIterable<T>,
  ms: number,
): AsyncGenerator<T | undefined, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = iterator.next();
      let outcome = await orLate(next, ms);
      for (; outcome === late; outcome = await orLate(next, ms)) yield undefined;
      if (outcome.done === true) return;
      yield outcome.value;
    }
  } finally {
    await iterator.return?.();
  }
}

const late = Symbol('late');

function orLate<T>(promise: Promise<T>, ms: number): Promise<T | typeof late> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(late), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
