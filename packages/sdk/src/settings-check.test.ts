import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { describeFailure, isFailure } from './failure.ts';
import {
  closest,
  describeIssues,
  formatPath,
  parseSettings,
  unknownMembers,
} from './settings-check.ts';
import { settingsSchema } from './settings-schema.ts';
import { choice, secret } from './settings.ts';

const Config = z.object({
  url: z.url(),
  token: secret('Token', 'Your token.').optional(),
  retries: z.int().min(0).max(9).optional(),
  format: choice('type', [
    z.object({ type: z.literal('csv'), delimiter: z.string().max(1).optional() }),
    z.object({ type: z.literal('json'), path: z.string().optional() }),
  ]).optional(),
  streams: z
    .array(z.object({ name: z.string(), paths: z.union([z.string(), z.array(z.string())]) }))
    .optional(),
  labels: z.record(z.string(), z.object({ color: z.string() })).optional(),
});

describe('settings that do not parse', () => {
  test.each<[unknown, string]>([
    [{}, 'url: '],
    [{ url: 'no url' }, 'url: invalid URL'],
    [{ url: 'https://x.test', retries: 10 }, 'retries: too big'],
    [{ url: 'https://x.test', streams: [{ name: 'a', paths: 'b' }, {}] }, 'streams[1].name: '],
    [{ url: 'https://x.test', format: { type: 'csv', delimiter: ';;' } }, 'format.delimiter: '],
    [{ url: 'https://x.test', format: { type: 'xml' } }, 'format.type: '],
    [{ url: 'https://x.test', labels: { red: {} } }, 'labels.red.color: '],
    [null, 'invalid input'],
  ])('%j fail with the path', (value, message) => {
    const failure = failureOf(value);
    expect(failure).toMatchObject({ kind: 'config', where: 'settings of source-x' });
    expect(describeFailure(failure)).toContain(`settings of source-x: ${message}`);
  });

  test('say all that is wrong on one line', () => {
    const line = describeFailure(failureOf({ url: 1, retries: 'many' }));
    expect(line).toMatch(/url: .+; retries: /);
    expect(line).not.toContain('\n');
  });

  test.each<unknown>([
    { url: 'hunter2' },
    { url: 'https://x.test', token: ['hunter2'] },
    { url: 'https://x.test', token: { a: 'hunter2' } },
    { url: 'https://x.test', format: { type: 'hunter2' } },
    { url: 'https://x.test', format: 'hunter2' },
    { url: 'https://x.test', retries: 'hunter2' },
    { url: 'https://x.test', streams: 'hunter2' },
    'hunter2',
  ])('never repeat a value: %#', (value) => {
    const failure = failureOf(value);
    expect(describeFailure(failure)).not.toContain('hunter2');
    expect(failure.cause).toBeUndefined();
  });

  function failureOf(value: unknown) {
    try {
      parseSettings(Config, value, 'settings of source-x');
    } catch (error) {
      if (isFailure(error)) return error;
      throw error;
    }
    throw new Error('they were accepted');
  }
});

test.each<[PropertyKey[], string]>([
  [[], ''],
  [['a'], 'a'],
  [['credentials', 'user'], 'credentials.user'],
  [['urls', 0], 'urls[0]'],
  [['streams', 2, 'paths', 1], 'streams[2].paths[1]'],
  [[0, 'a'], '[0].a'],
])('the path %j is written %s', (path, text) => {
  expect(formatPath(path)).toBe(text);
});

test.each([
  ['Too small', 'too small'],
  ['URL is wrong', 'URL is wrong'],
  ['A token is needed', 'a token is needed'],
])('an issue that says "%s" reads "%s"', (message, text) => {
  expect(describeIssues([{ path: [], message }])).toBe(text);
});

describe('members that a schema has no place for', () => {
  test.each<[string, unknown, { path: (string | number)[]; suggestion?: string }[]]>([
    ['none', { url: 'x', token: 'x', labels: { any: { color: 'red' } } }, []],
    ['a slip of the pen', { ulr: 'x' }, [{ path: ['ulr'], suggestion: 'url' }]],
    ['another case', { URL: 'x' }, [{ path: ['URL'], suggestion: 'url' }]],
    ['something else', { somethingElse: 'x' }, [{ path: ['somethingElse'] }]],
    [
      'in a list',
      { streams: [{ name: 'a', paths: [] }, { nmae: 'b' }] },
      [{ path: ['streams', 1, 'nmae'], suggestion: 'name' }],
    ],
    [
      'in a map',
      { labels: { red: { colour: 'x' } } },
      [{ path: ['labels', 'red', 'colour'], suggestion: 'color' }],
    ],
    ['in the chosen form', { format: { type: 'json', path: '/a' } }, []],
    [
      'of the form that was not chosen',
      { format: { type: 'json', delimiter: ',' } },
      [{ path: ['format', 'delimiter'] }],
    ],
    ['that hosts add', { 'x-host': 1 }, []],
    [
      'several, in order',
      { b: 1, ulr: 2, a: 3 },
      [{ path: ['b'] }, { path: ['ulr'], suggestion: 'url' }, { path: ['a'] }],
    ],
    ['in what is no object', 'text', []],
  ])('%s', (_what, value, found) => {
    expect(unknownMembers(settingsSchema(Config), value)).toEqual(found);
  });
});

test.each<[string, string[], string | undefined]>([
  ['pasword', ['user', 'password'], 'password'],
  ['paths', ['path', 'root'], 'path'],
  ['hsot', ['host', 'port'], 'host'],
  ['a', ['b', 'xyz'], 'b'],
  ['completely', ['different', 'words'], undefined],
  ['anything', [], undefined],
  ['Token', ['token', 'tokens'], 'token'],
])('%s may mean one of %j: %s', (word, candidates, meant) => {
  expect(closest(word, candidates)).toBe(meant);
});
