import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hash32, inRange, type KeyRange, wholeRange } from './key-range.ts';

// Part of saved states and of who reads what: these never change.
test.each([
  ['', 2_872_998_923],
  ['a', 444_641_715],
  ['orders/2024-01.csv', 4_106_894_502],
  ['ü', 3_244_136_902],
  ['[1]', 3_886_151_614],
])('the hash of %j is pinned', (key, hash) => {
  expect(hash32(key)).toBe(hash);
});

test('the hash of a text is that of its UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (key) => {
      expect(hash32(key)).toBe(hash32(Buffer.from(key)));
    }),
  );
});

test('hashes are integers of 32 bits', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (key) => {
      const hash = hash32(key);
      expect(Number.isInteger(hash)).toBe(true);
      expect(inRange(wholeRange, hash)).toBe(true);
    }),
  );
});

test('hashes of similar keys are evenly spread', () => {
  const counts = Array.from({ length: 16 }, () => 0);
  for (let id = 0; id < 16_000; id++) {
    const part = hash32(`order-${id}`) >>> 28;
    counts[part] = (counts[part] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(850);
  expect(Math.max(...counts)).toBeLessThan(1_150);
});

test('ranges that follow one another cover every key once', () => {
  const borders = fc.uniqueArray(fc.integer({ min: 1, max: 0xffff_ffff }), { maxLength: 8 });
  fc.assert(
    fc.property(borders, fc.nat(0xffff_ffff), (some, hash) => {
      const begins = [0, ...some.toSorted((a, b) => a - b)];
      const ranges = begins.map((begin, index): KeyRange => ({
        begin,
        end: (begins[index + 1] ?? 2 ** 32) - 1,
      }));
      expect(ranges.filter((range) => inRange(range, hash))).toHaveLength(1);
    }),
  );
});

test('both ends of a range belong to it', () => {
  const range = { begin: 10, end: 20 };
  expect([9, 10, 20, 21].map((hash) => inRange(range, hash))).toEqual([false, true, true, false]);
});
