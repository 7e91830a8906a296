import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Secret } from './secret.ts';
import { parseSettings } from './settings-check.ts';
import { advanced, byteSize, choice, duration, parseDuration, secret } from './settings.ts';

describe('a secret', () => {
  const Config = z.object({ token: secret('Token', 'Your token.') });
  const { token } = Config.parse({ token: 'hunter2' });

  test('has its value for whoever asks for it', () => {
    expect(token).toBeInstanceOf(Secret);
    expect(token.reveal()).toBe('hunter2');
  });

  test.each<[string, string]>([
    ['a template', `${String(token)}, and more`],
    ['a primitive', [token].join()],
    ['JSON', JSON.stringify({ token })],
    ['an inspection', inspect(token)],
    [
      'an inspection of all there is',
      inspect({ deep: [{ token }] }, { depth: 9, showHidden: true }),
    ],
    ['a format', inspect(new Map([['token', token]]))],
    ['its members', Object.values(token).join()],
    ['its entries', JSON.stringify(Object.entries(token))],
    ['an error', inspect(new Error('failed', { cause: { token } }))],
  ])('does not show in %s', (_how, text) => {
    expect(text).not.toContain('hunter2');
  });

  test('prints as dots', () => {
    expect(String(token)).toBe('••••••');
    expect(JSON.stringify({ token })).toBe('{"token":"••••••"}');
  });

  test('cannot be empty', () => {
    expect(Config.safeParse({ token: '' }).success).toBe(false);
  });
});

describe('a duration', () => {
  const Config = duration('Interval', 'How often you want it.');

  test.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['15m', 900_000],
    ['6h', 21_600_000],
    ['1d', 86_400_000],
    ['1.5h', 5_400_000],
    ['0s', 0],
  ])('%s is %d milliseconds', (text, ms) => {
    expect(Config.parse(text)).toBe(ms);
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '15', 'm', '15 m', '-1s', '1h30m', '1.s', '1w', 'PT15M', '15M'])(
    '%j is none',
    (text) => {
      expect(() => parseSettings(Config, text)).toThrow('write a number and a unit');
    },
  );
});

describe('an amount of data', () => {
  const Config = byteSize('Size', 'How much you want.');

  test.each([
    ['1B', 1],
    ['512KiB', 524_288],
    ['64MiB', 67_108_864],
    ['2GB', 2_000_000_000],
    ['1.5GiB', 1_610_612_736],
    ['3KB', 3_000],
    ['7MB', 7_000_000],
  ])('%s is %d bytes', (text, bytes) => {
    expect(Config.parse(text)).toBe(bytes);
  });

  test.each(['', '64', '64M', '64 MiB', '-1MiB', '1TB', '1iB', '1mb'])('%j is none', (text) => {
    expect(() => parseSettings(Config, text)).toThrow('write a number and a unit');
  });
});

describe('a group of rare settings', () => {
  const Config = z.object({
    advanced: advanced({
      batchSize: z.int().default(100),
      interval: duration('Interval', 'How often.').default(900_000),
      note: z.string().optional(),
    }),
  });

  test('has all its defaults when it is left out', () => {
    expect(Config.parse({})).toEqual({ advanced: { batchSize: 100, interval: 900_000 } });
  });

  test('keeps the other defaults when one is given', () => {
    expect(Config.parse({ advanced: { interval: '1s' } })).toEqual({
      advanced: { batchSize: 100, interval: 1_000 },
    });
  });
});

test('a choice is told apart by its constant', () => {
  const Config = choice('type', [
    z.object({ type: z.literal('password'), user: z.string() }),
    z.object({ type: z.literal('token'), token: secret('Token', 'Your token.') }),
  ]);
  expect(Config.parse({ type: 'password', user: 'me' })).toEqual({ type: 'password', user: 'me' });
  expect(() => parseSettings(Config, { type: 'token', user: 'me' })).toThrow(/^token: /);
  expect(Config.safeParse({ type: 'other' }).success).toBe(false);
});

test('members that are not known are ignored, since hosts add their own', () => {
  const Config = z.object({ url: z.url() });
  expect(parseSettings(Config, { url: 'https://x.test', sops: {} })).toEqual({
    url: 'https://x.test',
  });
});
