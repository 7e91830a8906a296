import { expect, describe, test } from 'vitest';
import { compareTimes, formatTime, isTime, microsOf, parseTime, timeOfMicros } from './time.ts';

describe('RFC 3339', () => {
  test.each([
    { text: '2026-01-02T03:04:05Z', seconds: 1_767_323_045, nanos: 0 },
    { text: '2026-01-02T03:04:05.1Z', seconds: 1_767_323_045, nanos: 100_000_000 },
    { text: '2026-01-02T03:04:05.000001Z', seconds: 1_767_323_045, nanos: 1000 },
    { text: '2026-01-02T03:04:05.000000001Z', seconds: 1_767_323_045, nanos: 1 },
    { text: '0001-01-01T00:00:00Z', seconds: -62_135_596_800, nanos: 0 },
    { text: '9999-12-31T23:59:59.999999999Z', seconds: 253_402_300_799, nanos: 999_999_999 },
    { text: '1969-12-31T23:59:59.5Z', seconds: -1, nanos: 500_000_000 },
    { text: '2000-02-29T12:00:00Z', seconds: 951_825_600, nanos: 0 },
  ])('$text, there and back', ({ text, seconds, nanos }) => {
    expect(formatTime({ seconds, nanos })).toBe(text);
    expect(parseTime(text)).toEqual({ seconds, nanos });
  });

  test('every day of four hundred years and some', () => {
    for (let day = -200_000; day < 100_000; day += 7) {
      const date = new Date(day * 86_400_000);
      expect(formatTime({ seconds: day * 86_400, nanos: 0 })).toBe(
        date.toISOString().replace('.000', ''),
      );
    }
  });

  test.each([
    { text: '2026-01-02T05:04:05+02:00', seconds: 1_767_323_045 },
    { text: '2026-01-01t21:34:05-05:30', seconds: 1_767_323_045 },
    { text: '2026-01-02T03:04:05.0000000009Z', seconds: 1_767_323_045 },
  ])('$text is another way to say it', ({ text, seconds }) => {
    expect(parseTime(text)).toEqual({ seconds, nanos: 0 });
  });

  test.each([
    '',
    '2026-01-02',
    '2026-02-30T00:00:00Z',
    '2026-01-02T03:04:05',
    '0000-01-01T00:00:00Z',
  ])('%j is no instant', (text) => {
    expect(parseTime(text)).toBe(undefined);
  });

  test('there is no text for the year 10000', () => {
    const time = { seconds: 253_402_300_800, nanos: 0 };
    expect(isTime(time)).toBe(false);
    expect(() => formatTime(time)).toThrow(RangeError);
  });
});

test('microseconds, there and back', () => {
  for (const micros of [0, -1, 1_700_000_000_123_456, -62_135_596_800_000_000]) {
    expect(microsOf(timeOfMicros(micros))).toBe(micros);
  }
  expect(timeOfMicros(-1)).toEqual({ seconds: -1, nanos: 999_999_000 });
});

test('instants are ordered by seconds, then nanoseconds', () => {
  const a = { seconds: 1, nanos: 2 };
  expect(compareTimes(a, { seconds: 2, nanos: 0 })).toBeLessThan(0);
  expect(compareTimes(a, { seconds: 1, nanos: 1 })).toBeGreaterThan(0);
  expect(compareTimes(a, a)).toBe(0);
});
