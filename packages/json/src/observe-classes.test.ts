import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numberClass } from './number-class.ts';
import { createObserver } from './observe.ts';
import { ValueClass } from './shape.ts';
import type { Shape } from './shape.ts';
import { stringClass } from './string-class.ts';

const observer = createObserver();

describe('numbers', () => {
  test.each([
    { text: '0', is: 'safeInteger', digits: [0, 0] },
    { text: '-7', is: 'safeInteger', digits: [1, 0] },
    { text: '100', is: 'safeInteger', digits: [3, 0] },
    { text: '999999999999999', is: 'safeInteger', digits: [15, 0] },
    { text: '9007199254740991', is: 'safeInteger', digits: [16, 0] },
    { text: '9007199254740992', is: 'safeInteger', digits: [16, 0] },
    { text: '-9007199254740992', is: 'safeInteger', digits: [16, 0] },
    { text: '9007199254740993', is: 'longInteger', digits: [16, 0] },
    { text: '-9007199254740993', is: 'longInteger', digits: [16, 0] },
    { text: '9223372036854775807', is: 'longInteger', digits: [19, 0] },
    { text: '9223372036854775808', is: 'wideInteger', digits: [19, 0] },
    { text: '-9223372036854775808', is: 'longInteger', digits: [19, 0] },
    { text: '-9223372036854775809', is: 'wideInteger', digits: [19, 0] },
    { text: '9999999999999999999', is: 'wideInteger', digits: [19, 0] },
    { text: '18446744073709551616', is: 'wideInteger', digits: [20, 0] },
    { text: '9'.repeat(38), is: 'wideInteger', digits: [38, 0] },
    { text: '-' + '9'.repeat(38), is: 'wideInteger', digits: [38, 0] },
    { text: '9'.repeat(39), is: 'wildNumber', digits: [39, 0] },
    { text: '1' + '0'.repeat(99), is: 'wildNumber', digits: [100, 0] },
    { text: '-0', is: 'double', digits: [0, 0] },
    { text: '-0.0', is: 'double', digits: [0, 1] },
    { text: '0.0', is: 'double', digits: [0, 1] },
    { text: '1.0', is: 'double', digits: [1, 1] },
    { text: '0.1', is: 'double', digits: [0, 1] },
    { text: '1e5', is: 'double', digits: [6, 0] },
    { text: '1E+5', is: 'double', digits: [6, 0] },
    { text: '1.5e-3', is: 'double', digits: [0, 4] },
    { text: '1.50e1', is: 'double', digits: [2, 1] },
    { text: '0e999999999999999999999', is: 'double', digits: [0, 0] },
    { text: '0e-3', is: 'double', digits: [0, 3] },
    { text: '0.30000000000000004', is: 'double', digits: [0, 17] },
    { text: '0.30000000000000001', is: 'decimal', digits: [0, 17] },
    { text: '0.1234567890123456', is: 'double', digits: [0, 16] },
    { text: '0.12345678901234567', is: 'decimal', digits: [0, 17] },
    { text: '0.12345678901234568', is: 'double', digits: [0, 17] },
    { text: '1234567890.1234567890', is: 'decimal', digits: [10, 10] },
    { text: '0.1000000000000000055511151', is: 'decimal', digits: [0, 25] },
    { text: '1.000000000000000000000000', is: 'double', digits: [1, 24] },
    { text: '0.' + '1'.repeat(38), is: 'decimal', digits: [0, 38] },
    { text: '0.' + '1'.repeat(39), is: 'wildNumber', digits: [0, 39] },
    { text: '9'.repeat(20) + '.' + '9'.repeat(18), is: 'decimal', digits: [20, 18] },
    { text: '9'.repeat(20) + '.' + '9'.repeat(19), is: 'wildNumber', digits: [20, 19] },
    { text: '12345678901234567891e18', is: 'decimal', digits: [38, 0] },
    { text: '12345678901234567891e19', is: 'wildNumber', digits: [39, 0] },
    { text: '1e308', is: 'double', digits: [309, 0] },
    { text: '1.7976931348623157e308', is: 'double', digits: [309, 0] },
    { text: '1.7976931348623159e308', is: 'wildNumber', digits: [309, 0] },
    { text: '1e309', is: 'wildNumber', digits: [310, 0] },
    { text: '5e-324', is: 'double', digits: [0, 324] },
    { text: '4e-324', is: 'wildNumber', digits: [0, 324] },
    { text: '2.2250738585072014e-308', is: 'double', digits: [0, 324] },
    { text: '1e-400', is: 'wildNumber', digits: [0, 400] },
    { text: '1e999999999999999999999', is: 'wildNumber', digits: [1_000_000, 0] },
    { text: '1e-999999999999999999999', is: 'wildNumber', digits: [0, 1_000_000] },
  ] as const)('$text is $is', ({ text, is, digits: [integerDigits, scale] }) => {
    expect(shapeOf(text)).toEqual({
      classes: ValueClass[is],
      integerDigits,
      scale,
      optional: false,
    });
  });

  const digits = (maxLength: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${maxLength}}$`));
  const zeros = fc.nat(20).map((count) => '0'.repeat(count));
  const literal = fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.oneof(fc.constant('0'), digits(40)).map((text) => text.replace(/^0+(?=.)/, '')),
      fc.oneof(
        fc.constant(''),
        fc.tuple(zeros, digits(40), zeros).map((parts) => `.${parts.join('')}`),
      ),
      fc.oneof(
        fc.constant(''),
        fc
          .tuple(fc.constantFrom('e', 'E', 'e+', 'e-'), fc.oneof(fc.nat(40), fc.nat(400)))
          .map((parts) => parts.join('')),
      ),
    )
    .map((parts) => parts.join(''));
  const double = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.double({ noNaN: true, min: -1000, max: 1000 }).map(String),
    fc.double({ noNaN: true, min: 0, max: 1e6 }).map((value) => value.toPrecision(17)),
    fc.double({ noNaN: true, min: 0, max: 1e6 }).map((value) => value.toPrecision(16)),
    fc.double({ noNaN: true, min: 0, max: 1e6 }).map((value) => value.toFixed(20)),
  );

  test('have the class that the slow way gives them', () => {
    fc.assert(
      fc.property(fc.oneof(literal, double), (text) => {
        const { classes, integerDigits, scale } = shapeOf(text);
        expect({ valueClass: classes, integerDigits, scale }).toEqual(numberClass(text));
      }),
      { numRuns: 4_000 },
    );
  });
});

describe('strings', () => {
  test.each([
    ['2024-02-29', 'date'],
    ['2023-02-29', 'string'],
    ['2000-02-29', 'date'],
    ['1900-02-29', 'string'],
    ['2024-02-30', 'string'],
    ['2023-02-28', 'date'],
    ['2024-04-30', 'date'],
    ['2024-04-31', 'string'],
    ['2024-06-31', 'string'],
    ['2024-07-31', 'date'],
    ['2024-08-31', 'date'],
    ['2024-09-31', 'string'],
    ['2024-11-31', 'string'],
    ['2024-12-31', 'date'],
    ['2024-12-32', 'string'],
    ['2024-01-00', 'string'],
    ['2024-00-01', 'string'],
    ['2024-13-01', 'string'],
    ['0000-01-01', 'string'],
    ['0001-01-01', 'date'],
    ['9999-12-31', 'date'],
    ['2024/01/01', 'string'],
    ['2024-1-001', 'string'],
    ['20240-1-01', 'string'],
    ['2024-01-0a', 'string'],
    ['2024-01-1', 'string'],
    ['2024-01-01 ', 'string'],
    ['2024-01-01T00:00:00Z', 'dateTime'],
    ['2024-01-01T23:59:59Z', 'dateTime'],
    ['2024-01-01T24:00:00Z', 'string'],
    ['2024-01-01T23:60:00Z', 'string'],
    ['2016-12-31T23:59:60Z', 'string'],
    ['2023-02-29T00:00:00Z', 'string'],
    ['2024-01-01T00:00:00z', 'string'],
    ['2024-01-01t00:00:00Z', 'string'],
    ['2024-01-01 00:00:00Z', 'string'],
    ['2024-01-01T00:00:00', 'string'],
    ['2024-01-01T00:00:00.Z', 'string'],
    ['2024-01-01T00:00:00.1Z', 'dateTime'],
    ['2024-01-01T00:00:00.123Z', 'dateTime'],
    ['2024-01-01T00:00:00.123456Z', 'dateTime'],
    ['2024-01-01T00:00:00.1234567Z', 'string'],
    ['2024-01-01T00:00:00.123456', 'string'],
    ['2024-01-01T00:00:00,123Z', 'string'],
    ['2024-01-01T00:00:00+00:00', 'dateTime'],
    ['2024-01-01T00:00:00-00:00', 'dateTime'],
    ['2024-01-01T00:00:00+23:59', 'dateTime'],
    ['2024-01-01T00:00:00+24:00', 'string'],
    ['2024-01-01T00:00:00+00:60', 'string'],
    ['2024-01-01T00:00:00+0000', 'string'],
    ['2024-01-01T00:00:00+00', 'string'],
    ['2024-01-01T00:00:00.123456+05:30', 'dateTime'],
    ['2024-01-01T00:00:00.1234567+05:30', 'string'],
    ['2024-01-01T00:00:00Z+05:30', 'string'],
    ['2024-01-01T0a:00:00Z', 'string'],
    ['2024-01-01T00-00-00Z', 'string'],
    ['123e4567-e89b-12d3-a456-426614174000', 'uuid'],
    ['00000000-0000-0000-0000-000000000000', 'uuid'],
    ['ffffffff-ffff-ffff-ffff-ffffffffffff', 'uuid'],
    ['123E4567-e89b-12d3-a456-426614174000', 'string'],
    ['123e4567-e89b-12d3-a456-42661417400g', 'string'],
    ['g23e4567-e89b-12d3-a456-426614174000', 'string'],
    ['123e4567-e89b-12d3-a456f426614174000', 'string'],
    ['123e4567-e89b-12d3-a456-4266141740000', 'string'],
    ['123e4567e89b12d3a456426614174000', 'string'],
    ['{123e4567-e89b-12d3-a456-4266141740}', 'string'],
    ['', 'string'],
    ['0123456789', 'string'],
    ['2024-01-é', 'string'],
    ['x'.repeat(1000), 'string'],
  ] as const)('%j is a %s', (text, is) => {
    expect(shapeOf(JSON.stringify(text)).classes).toBe(ValueClass[is]);
    expect(shapeOf(escapedOnce(text)).classes).toBe(ValueClass[is]);
  });

  const forms = fc.constantFrom(
    '2024-02-29',
    '2024-01-01T00:00:00Z',
    '2024-12-31T23:59:59.123456+05:30',
    '123e4567-e89b-12d3-a456-426614174000',
  );
  const edit = fc.tuple(
    fc.nat(40),
    fc.nat(1),
    fc.constantFrom(...Array.from('0123456789-:.+TZaf\\"é'), ''),
  );
  const almost = fc
    .tuple(forms, fc.array(edit, { maxLength: 3 }))
    .map(([text, edits]) =>
      edits.reduce<string>(
        (now, [at, remove, insert]) => now.slice(0, at) + insert + now.slice(at + remove),
        text,
      ),
    );

  test('have the class that the slow way gives them', () => {
    fc.assert(
      fc.property(almost, (text) => {
        const bytes = Buffer.from(text);
        const expected = stringClass(bytes, 0, bytes.length);
        expect(shapeOf(JSON.stringify(text)).classes).toBe(expected);
        expect(shapeOf(escapedOnce(text)).classes).toBe(expected);
      }),
      { numRuns: 4_000 },
    );
  });
});

test.each([
  ['null', 'null'],
  ['true', 'boolean'],
  ['false', 'boolean'],
  ['{}', 'object'],
  ['{"a":"}"}', 'object'],
  ['[]', 'array'],
  ['["]",{"a":[]}]', 'array'],
] as const)('%s is of class %s', (text, is) => {
  expect(shapeOf(text).classes).toBe(ValueClass[is]);
});

/** The shape that the kernel sees in a value: alone, and between others with blanks around it. */
function shapeOf(value: string): Shape {
  const compact = onlyField(`{"value":${value}}\n`);
  expect(onlyField(`{ "a" : [1] , "value" : ${value} , "b" : "x" }\n`)).toEqual(compact);
  return compact;
}

function onlyField(line: string): Shape {
  const bytes = Buffer.from(line);
  const { properties } = observer.observe({ bytes, ends: Uint32Array.of(bytes.length) }).shape();
  const shape = properties?.get('value');
  if (shape === undefined) throw new Error('the field was not seen');
  return shape;
}

/** A string in JSON with its third character, or what there is, escaped needlessly. */
function escapedOnce(text: string): string {
  const unit = text.charCodeAt(Math.min(2, text.length - 1));
  if (text === '') return '""';
  const at = Math.min(2, text.length - 1);
  const quoted = (part: string): string => JSON.stringify(part).slice(1, -1);
  const escape = `\\u${unit.toString(16).padStart(4, '0')}`;
  return `"${quoted(text.slice(0, at))}${escape}${quoted(text.slice(at + 1))}"`;
}
