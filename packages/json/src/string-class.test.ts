import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValueClass } from './shape.ts';
import { stringClass } from './string-class.ts';

function classOf(text: string): number {
  const bytes = Buffer.from(`>${text}<`);
  return stringClass(bytes, 1, bytes.length - 1);
}

test.each(['2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31', '2023-04-30'])(
  '%s is a date',
  (text) => {
    expect(classOf(text)).toBe(ValueClass.date);
  },
);

test.each([
  '2024-01-01T00:00:00Z',
  '2024-01-01T23:59:59.1Z',
  '2024-01-01T23:59:59.123456Z',
  '2024-01-01T00:00:00+23:59',
  '2024-01-01T00:00:00.123456-00:00',
])('%s is a date-time', (text) => {
  expect(classOf(text)).toBe(ValueClass.dateTime);
});

test('a UUID in lower case is one', () => {
  expect(classOf('123e4567-e89b-12d3-a456-426614174000')).toBe(ValueClass.uuid);
});

test.each([
  '',
  '2023-02-29',
  '1900-02-29',
  '2024-02-30',
  '2024-04-31',
  '0000-01-01',
  '2024-00-10',
  '2024-13-10',
  '2024-01-00',
  '2024-1-010',
  '2024/01/01',
  '２024-01-0',
  '2024-01-01T24:00:00Z',
  '2024-01-01T00:60:00Z',
  '2024-06-30T23:59:60Z',
  '2024-01-01T00:00:00.Z',
  '2024-01-01T00:00:00.1234567Z',
  '2024-01-01T00:00:00',
  '2024-01-01t00:00:00Z',
  '2024-01-01T00:00:00z',
  '2024-01-01 00:00:00Z',
  '2024-01-01T00:00:00+24:00',
  '2024-01-01T00:00:00+0000',
  '2024-01-01T00:00:00+00:00Z',
  '2024-02-30T00:00:00Z',
  '123E4567-e89b-12d3-a456-426614174000',
  '123e4567xe89b-12d3-a456-426614174000',
  '123e4567e89b12d3a456426614174000----',
])('%j is a plain string', (text) => {
  expect(classOf(text)).toBe(ValueClass.string);
});

test('every instant is a date-time and its day a date', () => {
  const range = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') };
  fc.assert(
    fc.property(fc.date({ ...range, noInvalidDate: true }), (instant) => {
      const text = instant.toISOString();
      expect(classOf(text)).toBe(ValueClass.dateTime);
      expect(classOf(text.slice(0, 10))).toBe(ValueClass.date);
    }),
  );
});

test('a day is a date exactly when the calendar has it', () => {
  const part = (most: number, size: number) =>
    fc.nat(most).map((value) => String(value).padStart(size, '0'));
  fc.assert(
    fc.property(part(9999, 4), part(14, 2), part(33, 2), (year, month, day) => {
      const text = `${year}-${month}-${day}`;
      const instant = new Date(`${text}T00:00:00Z`);
      const exists = !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
      expect(classOf(text) === ValueClass.date).toBe(exists && year !== '0000');
    }),
  );
});

test('a UUID is one in its own case only', () => {
  fc.assert(
    fc.property(fc.uuid(), (uuid) => {
      expect(classOf(uuid)).toBe(ValueClass.uuid);
      const isChanged = uuid.toUpperCase() !== uuid;
      expect(classOf(uuid.toUpperCase())).toBe(isChanged ? ValueClass.string : ValueClass.uuid);
    }),
  );
});
