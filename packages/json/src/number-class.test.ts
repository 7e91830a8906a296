import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mostDigits, numberClass } from './number-class.ts';
import { ValueClass } from './shape.ts';

test.each([
  { text: '0', valueClass: 'safeInteger', integerDigits: 0, scale: 0 },
  { text: '-0', valueClass: 'double', integerDigits: 0, scale: 0 },
  { text: '-0.0', valueClass: 'double', integerDigits: 0, scale: 1 },
  { text: '100', valueClass: 'safeInteger', integerDigits: 3, scale: 0 },
  { text: '9007199254740992', valueClass: 'safeInteger', integerDigits: 16, scale: 0 },
  { text: '-9007199254740992', valueClass: 'safeInteger', integerDigits: 16, scale: 0 },
  { text: '9007199254740993', valueClass: 'longInteger', integerDigits: 16, scale: 0 },
  { text: '-9007199254740993', valueClass: 'longInteger', integerDigits: 16, scale: 0 },
  { text: '9223372036854775807', valueClass: 'longInteger', integerDigits: 19, scale: 0 },
  { text: '9223372036854775808', valueClass: 'wideInteger', integerDigits: 19, scale: 0 },
  { text: '-9223372036854775808', valueClass: 'longInteger', integerDigits: 19, scale: 0 },
  { text: '-9223372036854775809', valueClass: 'wideInteger', integerDigits: 19, scale: 0 },
  { text: '9'.repeat(38), valueClass: 'wideInteger', integerDigits: 38, scale: 0 },
  { text: '9'.repeat(39), valueClass: 'wildNumber', integerDigits: 39, scale: 0 },
  { text: '1.0', valueClass: 'double', integerDigits: 1, scale: 1 },
  { text: '1.10', valueClass: 'double', integerDigits: 1, scale: 2 },
  { text: '1e5', valueClass: 'double', integerDigits: 6, scale: 0 },
  { text: '1.5E-3', valueClass: 'double', integerDigits: 0, scale: 4 },
  { text: '0.05e1', valueClass: 'double', integerDigits: 0, scale: 1 },
  { text: '0.30000000000000004', valueClass: 'double', integerDigits: 0, scale: 17 },
  { text: '0.30000000000000001', valueClass: 'decimal', integerDigits: 0, scale: 17 },
  { text: '9007199254740993.0', valueClass: 'decimal', integerDigits: 16, scale: 1 },
  { text: '123456789012345678901234.5', valueClass: 'decimal', integerDigits: 24, scale: 1 },
  { text: `0.${'1'.repeat(38)}`, valueClass: 'decimal', integerDigits: 0, scale: 38 },
  { text: `1.${'1'.repeat(37)}`, valueClass: 'decimal', integerDigits: 1, scale: 37 },
  { text: `1.${'1'.repeat(38)}`, valueClass: 'wildNumber', integerDigits: 1, scale: 38 },
  { text: '1e308', valueClass: 'double', integerDigits: 309, scale: 0 },
  { text: '5e-324', valueClass: 'double', integerDigits: 0, scale: 324 },
  { text: '1e400', valueClass: 'wildNumber', integerDigits: 401, scale: 0 },
  { text: '1e-400', valueClass: 'wildNumber', integerDigits: 0, scale: 400 },
  { text: '1e999999999', valueClass: 'wildNumber', integerDigits: mostDigits, scale: 0 },
  { text: '0e-999999999', valueClass: 'double', integerDigits: 0, scale: mostDigits },
] as const)('$text is a $valueClass of $integerDigits digits and scale $scale', (row) => {
  const { text, valueClass, integerDigits, scale } = row;
  expect(numberClass(text)).toEqual({ valueClass: ValueClass[valueClass], integerDigits, scale });
});

test.each(['', '-', '01', '1.', '+1', 'null', 'Infinity'])('%j is no number', (text) => {
  expect(numberClass(text)).toBeUndefined();
});

test('each integer has the narrowest class that holds it', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat(39), (large, cut) => {
      const value = large / 10n ** BigInt(cut);
      const magnitude = value < 0n ? -value : value;
      const fitting = [
        magnitude <= 2n ** 53n && ValueClass.safeInteger,
        BigInt.asIntN(64, value) === value && ValueClass.longInteger,
        magnitude < 10n ** 38n && ValueClass.wideInteger,
        ValueClass.wildNumber,
      ];
      expect(numberClass(String(value))?.valueClass).toBe(fitting.find((bit) => bit !== false));
    }),
  );
});
