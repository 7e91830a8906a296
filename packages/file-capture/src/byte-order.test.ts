import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { byBytes } from './byte-order.ts';

test('strings compare as their UTF-8 bytes', () => {
  const text = fc.string({ unit: 'binary', maxLength: 6 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(byBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 2000 },
  );
});

test('a folder sorts by the slash behind its name', () => {
  expect(['a/b', 'a.csv', 'a-b/c', 'a'].sort(byBytes)).toEqual(['a', 'a-b/c', 'a.csv', 'a/b']);
});

test('characters beyond the basic plane are last', () => {
  expect(['\u{1F600}', '\uFFFD', '\uE000', 'z'].sort(byBytes)).toEqual([
    'z',
    '\uE000',
    '\uFFFD',
    '\u{1F600}',
  ]);
});
