import { describe, expect, test } from 'vitest';
import type { CsvTypeSettings } from './types.ts';
import { guessTypes } from './types.ts';

function typeOf(values: readonly string[], settings?: CsvTypeSettings): string | undefined {
  const rows = values.map((text) => [{ text, quoted: false }]);
  return guessTypes(['a'], rows, settings)[0]?.type;
}

describe('a column is of the narrowest type of its values', () => {
  test.each([
    { values: ['1', '-20', '0'], type: 'integer' },
    { values: ['123456789012345678901234567890'], type: 'integer' },
    { values: ['1', '1.50', '', '-0.0', '1e-5', '1E+5'], type: 'number' },
    { values: ['true', 'FALSE', 'True', ''], type: 'boolean' },
    { values: ['true', '1'], type: 'string' },
    { values: ['1', 'x'], type: 'string' },
    { values: ['007'], type: 'string' },
    { values: ['+1'], type: 'string' },
    { values: ['.5', '-.25'], type: 'number' },
    { values: ['5.'], type: 'string' },
    { values: ['-0'], type: 'string' },
    { values: ['0x1F'], type: 'string' },
    { values: ['1,5'], type: 'string' },
    { values: ['1_000'], type: 'string' },
    { values: [' 1'], type: 'string' },
    { values: ['NaN'], type: 'string' },
    { values: ['Infinity'], type: 'string' },
    { values: ['yes', 'no'], type: 'string' },
    { values: ['tRUE'], type: 'string' },
    { values: ['2024-01-31'], type: 'string' },
    { values: ['', ''], type: 'string' },
    { values: [], type: 'string' },
  ])('$values: $type', ({ values, type }) => {
    expect(typeOf(values)).toBe(type);
  });
});

test('spellings of null are no values, unless quoted', () => {
  const settings = { nulls: ['NULL'] };
  expect(typeOf(['1', 'NULL'], settings)).toBe('integer');
  expect(typeOf(['1', 'NULL'])).toBe('string');
  const rows = [[{ text: '1', quoted: true }], [{ text: 'NULL', quoted: true }]];
  expect(guessTypes(['a'], rows, settings)).toEqual([{ name: 'a', type: 'string' }]);
});

test('quoted values are values, and rows may be short', () => {
  const rows = [
    [
      { text: '1', quoted: true },
      { text: 'true', quoted: true },
    ],
    [],
  ];
  expect(guessTypes(['a', 'b', 'c'], rows)).toEqual([
    { name: 'a', type: 'integer' },
    { name: 'b', type: 'boolean' },
    { name: 'c', type: 'string' },
  ]);
});

test('without types all is string, but for what is set', () => {
  expect(typeOf(['1'], { typed: false })).toBe('string');
  expect(typeOf(['1'], { typed: false, types: { a: 'number' } })).toBe('number');
  expect(typeOf(['x'], { types: { a: 'integer' } })).toBe('integer');
});

test('a column may have the name of a property of objects', () => {
  expect(guessTypes(['constructor'], [[{ text: '1', quoted: false }]])).toEqual([
    { name: 'constructor', type: 'integer' },
  ]);
});
