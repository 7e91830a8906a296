import { expect, test } from 'vitest';
import { checkDialect } from './csv-dialect.ts';
import type { CsvDialect } from './csv-dialect.ts';

const dialect: CsvDialect = {
  delimiter: ',',
  quote: '"',
  escape: '\\',
  terminator: 'any',
  comment: '#',
  skipLines: 0,
  header: false,
};

test('a dialect whose characters differ is passed on', () => {
  expect(checkDialect(dialect)).toBe(dialect);
});

test('an escape that is the quote says nothing new', () => {
  expect(checkDialect({ ...dialect, escape: '"' })).toEqual({ ...dialect, escape: null });
});

test.each([
  { change: { delimiter: '' }, message: 'the delimiter must be a single ASCII character' },
  { change: { delimiter: '::' }, message: 'the delimiter must be a single ASCII character' },
  { change: { delimiter: 'é' }, message: 'the delimiter must be a single ASCII character' },
  { change: { delimiter: '\n' }, message: 'the delimiter is also the end of a row' },
  { change: { delimiter: '"' }, message: 'the quote is also the delimiter' },
  { change: { quote: '#' }, message: 'the comment is also the quote' },
  { change: { delimiter: '\\' }, message: 'the escape is also the delimiter' },
  { change: { quote: '1' }, message: 'the quote must not be a character of numbers or words' },
  { change: { escape: '^' }, message: 'the escape must be a backslash' },
])('$message', ({ change, message }) => {
  expect(() => checkDialect({ ...dialect, ...change })).toThrow(new RangeError(message));
});
