import { expect, test } from 'vitest';
import { BackOff } from './back-off.ts';

test('steps grow to the longest, and any part of a step is waited', () => {
  const whole = new BackOff({ minMs: 100, maxMs: 400, factor: 2, random: () => 1 });
  expect(Array.from({ length: 5 }, () => whole.next())).toEqual([100, 200, 400, 400, 400]);
  const none = new BackOff({ random: () => 0 });
  expect([none.next(), none.next()]).toEqual([0, 0]);
  const half = new BackOff({ random: () => 0.5 });
  expect([half.next(), half.next(), half.next()]).toEqual([50, 75, 112.5]);
});

test('a server that asks for less is left alone for half of the longest step at least', () => {
  const least = new BackOff({ random: () => 0 });
  expect(least.slowDown()).toBe(30_000);
  const most = new BackOff({ random: () => 1 });
  expect([most.slowDown(), most.next()]).toEqual([60_000, 60_000]);
});

test('after progress it begins anew', () => {
  const backOff = new BackOff({ random: () => 1 });
  backOff.slowDown();
  backOff.reset();
  expect([backOff.next(), backOff.next()]).toEqual([100, 150]);
});
