import { expect, test } from 'vitest';
import { dateText, dateTimeText, timeText } from './timestamp-text.ts';

test.each([
  [0n, 0, '1970-01-01T00:00:00'],
  [-1n, 999_999_999, '1969-12-31T23:59:59.999999999'],
  [-62_135_596_800n, 0, '0001-01-01T00:00:00'],
  [253_402_300_799n, 500_000_000, '9999-12-31T23:59:59.5'],
  [253_402_300_800n, 0, '10000-01-01T00:00:00'],
])('%s seconds and %s nanoseconds are %s', (seconds, nanos, text) => {
  const time = { seconds, nanos };
  expect(dateTimeText(time)).toBe(text);
  expect(`${dateText(time)}T${timeText(time)}`).toBe(text);
});
