import { choice, duration } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { invalidValues } from './invalid-values.ts';
import { messageOf } from './problems.ts';

const schema = z.object({
  paths: z.union([z.string(), z.array(z.string().min(1))]).default([]),
  auth: choice('kind', [
    z.object({ kind: z.literal('key'), key: z.string() }),
    z.object({ kind: z.literal('none') }),
  ]).optional(),
  port: z.int().min(1).max(65_535).optional(),
  name: z.string().max(3).optional(),
  wait: duration('Wait', 'How long.').optional(),
  mode: z.enum(['fast', 'safe']).optional(),
  deep: z.object({ must: z.string() }).optional(),
  odd: z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]).optional(),
});

test.each([
  [{ paths: 5 }, '"paths" must be text or a list, not a number'],
  [{ paths: ['a', 5] }, '"paths[1]" must be text, not a number (put it in quotes)'],
  [{ paths: [''] }, '"paths[0]" must not be empty'],
  [{ auth: { kind: 'tocken' } }, '"auth.kind" must be "key" or "none"'],
  [{ auth: { kind: 'key' } }, '"key" is missing in "auth"'],
  [{ auth: true }, '"auth" must be a group of settings, not true or false'],
  [{ port: 0 }, '"port" must be at least 1'],
  [{ port: 70_000 }, '"port" must be at most 65535'],
  [{ port: 1.5 }, '"port" must be a whole number'],
  [{ name: 'long' }, '"name" must have at most 3 characters'],
  [{ wait: 'soon' }, '"wait" does not fit: write a number and a unit: 250ms, 30s, 15m, 6h or 1d'],
  [{ mode: 'fsat' }, '"mode" must be "fast" or "safe"; did you mean "fast"?'],
  [{ deep: {} }, '"must" is missing in "deep"'],
  [{ odd: {} }, '"odd" has none of the forms that are allowed'],
])('%j', (value, message) => {
  const parsed = schema.safeParse(value);
  const problems = invalidValues(parsed.error?.issues ?? [], value, () => false);
  expect(problems.map(messageOf)).toEqual([message]);
});

test('of a value out of a variable not even the likeness is told', () => {
  const value = { mode: 'fsat' };
  const { error } = schema.safeParse(value);
  const [problem] = invalidValues(error?.issues ?? [], value, (path) => path[0] === 'mode');
  expect(problem).toMatchObject({ message: '"mode" must be "fast" or "safe"' });
  expect(problem?.suggestion).toBeUndefined();
});
