import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Decimal,
  DecimalError,
  isDecimalLiteral,
  plainDigits,
  sameNumber,
  survivesDouble,
} from './decimal.ts';

const digits = fc.stringMatching(/^[0-9]{1,25}$/);
const literals = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.stringMatching(/^(?:0|[1-9][0-9]{0,25})$/),
    fc.option(digits, { nil: undefined }),
    fc.option(fc.integer({ min: -400, max: 400 }), { nil: undefined }),
  )
  .map(([sign, whole, fraction, exponent]) => {
    const point = fraction === undefined ? '' : `.${fraction}`;
    return `${sign}${whole}${point}${exponent === undefined ? '' : `e${exponent}`}`;
  });

/** The value of a literal as a fraction over 10^1000, by whole numbers only. */
function scaled(text: string): bigint {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return BigInt(whole + fraction) * 10n ** BigInt(1000 + Number(exponent) - fraction.length);
}

describe('a decimal literal', () => {
  test.each(['0', '-0', '1', '10', '-1.10', '1e5', '1E+5', '1.5e-3', '0.0', '9'.repeat(400)])(
    '%s is one',
    (text) => {
      expect(isDecimalLiteral(text)).toBe(true);
      expect(String(new Decimal(text))).toBe(text);
      expect(JSON.stringify(new Decimal(text))).toBe(`"${text}"`);
    },
  );

  test.each([
    '',
    '-',
    '+1',
    '01',
    '-01',
    '1.',
    '.5',
    '1e',
    '1e+',
    '0x1',
    ' 1',
    '1\n',
    'NaN',
    '1_0',
    '١',
  ])('%j is none', (text) => {
    expect(isDecimalLiteral(text)).toBe(false);
    expect(() => new Decimal(text)).toThrow(DecimalError);
    expect(plainDigits(text)).toBeUndefined();
    expect(survivesDouble(text)).toBe(false);
    expect(sameNumber(text, text)).toBe(false);
  });

  test('is whatever JSON.parse takes for a number, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(literals, fc.stringMatching(/^[-+.eE019]{0,8}$/)), (text) => {
        let isNumber = true;
        try {
          JSON.parse(text);
        } catch {
          isNumber = false;
        }
        expect(isDecimalLiteral(text)).toBe(isNumber);
      }),
    );
  });
});

describe('plain digits', () => {
  test.each([
    { text: '0', negative: false, digits: '0', scale: 0 },
    { text: '-0.00', negative: false, digits: '0', scale: 0 },
    { text: '0e-999999999', negative: false, digits: '0', scale: 0 },
    { text: '1.10', negative: false, digits: '11', scale: 1 },
    { text: '-1.5e3', negative: true, digits: '1500', scale: 0 },
    { text: '1.5e-3', negative: false, digits: '15', scale: 4 },
    { text: '120', negative: false, digits: '120', scale: 0 },
    { text: '0.05e1', negative: false, digits: '5', scale: 1 },
    { text: '100.00e-2', negative: false, digits: '1', scale: 0 },
  ])('of $text are $digits with scale $scale', ({ text, ...expected }) => {
    expect(plainDigits(text)).toEqual(expected);
  });

  test.each(['1e999999999', '-1e-999999999', '1e99999999999999999999', '1e10000', '1e-10001'])(
    'of %s are too many to write out',
    (text) => {
      expect(plainDigits(text)).toBeUndefined();
    },
  );

  test('are as many as ten thousand', () => {
    expect(plainDigits('1e9999')?.digits).toHaveLength(10_000);
    expect(plainDigits('1e-10000')?.scale).toBe(10_000);
  });

  test('have the value of the number', () => {
    fc.assert(
      fc.property(literals, (text) => {
        const plain = plainDigits(text);
        const sign = plain?.negative ? '-' : '';
        expect(scaled(`${sign}${plain?.digits}e-${plain?.scale}`)).toBe(scaled(text));
        expect(plain?.digits).toMatch(/^(?:0|[1-9][0-9]*)$/);
        expect(plain?.scale === 0 || !plain?.digits.endsWith('0')).toBe(true);
      }),
    );
  });
});

describe('sameNumber', () => {
  test.each([
    ['1.10', '11e-1', true],
    ['0', '-0.0', true],
    ['1e99999999999999999999', '10e99999999999999999998', true],
    ['1e99999999999999999999', '1e99999999999999999998', false],
    ['1', '-1', false],
    ['0.1', '0.10000000000000000001', false],
  ])('says of %s and %s: %s', (a, b, same) => {
    expect(sameNumber(a, b)).toBe(same);
    expect(sameNumber(b, a)).toBe(same);
  });

  test('compares values', () => {
    fc.assert(
      fc.property(literals, literals, fc.boolean(), (a, other, pad) => {
        const b = pad
          ? a.includes('e')
            ? a.replace('e', a.includes('.') ? '0e' : '.0e')
            : other
          : other;
        expect(sameNumber(a, b)).toBe(scaled(a) === scaled(b));
      }),
    );
  });
});

describe('survivesDouble', () => {
  test.each([
    ['9007199254740992', true],
    ['9007199254740993', false],
    ['9007199254740993.0', false],
    ['9223372036854775808', false],
    ['9223372036854776000', true],
    ['0.1', true],
    ['0.30000000000000004', true],
    ['0.3000000000000000400', true],
    ['0.30000000000000001', false],
    ['1e308', true],
    ['1e309', false],
    ['1e400', false],
    ['5e-324', true],
    ['1e-324', false],
    ['1234567890123456789012345', false],
    ['-0', true],
    ['-0.0', true],
    ['1.0', true],
    ['1e5', true],
    ['1.10', true],
  ])('says of %s: %s', (text, survives) => {
    expect(survivesDouble(text)).toBe(survives);
  });

  test('holds for every double as it prints', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(survivesDouble(String(value))).toBe(true);
      }),
    );
  });
});

test('exponents of any length are answered at once', () => {
  const nines = '9'.repeat(1_000_000);
  expect(sameNumber(`1e${'0'.repeat(2000)}1`, '10')).toBe(true);
  expect(sameNumber(`0e${nines}`, '0')).toBe(true);
  expect(sameNumber(`1e${nines}`, `1e${nines}`)).toBe(true);
  expect(sameNumber(`1e${nines}`, `1E${nines}`)).toBe(false);
  expect(survivesDouble(`1e-${nines}`)).toBe(false);
  expect(plainDigits(`1e-${nines}`)).toBeUndefined();
});
