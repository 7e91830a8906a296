import { advanced, choice, Secret, secret } from '@fairlead/sdk';
import { memorySource } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Members } from './request.ts';
import { readSettings } from './settings.ts';
import { call } from './testing/sync.ts';

const meta = { title: 'Title', description: 'Description.' };
const Config = z.object({
  url: z.string().meta(meta).optional(),
  token: secret('Token', 'Token.').optional(),
  key: secret('Key', 'Key.', { multiline: true }).optional(),
  limit: z.int().meta(meta).optional(),
  rate: z.number().meta(meta).optional(),
  eager: z.boolean().default(false).meta(meta),
  names: z.array(z.string()).meta(meta).optional(),
  sizes: z.array(z.int()).meta(meta).optional(),
  paths: z
    .union([z.string(), z.array(z.string())])
    .meta(meta)
    .optional(),
  span: z
    .union([z.literal('all'), z.int(), z.null()])
    .meta(meta)
    .optional(),
  level: z.enum(['low', 'high']).meta(meta).optional(),
  headers: z.record(z.string(), z.string()).meta(meta).optional(),
  any: z.json().optional(),
  credentials: choice('type', [
    z.object({ type: z.literal('user'), user: z.string(), password: secret('P', 'P.') }),
    z.object({ type: z.literal('key'), apiKey: secret('K', 'K.'), port: z.int().default(1) }),
  ])
    .meta(meta)
    .optional(),
  advanced: advanced({ page_size: z.int().default(10).meta(meta) }),
});

const source = { ...memorySource({ streams: [] }), config: Config };

const read = (secrets: Members, customPayload: Members = {}, environment = {}) =>
  readSettings(source, { secrets, customPayload }, { environment });

describe('a text', () => {
  test.each<[string, string, unknown]>([
    ['url', ' x ', ' x '],
    ['url', '123', '123'],
    ['url', '{"a":1}', '{"a":1}'],
    ['token', 'true', 'true'],
    ['limit', '100', 100],
    ['limit', ' 100 ', 100],
    ['limit', '', undefined],
    ['limit', 'ten', 'ten'],
    ['limit', '9007199254740993', '9007199254740993'],
    ['rate', '1.50', 1.5],
    ['eager', 'TRUE', true],
    ['eager', 'no', false],
    ['eager', '1', true],
    ['eager', 'maybe', 'maybe'],
    ['names', 'a, b,,c', ['a', 'b', 'c']],
    ['names', '["a,b"]', ['a,b']],
    ['names', 'a', ['a']],
    ['names', '', undefined],
    ['sizes', '1,2', [1, 2]],
    ['sizes', '["1",2]', [1, 2]],
    ['paths', 'a,b', 'a,b'],
    ['paths', '["a","b"]', ['a', 'b']],
    ['paths', '[abc].csv', '[abc].csv'],
    ['span', 'all', 'all'],
    ['span', '7', 7],
    ['level', ' high ', 'high'],
    ['level', 'middle', 'middle'],
    ['headers', '{"a":"1"}', { a: '1' }],
    ['any', 'text', 'text'],
    [
      'credentials',
      '{"type":"key","apiKey":"k","port":"8"}',
      { type: 'key', apiKey: 'k', port: 8 },
    ],
    ['advanced', '{"page_size":"20"}', { page_size: 20 }],
    ['key', String.raw`-----BEGIN KEY-----\nabc\n-----END`, '-----BEGIN KEY-----\nabc\n-----END'],
    ['key', String.raw`{"key":"-----BEGIN\nabc"}`, String.raw`{"key":"-----BEGIN\nabc"}`],
  ])('for %s, %j, is %j', (name, text, value) => {
    const { settings } = read({ [name]: text });
    expect(settings).toEqual(value === undefined ? {} : { [name]: value });
  });

  test('that is a value already is left as it is', () => {
    const given = { limit: 5, names: ['a'], credentials: { type: 'key', apiKey: 'k', port: '7' } };
    expect(read(given).settings).toEqual({
      ...given,
      credentials: { type: 'key', apiKey: 'k', port: 7 },
    });
  });

  test.each(['{"a":', '[1'])('that begins as JSON and is none is named, not quoted', (text) => {
    const name = text.startsWith('{') ? 'headers' : 'sizes';
    expect(() => read({ [name]: text })).toThrow(`${name}: malformed JSON`);
  });
});

describe('dotted names', () => {
  test('are members of objects', () => {
    const secrets = {
      'credentials.type': 'key',
      'credentials.port': '99',
      'credentials.apiKey': 'k',
      'headers.a': 'x',
    };
    expect(read(secrets).settings).toEqual({
      credentials: { type: 'key', port: 99, apiKey: 'k' },
      headers: { a: 'x' },
    });
  });

  test('add to what is given as JSON', () => {
    const secrets = { 'credentials.password': 'p', credentials: '{"type":"user","user":"u"}' };
    expect(read(secrets).settings).toEqual({
      credentials: { type: 'user', user: 'u', password: 'p' },
    });
  });

  test('cannot be inside of a text', () => {
    expect(() => read({ url: 'x', 'url.part': 'y' })).toThrow(
      'url.part: a part of its name has a value that is no object',
    );
  });
});

describe('the environment', () => {
  test('has settings whose names are told by the form', () => {
    const environment = {
      FAIRLEAD_SETTING_URL: 'u',
      FAIRLEAD_SETTING_CREDENTIALS__TYPE: 'key',
      FAIRLEAD_SETTING_CREDENTIALS__API_KEY: 'k',
      FAIRLEAD_SETTING_ADVANCED__PAGE_SIZE: '5',
      FAIRLEAD_SETTING_LIMIT: undefined,
      URL: 'other',
    };
    expect(read({}, {}, environment).settings).toEqual({
      url: 'u',
      credentials: { type: 'key', apiKey: 'k' },
      advanced: { page_size: 5 },
    });
  });

  test('is overruled by the custom payload, and that by the secrets', () => {
    const environment = {
      FAIRLEAD_SETTING_URL: 'environment',
      FAIRLEAD_SETTING_LIMIT: '1',
      FAIRLEAD_SETTING_RATE: '1',
    };
    const { settings } = read({ url: 'secret' }, { url: 'payload', limit: '2' }, environment);
    expect(settings).toEqual({ url: 'secret', limit: 2, rate: 1 });
  });
});

test('settings of the function itself are not settings of the source', () => {
  const { settings, streams } = read({ url: 'x' }, { 'fairlead.streams': 'a, b*' });
  expect(settings).toEqual({ url: 'x' });
  expect(streams).toEqual(['a', 'b*']);
  expect(read({}).streams).toBeUndefined();
});

test('secrets are hidden in all their forms, other settings are not', () => {
  const { mask } = read({
    token: 'to"ken',
    url: 'plain',
    credentials: '{"type":"user","user":"me","password":"pass word"}',
    key: '-----BEGIN KEY-----\nabcdefgh\n-----END KEY-----',
  });
  expect(mask('to"ken to\\"ken plain me pass word pass%20word abcdefgh')).toBe(
    '**** **** plain me **** **** ****',
  );
});

test('what is parsed is what the source gets', () => {
  const { settings } = read({ token: 't', 'credentials.type': 'key', 'credentials.apiKey': 'k' });
  const config = Config.parse(settings);
  expect(config.token).toBeInstanceOf(Secret);
  expect(config.advanced).toEqual({ page_size: 10 });
});

describe('an answer to settings that are wrong', () => {
  const strict = {
    ...memorySource({ streams: [] }),
    config: z.object({
      token: secret('Token', 'Token.'),
      limit: z.int().default(3).meta(meta),
      nested: z.object({ port: z.int().meta(meta) }).optional(),
    }),
  };

  test.each([
    { what: 'a secret is missing', secrets: {}, says: /^settings of source-memory: token: / },
    {
      what: 'a secret is missing and another is nearly it',
      secrets: { tokne: 'hidden-value' },
      says: /token: .* Beside that, nobody knows tokne, perhaps token was meant/,
    },
    {
      what: 'a secret is mistyped',
      secrets: { token: 'hidden-value', limit: 'hidden-limit' },
      says: /limit: .*expected number/,
    },
    {
      what: 'a nested secret is mistyped',
      secrets: { token: 'hidden-value', 'nested.port': 'hidden-port' },
      says: /nested\.port: .*expected number/,
    },
    { what: 'a secret has the wrong kind', secrets: { token: { a: 'hidden' } }, says: /token: / },
    {
      what: 'a secret is malformed',
      secrets: { token: 'hidden-value', nested: '{"port":hidden' },
      says: /^secrets: nested: malformed JSON$/,
    },
  ])('when $what names it, never its value', async ({ secrets, says }) => {
    for (const setup_test of [true, false]) {
      const lines: string[] = [];
      const options = { write: (line: string) => void lines.push(line) };
      const { status, content, text } = await call(strict, { secrets, setup_test }, options);
      expect(status).toBe(400);
      expect(content.errorMessage).toMatch(says);
      expect(content.errorMessage).not.toContain('\n');
      expect(content.errorType).toBe('config');
      expect(text + lines.join('')).not.toContain('hidden');
    }
  });
});
