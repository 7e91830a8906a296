import { advanced, choice, secret } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { schemaProblems } from './schema-problems.ts';
import { settingsProblems } from './settings-problems.ts';

const label = { title: 'A Title for It', description: 'What you want.' };

test('good settings have no problems', () => {
  const settings = z.object({
    url: z.url().meta({ title: 'URL', description: 'Where the tracker is.' }),
    password: secret('Password', 'The password of your account.'),
    tokenUrl: z.url().optional().meta(label),
    login: choice('type', [
      z.object({ type: z.literal('a') }),
      z.object({ type: z.literal('b'), key: secret('Key', 'Your key.') }),
    ]).meta(label),
    advanced: advanced({ strict: z.boolean().default(false).meta(label) }),
  });
  expect(settingsProblems(settings)).toEqual([]);
});

test.each([
  ['has no title', z.string().meta({ description: 'You.' })],
  ['is not in Title Case', z.string().meta({ ...label, title: 'Not in title case' })],
  ['has no description', z.string().meta({ title: 'Title' })],
  ['no sentence', z.string().meta({ title: 'Title', description: 'no period' })],
  ['has no default', z.boolean().meta(label)],
  ['is secret and no string', z.array(z.string()).meta({ ...label, secret: true })],
  ['refuses other members', z.strictObject({}).meta(label)],
  ['has no title', z.array(z.object({ inner: z.string() })).meta(label)],
  ['has no title', z.object({ inner: z.string() }).meta(label)],
])('%s: %#', (problem, setting) => {
  const problems = settingsProblems(z.object({ setting }));
  expect(problems.join('\n')).toContain(problem);
});

test.each(['password', 'apiKey', 'access_token', 'clientSecret'])(
  'a plain %s is not marked as secret',
  (name) => {
    const problems = settingsProblems(z.object({ [name]: z.string().meta(label) }));
    expect(problems).toEqual([`/${name}: is not marked as secret`]);
  },
);

test.each([
  { type: 'text' },
  { type: ['string', 'nothing'] },
  { properties: [] },
  { properties: { a: 7 } },
  { required: ['a'], properties: { b: {} } },
  { items: 'string' },
  { oneOf: [] },
  { enum: [] },
  { pattern: '(' },
  { minimum: '1' },
  { $ref: '#/x' },
  { properties: { deep: { items: { type: 'list' } } } },
  42,
])('%j is no schema', (schema) => {
  expect(schemaProblems(schema)).toHaveLength(1);
});

test.each([
  {},
  true,
  { type: ['string', 'null'], format: 'date', 'x-digits': 38 },
  { properties: { a: { items: true } }, required: ['a'], additionalProperties: {} },
])('%j is a schema', (schema) => {
  expect(schemaProblems(schema)).toEqual([]);
});
