import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Acknowledgements } from './acknowledgements.ts';

test.each([
  { sizes: [0, 0, 0], acknowledged: [2], called: [0, 1] },
  { sizes: [0, 0, 0], acknowledged: [1, 1], called: [0, 1] },
  { sizes: [0], acknowledged: [5], called: [0] },
  { sizes: [0, 0], acknowledged: [0], called: [] },
  // A sequence of 1.1 GB may have been committed in three parts.
  { sizes: [1.1e9, 0], acknowledged: [1], called: [] },
  { sizes: [1.1e9, 0], acknowledged: [2], called: [] },
  { sizes: [1.1e9, 0], acknowledged: [3], called: [0] },
  { sizes: [1.1e9, 0], acknowledged: [4], called: [0, 1] },
])('$acknowledged of sequences of $sizes bytes confirm $called', async (row) => {
  const waiting = new Acknowledgements();
  const called: number[] = [];
  row.sizes.forEach((size, index) => waiting.expect(size, async () => void called.push(index)));
  for (const count of row.acknowledged) {
    for (const call of waiting.acknowledge(count)) await call();
  }
  expect(called).toEqual(row.called);
});

test('each checkpoint is confirmed once, in order, and never more than were acknowledged', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5)), (steps) => {
      const waiting = new Acknowledgements();
      const called: number[] = [];
      let acknowledged = 0;
      for (const [index, count] of steps.entries()) {
        waiting.expect(0, async () => void called.push(index));
        for (const call of waiting.acknowledge(count)) void call();
        acknowledged += count;
        expect(called).toEqual([...Array(called.length).keys()]);
        expect(called.length).toBeLessThanOrEqual(acknowledged);
        expect(called.length + waiting.count).toBe(index + 1);
      }
    }),
  );
});
