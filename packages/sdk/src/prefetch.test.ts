import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prefetch } from './prefetch.ts';

test('gives the items in order', async () => {
  const items = fc.array(fc.integer({ min: 0, max: 50 }));
  await fc.assert(
    fc.asyncProperty(items, fc.nat(100), async (sizes, maxBytes) => {
      const { source } = scripted(sizes);
      expect(await all(prefetch(source, maxBytes, (size) => size))).toEqual(sizes);
    }),
  );
});

test('reads ahead at most so many bytes, and one item more', async () => {
  const { source, seen } = scripted(Array.from({ length: 50 }, () => 10));
  const reading = prefetch(source, 35, (size) => size);
  await reading.next();
  await turns();
  // One was taken; 40 bytes are waiting, which is over the limit.
  expect(seen.given).toBe(5);
  await reading.next();
  await turns();
  expect(seen.given).toBe(6);
  await reading.return();
});

test('reads ahead before it is asked again', async () => {
  const { source, seen } = scripted([1, 1, 1]);
  const reading = prefetch(source, 100, (size) => size);
  await reading.next();
  await turns();
  expect(seen.given).toBe(3);
  await reading.return();
});

test('an item without a size takes no room', async () => {
  const { source, seen } = scripted(Array.from({ length: 20 }, () => 0));
  const reading = prefetch(source, 0, (size) => size);
  await reading.next();
  await turns();
  expect(seen.given).toBe(20);
  await reading.return();
});

test('asks the source for one item at a time', async () => {
  const { source, seen } = scripted([5, 5, 5, 5, 5]);
  await all(prefetch(source, 7, (size) => size));
  expect(seen.mostAtOnce).toBe(1);
});

describe('an error of the source', () => {
  test('comes after the items before it', async () => {
    const { source } = scripted([1, 2, 3], new Error('broken'));
    const got: number[] = [];
    const reading = (async () => {
      for await (const item of prefetch(source, 100, (size) => size)) {
        await turns();
        got.push(item);
      }
    })();
    await expect(reading).rejects.toThrow('broken');
    expect(got).toEqual([1, 2, 3]);
  });

  test('that nobody waits for is not reported as unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      const { source } = scripted([1], new Error('broken'));
      const reading = prefetch(source, 100, (size) => size);
      await reading.next();
      await turns();
      await reading.return();
      await turns();
    } finally {
      process.off('unhandledRejection', note);
    }
    expect(unhandled).toEqual([]);
  });
});

describe('a consumer that leaves early', () => {
  test('closes the source, once', async () => {
    const { source, seen } = scripted([1, 1, 1, 1]);
    for await (const item of prefetch(source, 2, (size) => size)) {
      expect(item).toBe(1);
      break;
    }
    expect(seen.closed).toBe(1);
  });

  test('waits until the source is closed', async () => {
    const order: string[] = [];
    async function* source() {
      try {
        yield 1;
        yield 2;
      } finally {
        await turns();
        order.push('closed');
      }
    }
    const reading = prefetch(source(), 0, () => 1);
    await reading.next();
    await reading.return();
    order.push('left');
    expect(order).toEqual(['closed', 'left']);
  });

  test('by an error closes the source too', async () => {
    const { source, seen } = scripted([1, 1, 1]);
    const reading = (async () => {
      for await (const item of prefetch(source, 2, (size) => size)) throw new Error(`no ${item}`);
    })();
    await expect(reading).rejects.toThrow('no 1');
    expect(seen.closed).toBe(1);
  });
});

test('a source that is never read is never opened', async () => {
  const { source, seen } = scripted([1]);
  await prefetch(source, 10, () => 1).return();
  expect(seen.given).toBe(0);
});

/** A source of these items, each after a turn, that ends with the error if there is one. */
function scripted(items: readonly number[], error?: Error) {
  const seen = { given: 0, closed: 0, atOnce: 0, mostAtOnce: 0 };
  const next = async (): Promise<IteratorResult<number, undefined>> => {
    seen.mostAtOnce = Math.max(seen.mostAtOnce, ++seen.atOnce);
    await Promise.resolve();
    seen.atOnce--;
    const value = items[seen.given];
    if (value !== undefined) {
      seen.given++;
      return { done: false, value };
    }
    if (error !== undefined) throw error;
    return { done: true, value: undefined };
  };
  const close = async (): Promise<IteratorResult<number, undefined>> => {
    seen.closed++;
    return { done: true, value: undefined };
  };
  const source: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({ next, return: close }),
  };
  return { source, seen };
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

/** Lets everything run that can. */
async function turns(): Promise<void> {
  for (let left = 5; left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
}
