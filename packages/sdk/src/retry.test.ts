import { describe, expect, test } from 'vitest';
import { Failure } from './failure.ts';
import { createLog } from './log.ts';
import { backOffMs, retry, type RetryOptions } from './retry.ts';

const busy = new Failure('transient', 'busy');

test('gives what the operation gives, and waits for nothing', async () => {
  const { waits, options } = clock();
  expect(await retry(async (attempt) => attempt, options)).toBe(1);
  expect(waits).toEqual([]);
});

test('waits longer after each transient failure, and says so', async () => {
  const { waits, options } = clock();
  const lines: unknown[] = [];
  const log = createLog((level, message, fields) => void lines.push([level, message, fields]));
  const result = await retry(failing(3), { ...options, log });
  expect(result).toBe('done after 4');
  expect(waits).toEqual([500, 1_000, 2_000]);
  expect(lines[0]).toEqual(['warn', 'trying again', { attempt: 1, ms: 500, error: 'busy' }]);
  expect(lines).toHaveLength(3);
});

test('gives up after the last attempt, with its failure', async () => {
  const { waits, options } = clock();
  await expect(retry(failing(9), { ...options, attempts: 3 })).rejects.toBe(busy);
  expect(waits).toHaveLength(2);
});

test.each([
  new Failure('access', 'no'),
  new Failure('config', 'no'),
  new Failure('data', 'no'),
  new Failure('state', 'no'),
  new TypeError('bug'),
])('does not try again after $name $kind', async (error) => {
  const { waits, options } = clock();
  await expect(retry(failing(1, error), options)).rejects.toBe(error);
  expect(waits).toEqual([]);
});

test('waits as long as the failure asks for', async () => {
  const { waits, options } = clock();
  const limited = new Failure('transient', 'limited', { retryAfterMs: 7_000 });
  await retry(failing(2, limited), options);
  expect(waits).toEqual([7_000, 7_000]);
});

test('waits no longer than a timer can', async () => {
  const { waits, options } = clock();
  const limited = new Failure('transient', 'limited', { retryAfterMs: 1e15 });
  await retry(failing(1, limited), options);
  expect(waits).toEqual([2 ** 31 - 1]);
});

describe('an abort', () => {
  test('before the first attempt prevents it', async () => {
    const { options } = clock();
    const signal = AbortSignal.abort(new Error('enough'));
    let calls = 0;
    const operation = async () => void calls++;
    await expect(retry(operation, { ...options, signal })).rejects.toThrow('enough');
    expect(calls).toBe(0);
  });

  test('ends the wait with its reason', async () => {
    const abort = new AbortController();
    const retrying = retry(failing(1), { signal: abort.signal, minDelayMs: 60_000 });
    abort.abort(new Error('enough'));
    await expect(retrying).rejects.toThrow('enough');
  });
});

test('without a clock of its own, it waits by the real one', async () => {
  const { signal } = new AbortController();
  expect(await retry(failing(2), { signal, minDelayMs: 1 })).toBe('done after 3');
});

describe('the wait after an attempt', () => {
  test.each([
    { attempt: 1, random: 0, ms: 250 },
    { attempt: 1, random: 0.999_99, ms: 500 },
    { attempt: 4, random: 0, ms: 2_000 },
    { attempt: 4, random: 0.5, ms: 3_000 },
    { attempt: 10, random: 0, ms: 30_000 },
    { attempt: 2_000, random: 0.999_99, ms: 60_000 },
  ])('$attempt is $ms ms when chance is $random', ({ attempt, random, ms }) => {
    expect(backOffMs(attempt, { random: () => random })).toBe(ms);
  });

  test('keeps to the limits that are given', () => {
    const limits = { minDelayMs: 10, maxDelayMs: 40, random: () => 1 };
    expect([1, 2, 3, 4].map((attempt) => backOffMs(attempt, limits))).toEqual([10, 20, 40, 40]);
  });
});

/** An operation that fails some times before it is done. */
function failing(times: number, error: Error = busy) {
  return async (attempt: number) => {
    if (attempt <= times) throw error;
    return `done after ${attempt}`;
  };
}

/** A clock that notes how long it was to wait, and no chance. */
function clock(): { waits: number[]; options: RetryOptions } {
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  const { signal } = new AbortController();
  return { waits, options: { signal, sleep, random: () => 1 } };
}
