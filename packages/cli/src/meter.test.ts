import { expect, test } from 'vitest';
import { fractionOf, measure, newMeter, secondsLeft, speedOf, type Meter } from './meter.ts';
import { statusOf } from './testing/status.ts';

const progress = (done: number, total = 1_000) => ({ unit: 'bytes' as const, done, total });

/** A meter that saw these rows, each at a time in ms. */
function metered(...looks: readonly (readonly [atMs: number, rows: number])[]): Meter {
  return looks.reduce((meter, [atMs, rows]) => {
    const stream = { stream: 'a', phase: 'reading' as const, rows, bytes: rows * 10 };
    return measure(meter, statusOf([{ ...stream, progress: progress(rows) }]), atMs);
  }, newMeter());
}

test('one look tells no speed', () => {
  expect(speedOf(metered([0, 0]), 'a')).toBeUndefined();
  expect(speedOf(newMeter(), 'a')).toBeUndefined();
});

test('the speed is that between the first and the last look', () => {
  const meter = metered([0, 0], [1_000, 10], [2_000, 60]);
  expect(speedOf(meter, 'a')).toEqual({ rows: 30, bytes: 300, done: 30 });
});

test('what was long ago counts no more', () => {
  const meter = metered([0, 0], [1_000, 900], [9_000, 900], [17_000, 900]);
  expect(speedOf(meter, 'a')?.rows).toBe(0);
});

test('looks that follow too soon are passed over, so that a meter stays small', () => {
  const looks = Array.from({ length: 1_000 }, (_, index) => [index * 10, index] as const);
  const meter = metered(...looks);
  expect(meter.streams.get('a')?.length).toBeLessThan(50);
  expect(speedOf(meter, 'a')?.rows).toBeCloseTo(100);
});

test('a retry, which takes rows back, begins anew', () => {
  const meter = metered([0, 0], [1_000, 500], [2_000, 100], [3_000, 110]);
  expect(speedOf(meter, 'a')?.rows).toBe(10);
});

test('streams that are not being read have no speed', () => {
  const meter = metered([0, 0], [1_000, 10]);
  expect(measure(meter, statusOf([{ stream: 'a', phase: 'caught up' }]), 2_000)).toEqual(
    newMeter(),
  );
});

test('the time left follows from the speed of the progress', () => {
  const meter = metered([0, 0], [1_000, 100]);
  const [stream] = statusOf([{ stream: 'a', progress: progress(100) }]).streams;
  expect(secondsLeft(meter, stream!)).toBe(9);
});

test.each([
  ['without progress', undefined],
  ['of an empty source', progress(0, 0)],
])('%s nobody knows how much is read', (_what, known) => {
  const about = known === undefined ? {} : { progress: known };
  const [stream] = statusOf([{ stream: 'a', ...about }]).streams;
  expect(fractionOf(stream!)).toBeUndefined();
});

test('a source that finds more than it promised has read all', () => {
  const [stream] = statusOf([{ stream: 'a', progress: progress(1_500) }]).streams;
  expect(fractionOf(stream!)).toBe(1);
  expect(secondsLeft(metered([0, 0], [1_000, 10]), stream!)).toBe(0);
});
