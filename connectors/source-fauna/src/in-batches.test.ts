import { expect, test } from 'vitest';
import { inBatches } from './in-batches.ts';

test('results come in the order of their items, and only some are worked on at a time', async () => {
  let running = 0;
  let most = 0;
  const items = Array.from({ length: 20 }, (_, i) => i);
  const results = await inBatches(items, async (item) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return item * 2;
  });
  expect(results).toEqual(items.map((item) => item * 2));
  expect(most).toBe(8);
});

test('after a failure no more are begun', async () => {
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    if (item === 3) throw new Error('three');
  };
  await expect(
    inBatches(
      Array.from({ length: 20 }, (_, i) => i),
      work,
    ),
  ).rejects.toThrow('three');
  expect(begun).toHaveLength(8);
});
