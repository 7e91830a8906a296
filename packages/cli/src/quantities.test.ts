import { expect, test } from 'vitest';
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatShort,
} from './quantities.ts';

test.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1,000'],
  [1_234_567, '1,234,567'],
  [9_007_199_254_740_991, '9,007,199,254,740,991'],
])('the count %d is %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [0, '0'],
  [999, '999'],
  [999.6, '1.00k'],
  [1_000, '1.00k'],
  [9_994, '9.99k'],
  [9_996, '10.0k'],
  [45_600_000, '45.6M'],
  [999_499_999, '999M'],
  [999_500_000, '1.00G'],
  [1e21, '1000000P'],
])('%d is %s in short', (count, text) => {
  expect(formatShort(count)).toBe(text);
});

test.each([
  [0, '0 B'],
  [1_500, '1.50 kB'],
  [310_000_000, '310 MB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [999.6, '1.0 s'],
  [12_345, '12.3 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 00 s'],
  [245_000, '4 min 05 s'],
  [3_599_600, '1 h 00 min'],
  [7_620_000, '2 h 07 min'],
])('%d ms are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [-1, '0:00'],
  [7.4, '0:07'],
  [59.6, '1:00'],
  [750, '12:30'],
  [3_900, '1:05:00'],
])('%d seconds are %s on a clock', (seconds, text) => {
  expect(formatClock(seconds)).toBe(text);
});
