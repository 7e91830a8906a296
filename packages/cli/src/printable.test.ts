import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fit, printable, widthOf } from './printable.ts';

test.each([
  ['plain ü 漢 🚢', 'plain ü 漢 🚢'],
  ['a\tb\nc\rd', 'a\\tb\\nc\\rd'],
  ['\u001b[31mred', '\\u001b[31mred'],
  ['\u0000\u007f\u009b', '\\u0000\\u007f\\u009b'],
  ['a\u202eb\u2028', 'a\\u202eb\\u2028'],
])('%j is shown as %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test.each([
  ['', 0],
  ['abc', 3],
  ['漢字', 4],
  ['e\u0301', 1],
  ['🚢', 2],
  ['ﾊ', 1],
])('%j is %i columns wide', (text, width) => {
  expect(widthOf(text)).toBe(width);
});

test.each([
  ['orders', 6, 'orders'],
  ['orders', 5, 'orde…'],
  ['漢字漢字', 6, '漢字…'],
  ['orders', 1, '…'],
  ['orders', 0, ''],
])('%j in %i columns is %j', (text, width, shown) => {
  expect(fit(text, width)).toBe(shown);
});

test('nothing that fits is changed, and nothing is wider than it may be', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, width) => {
      const result = fit(text, width);
      expect(widthOf(result)).toBeLessThanOrEqual(width);
      expect(result === text).toBe(widthOf(text) <= width);
    }),
  );
});
