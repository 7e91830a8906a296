import { expect, test } from 'vitest';
import { defaultSettings } from '../settings.ts';
import { Pace } from './pace.ts';

const { signal } = new AbortController();

/** In which order waits resolve. */
async function orderOf(waits: Readonly<Record<string, Promise<void>>>): Promise<readonly string[]> {
  const order: string[] = [];
  await Promise.all(Object.entries(waits).map(([name, wait]) => wait.then(() => order.push(name))));
  return order;
}

test('documents go out at the speed of the settings, first come, first served', async () => {
  const pace = new Pace({ ...defaultSettings(), documentsPerSecond: 1000 });
  const began = performance.now();
  const waits = { first: pace.wait(30, signal), second: pace.wait(20, signal) };
  expect(await orderOf({ ...waits, third: pace.wait(1, signal) })).toEqual([
    'first',
    'second',
    'third',
  ]);
  // Timers may be early by a part of a millisecond.
  expect(performance.now() - began).toBeGreaterThan(45);
});

test('without a limit nothing waits, whatever went before', async () => {
  const settings = { ...defaultSettings(), documentsPerSecond: 1 };
  const pace = new Pace(settings);
  await pace.wait(1_000_000, signal);
  settings.documentsPerSecond = Infinity;
  await pace.wait(1_000_000, signal);
});

test('whoever has gone waits no longer', async () => {
  const pace = new Pace({ ...defaultSettings(), documentsPerSecond: 1 });
  await pace.wait(1_000_000, signal);
  await expect(pace.wait(1, AbortSignal.abort(new Error('gone')))).rejects.toThrow('aborted');
});
