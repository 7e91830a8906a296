import { expect, test } from 'vitest';
import { Findings } from '../connector/findings.ts';
import { StreamChecks, usualLimits } from './stream-checks.ts';

test('ten minutes without a checkpoint are told once', () => {
  let now = 0;
  const findings = new Findings();
  const checks = new StreamChecks(findings, [], usualLimits, () => now);
  for (const minute of [5, 9, 11, 12, 13]) {
    now = minute * 60_000;
    checks.message(1);
  }
  expect(findings.all).toMatchObject([
    {
      check: 'checkpoint-missing',
      message: expect.stringMatching(/^there were 10 minutes/),
      count: 1,
    },
  ]);
  checks.checkpoint('{}');
  now += 9 * 60_000;
  checks.message(1);
  expect(findings.all).toHaveLength(1);
});

test('a state that grows with what was read is told, one that is large from the start is not', () => {
  const large = new Findings();
  const same = new StreamChecks(large, []);
  for (let i = 0; i < 10; i++) same.checkpoint(JSON.stringify({ ids: 'x'.repeat(50_000), i }));
  expect(large.all).toEqual([]);
  const growing = new Findings();
  const checks = new StreamChecks(growing, []);
  for (let i = 0; i < 10; i++) checks.checkpoint(JSON.stringify({ ids: 'x'.repeat(5_000 * i) }));
  expect(growing.all).toMatchObject([{ check: 'state-grows' }]);
});

test('a short secret is not looked for', () => {
  const findings = new Findings();
  new StreamChecks(findings, ['ab', '']).checkpoint('{"cab":1}');
  expect(findings.all).toEqual([]);
});
