import { expect, test, vi } from 'vitest';
import { eventsWithin } from './events-within.ts';

async function* scripted<T>(items: readonly T[], closed: () => void = () => {}) {
  try {
    yield* items;
  } finally {
    closed();
  }
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

test('gives the items in order, and nothing else while they come', async () => {
  expect(await all(eventsWithin(scripted([1, 2, 3]), 60_000))).toEqual([1, 2, 3]);
});

test('tells of each time without an item, and loses none', async () => {
  vi.useFakeTimers();
  try {
    let hand = (_item: string) => {};
    const late = new Promise<string>((resolve) => (hand = resolve));
    const source = (async function* () {
      yield 'early';
      yield await late;
    })();
    const events = eventsWithin(source, 1000);
    expect(await events.next()).toEqual({ done: false, value: 'early' });
    for (let time = 0; time < 3; time++) {
      const next = events.next();
      await vi.advanceTimersByTimeAsync(1000);
      expect(await next).toEqual({ done: false, value: undefined });
    }
    const next = events.next();
    hand('late');
    expect(await next).toEqual({ done: false, value: 'late' });
    expect((await events.next()).done).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('closes the source when the consumer leaves', async () => {
  const closed = vi.fn();
  for await (const item of eventsWithin(scripted([1, 2], closed), 60_000)) {
    expect(item).toBe(1);
    break;
  }
  expect(closed).toHaveBeenCalledOnce();
});

test('passes on an error of the source', async () => {
  const source = (async function* () {
    yield 1;
    throw new Error('broken');
  })();
  await expect(all(eventsWithin(source, 60_000))).rejects.toThrow('broken');
});
