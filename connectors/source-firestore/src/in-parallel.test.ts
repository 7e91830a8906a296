import { expect, test } from 'vitest';
import { inParallel } from './in-parallel.ts';

const never = new AbortController().signal;

/** Lets everything that can go on do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

test('so many are worked on at a time, and the results are in order', async () => {
  const waiting: (() => void)[] = [];
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return item * 10;
  };
  const results = inParallel([1, 2, 3, 4, 5], 2, work, never);
  expect(begun).toEqual([1, 2]);
  waiting[1]?.();
  await settle();
  expect(begun).toEqual([1, 2, 3]);
  for (let next = 0; next < 5; next++) {
    waiting[next]?.();
    await settle();
  }
  expect(await results).toEqual([10, 20, 30, 40, 50]);
});

test('a failure ends the others, and is thrown when they have ended', async () => {
  const events: string[] = [];
  const failure = new Error('broken');
  const work = async (item: number, signal: AbortSignal) => {
    events.push(`begins ${item}`);
    if (item === 2) throw failure;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    events.push(`ends ${item}`);
  };
  await expect(inParallel([1, 2, 3], 2, work, never)).rejects.toBe(failure);
  expect(events).toEqual(['begins 1', 'begins 2', 'ends 1']);
});

test('an abort lets nothing begin', async () => {
  const reason = new Error('enough');
  const work = async () => {
    throw new Error('begun');
  };
  await expect(inParallel([1], 2, work, AbortSignal.abort(reason))).rejects.toBe(reason);
});

test('nothing to do is done', async () => {
  expect(await inParallel([], 8, async () => 1, never)).toEqual([]);
});
