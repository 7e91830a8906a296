import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from './byte-writer.ts';
import { Decimal } from './decimal.ts';
import { EncodeError } from './encode-error.ts';
import { encodeLine, encodeObject, encodeString, encodeValue } from './encode.ts';
import { validateJson } from './validate.ts';

function encoded(value: unknown): string {
  const out = new ByteWriter();
  encodeValue(value, out);
  return Buffer.from(out.view()).toString();
}

/** Arrays in arrays, so many of them in all. */
function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}

describe('a value', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['true', true],
    ['0', 0],
    ['-0.0', -0],
    ['-5', -5],
    ['0.30000000000000004', 0.1 + 0.2],
    ['1e+21', 1e21],
    ['5e-324', 5e-324],
    ['9007199254740992', 2 ** 53],
    [`-1${'0'.repeat(40)}`, -(10n ** 40n)],
    ['1.10', new Decimal('1.10')],
    ['"1970-01-01T00:00:00.000Z"', new Date(0)],
    ['"AP8Q"', Uint8Array.of(0, 255, 16)],
    ['"YWJj"', Buffer.from('abc')],
    ['[null,null,1]', [undefined, null, 1]],
    ['{"b":1}', { a: undefined, b: 1, c: undefined }],
    ['{}', {}],
    ['[]', []],
    ['{"a":1}', Object.assign(Object.create(null), { a: 1 })],
    ['{"x":1,"\\"":{}}', new Map(Object.entries({ x: 1, '"': new Map() }))],
    ['{"key":""}', { toJSON: (key: string) => ({ key }) }],
    ['{"a":"a"}', { a: { toJSON: (key: string) => key } }],
    ['[null]', [{ toJSON: () => undefined }]],
    ['{}', { a: { toJSON: () => undefined } }],
    ['"a\\u0000\\"\\\\\\n\u007f\u2028é😀"', 'a\u0000"\\\n\u007f\u2028é😀'],
  ])('is written as %s', (text, value) => {
    expect(encoded(value)).toBe(text);
  });

  test('may be the same object twice, as long as it is not within itself', () => {
    const shared = { a: 1 };
    expect(encoded([shared, shared])).toBe('[{"a":1},{"a":1}]');
  });

  test('is what JSON.stringify writes, if it is plain', () => {
    const plain = fc.jsonValue({ stringUnit: 'grapheme' });
    fc.assert(
      fc.property(plain, (value) => {
        // JSON.stringify forgets the sign of zero.
        expect(encoded(value).replaceAll('-0.0', '0')).toBe(
          JSON.stringify(value).replaceAll('-0.0', '0'),
        );
      }),
    );
  });

  test('whatever it is, becomes one valid JSON value, or nothing and an EncodeError', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      withObjectString: true,
      stringUnit: 'binary',
    });
    fc.assert(
      fc.property(anything, (value) => {
        const out = new ByteWriter();
        out.utf8('before');
        let error: unknown;
        try {
          encodeValue(value, out);
        } catch (thrown) {
          error = thrown;
        }
        const written = out.view().slice(6);
        const fault = error === undefined ? validateJson(written) : undefined;
        expect(fault).toBeUndefined();
        expect(error === undefined || error instanceof EncodeError).toBe(true);
        expect(error === undefined || written.length === 0).toBe(true);
      }),
      { numRuns: 600 },
    );
  });
});

describe('an EncodeError', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = [cycle];

  test.each([
    { value: Number.NaN, path: '', reason: 'NaN is no JSON number' },
    { value: { a: [1, -Infinity] }, path: '/a/1', reason: '-Infinity is no JSON number' },
    { value: undefined, path: '', reason: 'undefined has no form in JSON' },
    { value: { 'x/y': Symbol('s') }, path: '/x~1y', reason: 'a symbol has no form in JSON' },
    { value: [() => 1], path: '/0', reason: 'a function has no form in JSON' },
    { value: cycle, path: '/self/0', reason: 'a cycle has no form in JSON' },
    { value: { a: 'x\ud800' }, path: '/a', reason: 'a string with a lone surrogate' },
    { value: { '\udc00': 1 }, path: '/\udc00', reason: 'a string with a lone surrogate' },
    { value: new Set([1]), path: '', reason: 'Set has no form in JSON' },
    { value: [new Uint16Array(2)], path: '/0', reason: 'Uint16Array has no form in JSON' },
    { value: new Error('no'), path: '', reason: 'Error has no form in JSON' },
    { value: new Map([[1, 2]]), path: '', reason: 'a key that is no string' },
    { value: new Date(Number.NaN), path: '', reason: 'an invalid date' },
    { value: new Date(8.64e15), path: '', reason: 'a date outside the years 0 to 9999' },
    { value: nested(1001), path: '/0'.repeat(1000), reason: 'nested deeper than 1,000 levels' },
  ])('says "$reason"', ({ value, path, reason }) => {
    const out = new ByteWriter();
    out.utf8('kept');
    let error: unknown;
    try {
      encodeValue(value, out);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(EncodeError);
    expect(error).toMatchObject({ path, reason });
    expect(Buffer.from(out.view()).toString()).toBe('kept');
  });

  test('keeps what toJSON threw as its cause', () => {
    const cause = new Error('inside');
    const value = {
      a: {
        toJSON() {
          throw cause;
        },
      },
    };
    expect(() => encoded(value)).toThrow(expect.objectContaining({ path: '/a', cause }));
  });
});

test('a thousand levels are not too many', () => {
  expect(encoded(nested(1000))).toBe('['.repeat(1000) + ']'.repeat(1000));
});

test('a line is an object and its end', () => {
  const out = new ByteWriter();
  encodeLine({ a: 1 }, out);
  encodeLine(new Map(), out);
  expect(Buffer.from(out.view()).toString()).toBe('{"a":1}\n{}\n');
});

test.each<[string, unknown]>([
  ['an array', []],
  ['null', null],
  ['a string', '{}'],
  ['a number', 1],
  ['a date', new Date(0)],
  ['a decimal', new Decimal('1')],
  ['nothing', undefined],
])('%s is refused as a document', (_, value) => {
  const out = new ByteWriter();
  expect(() => encodeObject(value, out)).toThrow(EncodeError);
  expect(() => encodeLine(value, out)).toThrow(EncodeError);
  expect(out.length).toBe(0);
});

test('a string comes back from its JSON, or has a lone surrogate', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      const out = new ByteWriter();
      encodeString(text, out);
      expect(JSON.parse(Buffer.from(out.view()).toString())).toBe(text);
      expect(() => encodeString(`${text}\ud834`, out)).toThrow(EncodeError);
    }),
  );
});
