import { expect, test } from 'vitest';
import { pointDueMs, type PointTiming } from './due.ts';

const timing: PointTiming = {
  behind: [false],
  held: false,
  dirtySinceMs: undefined,
  lastPointMs: 1000,
  settings: { heartbeatMs: 30_000, consistentPointDelayMs: 200 },
};

test.each<{ when: string; change: Partial<PointTiming>; due: number }>([
  { when: 'nothing is told', change: {}, due: 31_000 },
  { when: 'something was told', change: { dirtySinceMs: 5000 }, due: 5200 },
  { when: 'much was told long after', change: { dirtySinceMs: 30_900 }, due: 31_000 },
  { when: 'points are held', change: { dirtySinceMs: 5000, held: true }, due: Infinity },
  { when: 'there is no target', change: { behind: [] }, due: Infinity },
  { when: 'one of two targets is behind', change: { behind: [false, true] }, due: Infinity },
])('a consistent point is due at $due when $when', ({ change, due }) => {
  expect(pointDueMs({ ...timing, ...change })).toBe(due);
});
