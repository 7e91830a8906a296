import { describe, expect, test } from 'vitest';
import { detectFormat, extensionOf } from './detect-format.ts';
import type { FormatSettings } from './settings.ts';

function detect(
  path: string,
  text: string | Uint8Array,
  settings: FormatSettings = { type: 'auto' },
) {
  const head = typeof text === 'string' ? Buffer.from(text) : text;
  const sample = { path, extension: extensionOf(path), head, whole: true, member: '_meta' };
  return detectFormat(sample, settings).name;
}

describe('the format of a file', () => {
  test.each([
    ['a.csv', 'a,b\n1,2\n', 'csv'],
    ['a.tsv', 'a\tb\n1\t2\n', 'csv'],
    ['a.csv', 'name\nx\n', 'csv'],
    ['a.csv', '{"a":1}\n{"a":2}\n', 'json'],
    ['a.csv', ' [{"a":1}]', 'json'],
    ['a.csv', '{"a":1},x\n{"b":2},y\n', 'csv'],
    ['a.csv', '[x],[y]\n1,2\n', 'csv'],
    ['a.json', '{"a":1}\n{"a":2}\n', 'json'],
    ['a.json', '[1,2]', 'json'],
    ['a.json', '5', 'json'],
    ['a.json', '{"a":', 'json'],
    ['a.json', '{"a" 5}', 'json'],
    ['a.jsonl.gz', 'x', 'json'],
    ['a.log', '{"a":1}\n', 'json'],
    ['a.txt', 'a,b\n1,2\n3,4\n', 'csv'],
    ['data', 'a;b\n1;2\n3;4\n', 'csv'],
  ])('%s with %j is %s', (path, text, format) => {
    expect(detect(path, text)).toBe(format);
  });

  test('a beginning that is cut off in its first document is JSON', () => {
    const head = Buffer.from('{"a":"xxxxxxxx');
    const sample = { path: 'a.csv', extension: 'csv', head, whole: false, member: undefined };
    expect(detectFormat(sample, { type: 'auto' }).name).toBe('json');
  });

  test('a beginning that is cut off in a character is JSON', () => {
    for (let cut = 1; cut < 4; cut++) {
      const head = Buffer.from('{"a":1}\n{"a":"é\u{1F600}').subarray(0, -cut);
      const sample = { path: 'a.csv', extension: 'csv', head, whole: false, member: undefined };
      expect(detectFormat(sample, { type: 'auto' }).name).toBe('json');
    }
  });

  test('is what the settings say', () => {
    expect(detect('a.csv', '{"a":1}', csv)).toBe('csv');
    expect(detect('a.csv', 'a,b', { type: 'json', path: '' })).toBe('json');
  });

  test.each([
    ['noise', Buffer.from(Array.from({ length: 500 }, (_, n) => (n * 7) % 256))],
    ['a few bytes', Buffer.from([0, 2, 3, 4, 5])],
  ])('binary content fails: %s', (_, bytes) => {
    expect(() => detect('a.csv', bytes)).toThrowError(
      expect.objectContaining({
        kind: 'config',
        message: 'the file is not a text file',
        where: 'a.csv',
      }),
    );
  });

  test('a NUL here and there is data', () => {
    expect(detect('a.csv', `a,b\n1,x\0y\n${'2,z\n'.repeat(100)}`)).toBe('csv');
  });

  test('text without any structure fails, unless its name says what it is', () => {
    const text = 'Some words\nthat mean something\nto somebody.\n';
    expect(() => detect('README', text)).toThrowError(
      expect.objectContaining({
        kind: 'config',
        message: 'the file is neither JSON nor rows of fields',
        hint: expect.stringContaining('format.type'),
      }),
    );
    expect(detect('README.csv', text)).toBe('csv');
  });
});

test.each([
  ['x.csv', 'csv'],
  ['x.csv.gz', 'csv'],
  ['x.json.csv.bak', 'csv'],
  ['a.csv/x', undefined],
  ['X.CSV', 'csv'],
  ['csv', undefined],
  ['.csv', 'csv'],
  ['x.ndjson', 'ndjson'],
])('the ending of %s that counts is %s', (path, extension) => {
  expect(extensionOf(path)).toBe(extension);
});

const csv: FormatSettings = {
  type: 'csv',
  header: 'auto',
  typed: true,
  types: {},
  nulls: [],
  skipLines: 0,
  extraFields: 'fail',
  onBadRow: 'fail',
};
