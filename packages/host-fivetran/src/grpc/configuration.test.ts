import { choice, Failure, secret, settingsSchema } from '@fairlead/sdk';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readConfiguration } from './configuration.ts';
import { formQuestions } from './form.ts';

const config = z.object({
  host: z.string(),
  port: z.int().default(443),
  tls: z.boolean().default(true),
  mode: z.enum(['fast', 'safe']).optional(),
  tables: z.array(z.string()).default([]),
  labels: z.record(z.string(), z.string()).optional(),
  login: choice('type', [
    z.object({ type: z.literal('password'), user: z.string(), password: secret('P', 'You.') }),
    z.object({ type: z.literal('key'), key: secret('K', 'You.', { multiline: true }) }),
  ]),
  advanced: z
    .object({
      retries: z.int().optional(),
      deep: z.object({ name: z.string().optional() }).optional(),
    })
    .prefault({}),
});

test.each([
  { given: { port: '8443' }, settings: { port: 8443 } },
  { given: { tls: 'false', mode: 'fast' }, settings: { tls: false, mode: 'fast' } },
  { given: { tables: 'a, b' }, settings: { tables: ['a', 'b'] } },
  { given: { tables: '["a,b"]' }, settings: { tables: ['a,b'] } },
  { given: { labels: '{"x":"y"}' }, settings: { labels: { x: 'y' } } },
  { given: { advanced: '{"retries":3}' }, settings: { advanced: { retries: 3 } } },
  { given: { 'advanced.retries': '3' }, settings: { advanced: { retries: 3 } } },
  { given: { 'advanced.deep.name': 'x' }, settings: { advanced: { deep: { name: 'x' } } } },
  { given: { host: '', mode: '', 'advanced.retries': '' }, settings: {} },
  {
    given: { 'login.type': 'key', 'login.key': Buffer.from('{"é":\n1}').toString('base64') },
    settings: { login: { type: 'key', key: '{"é":\n1}' } },
  },
  {
    given: { 'login.type': 'key', 'login.key': '-----BEGIN KEY-----\nabc' },
    settings: { login: { type: 'key', key: '-----BEGIN KEY-----\nabc' } },
  },
  {
    given: { 'login.type': 'password', 'login.user': '007' },
    settings: { login: { type: 'password', user: '007' } },
  },
])('the texts $given are settings', ({ given, settings }) => {
  expect(readConfiguration(config, given).settings).toEqual(settings);
});

test('secrets are hidden, also in a file, and settings that nobody knows are told', () => {
  const key = Buffer.from('line one of it\nline two of it').toString('base64');
  const { mask, unknown } = readConfiguration(config, {
    'login.type': 'key',
    'login.key': key,
    hots: 'x',
  });
  expect(mask('it was line two of it, or {"k":"line one of it\\nline two of it"}')).toBe(
    'it was ****, or {"k":"****"}',
  );
  expect(unknown).toEqual(['nobody knows hots, perhaps host was meant']);
});

test.each([
  {
    given: { 'advanced.retries': '1', advanced: '{}' },
    message: /a part of its name has a value of its own/,
  },
  { given: { labels: '{"x":' }, message: 'labels: malformed JSON' },
  {
    given: { advanced: 'x', 'advanced.retries': '1' },
    message: /a part of its name has a value of its own/,
  },
])('the texts $given are refused', ({ given, message }) => {
  const reading = () => readConfiguration(config, given);
  expect(reading).toThrow(Failure);
  expect(reading).toThrow(message);
});

test('the answers to the questions of a form are the settings that they stand for', () => {
  const text = fc.string({ minLength: 1, unit: 'grapheme' }).filter((value) => value.trim() !== '');
  const settings = fc.record(
    {
      host: text,
      port: fc.nat(65_535),
      tls: fc.boolean(),
      mode: fc.constantFrom('fast', 'safe'),
      login: fc.record({ type: fc.constant('password'), user: text, password: text }),
      advanced: fc.record({ retries: fc.nat(), deep: fc.record({ name: text }) }),
    },
    { requiredKeys: ['login'] },
  );
  const questions = formQuestions(settingsSchema(config));
  fc.assert(
    fc.property(settings, (wanted) => {
      const answers = questions.flatMap(({ name, path }) => {
        const answer = path.reduce<unknown>(
          (at, member) =>
            typeof at === 'object' && at !== null ? Reflect.get(at, member) : undefined,
          wanted,
        );
        return answer === undefined ? [] : [[name, String(answer)] as const];
      });
      expect(readConfiguration(config, Object.fromEntries(answers)).settings).toEqual(wanted);
    }),
  );
});
