import { expect, test } from 'vitest';
import { limitsOf } from './handle-function-call.ts';
import { budgetOf, platformLimits } from './limits.ts';

test('a call stops well before its limits', () => {
  expect(budgetOf(platformLimits['gcf-gen1'])).toEqual({
    responseBytes: 10_000_000,
    rowBytes: 10_000_000,
    stopBytes: 6_000_000,
    stopMs: 378_000,
    lookAheadMs: 10_000,
    endMs: 486_000,
    leaveMs: 513_000,
    answerMs: 513_000,
  });
});

test('a call that writes a file reads more, and leaves time for it', () => {
  expect(budgetOf(platformLimits.lambda, {}, 'into a file')).toMatchObject({
    responseBytes: 6_000_000,
    rowBytes: 100_000_000,
    stopBytes: 60_000_000,
    stopMs: 630_000,
    endMs: 675_000,
    leaveMs: 720_000,
    answerMs: 855_000,
  });
});

test('a budget does not exceed the limits', () => {
  const limits = { timeoutMs: 1_000, requestBytes: 1, responseBytes: 100 };
  const budget = budgetOf(limits, { stopBytes: 500, stopMs: 5_000 });
  expect(budget).toMatchObject({ stopBytes: 100, stopMs: 900 });
});

test.each([
  { options: {}, timeoutMs: 540_000 },
  { options: { platform: 'gcf' }, timeoutMs: 3_600_000 },
  {
    options: { platform: 'gcf', environment: { CLOUD_RUN_TIMEOUT_SECONDS: '60' } },
    timeoutMs: 60_000,
  },
  { options: { environment: { CLOUD_RUN_TIMEOUT_SECONDS: '3600' } }, timeoutMs: 540_000 },
  { options: { environment: { CLOUD_RUN_TIMEOUT_SECONDS: '' } }, timeoutMs: 540_000 },
  {
    options: { limits: { timeoutMs: 5 }, environment: { CLOUD_RUN_TIMEOUT_SECONDS: '60' } },
    timeoutMs: 5,
  },
] as const)('with $options a call may take $timeoutMs ms', ({ options, timeoutMs }) => {
  expect(limitsOf(options).timeoutMs).toBe(timeoutMs);
});
