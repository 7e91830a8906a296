import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from './byte-writer.ts';
import { Decimal } from './decimal.ts';
import { decodeValue } from './decode.ts';
import { encodeValue } from './encode.ts';
import { JsonSyntaxError } from './json-syntax-error.ts';
import { validateJson } from './validate.ts';

const decode = (text: string) => decodeValue(Buffer.from(text));

describe('a number', () => {
  test.each([
    ['1', 1],
    ['9007199254740992', 2 ** 53],
    ['9007199254740993', 2n ** 53n + 1n],
    ['9223372036854775808', 2n ** 63n],
    ['9'.repeat(38), 10n ** 38n - 1n],
    ['0.30000000000000004', 0.1 + 0.2],
    ['0.30000000000000001', new Decimal('0.30000000000000001')],
    ['1e400', new Decimal('1e400')],
    ['1234567890123456789012345', 1234567890123456789012345n],
    ['-0', -0],
    ['-0.0', -0],
    ['1.0', 1],
    ['1e5', 100_000],
    ['1.10', 1.1],
    ['9'.repeat(1001), new Decimal('9'.repeat(1001))],
  ])('%s keeps its value', (text, value) => {
    expect(decode(text)).toStrictEqual(value);
  });
});

test('the first of two members with one name counts', () => {
  expect(decode('{"a":1,"b":2,"\\u0061":3}')).toEqual({ a: 1, b: 2 });
});

test('a member called __proto__ is a member', () => {
  const value = decode('{"__proto__":{"x":1}}');
  expect(Object.keys(Object(value))).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test('only what lies between start and end is read', () => {
  const bytes = Buffer.from('[1,22,{"a":3}]');
  expect(decodeValue(bytes, 3, 4)).toBe(2);
  expect(decodeValue(bytes, 3, 5)).toBe(22);
  expect(decodeValue(bytes, 6, 13)).toEqual({ a: 3 });
  expect(() => decodeValue(bytes, 6, 12)).toThrow(JsonSyntaxError);
});

test('a valid document is decoded as JSON.parse would, where that is exact', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
      const bytes = Buffer.from(text);
      fc.pre(validateJson(bytes) === undefined);
      expect(decodeValue(bytes)).toStrictEqual(JSON.parse(text));
    }),
  );
});

test('what was decoded is encoded as it was', () => {
  const number = fc.stringMatching(/^-?(?:0|[1-9][0-9]{0,45})$/).filter((text) => text !== '-0');
  fc.assert(
    fc.property(fc.array(number), (numbers) => {
      const text = `[${numbers.join(',')}]`;
      const out = new ByteWriter();
      encodeValue(decode(text), out);
      const again = Buffer.from(out.view()).toString();
      expect(decode(again)).toStrictEqual(decode(text));
    }),
  );
});

test.each([
  ['', 'unexpected end', 0],
  ['{', 'unexpected end', 1],
  ['[1,]', "unexpected character ']'", 3],
  ['{"a":1,}', "unexpected character '}'", 7],
  ['{"a" 1}', "unexpected character '1'", 5],
  ['[1 2]', "unexpected character '2'", 3],
  ['1 2', "unexpected character '2'", 2],
  ['01', "unexpected character '0'", 0],
  ['nul', "unexpected character 'n'", 0],
  ['"a', 'unterminated string', 0],
  ['"\\x"', 'invalid escape', 0],
  ['"\\ud800"', 'lone surrogate', 0],
  ['"\n"', 'control character in a string', 1],
  ['['.repeat(1001), 'nested deeper than 1,000 levels', 1000],
])('%j fails with: %s', (text, reason, offset) => {
  expect(() => decode(text)).toThrow(expect.objectContaining({ reason, offset }));
});

test('wrong UTF-8 fails', () => {
  expect(() => decodeValue(Buffer.of(0x22, 0xff, 0x22))).toThrow('invalid UTF-8 at byte 1');
});

test('decodes exactly the documents that are valid', () => {
  const almost = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[]":,\\ue0-.1 tn'.split(''), ''))
    .map(([text, at, char]) => {
      const index = at % (text.length + 1);
      return text.slice(0, index) + char + text.slice(index + 1);
    });
  const bytes = fc.oneof(
    almost.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 12 }),
    fc.stringMatching(/^[{}[\]":,\\u0de. -]{0,14}$/).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(bytes, (input) => {
      let error: unknown;
      try {
        decodeValue(input);
      } catch (thrown) {
        error = thrown;
      }
      expect(error instanceof JsonSyntaxError).toBe(validateJson(input) !== undefined);
      expect(error === undefined || error instanceof JsonSyntaxError).toBe(true);
    }),
    { numRuns: 1500 },
  );
});
