import { ByteWriter } from '@fairlead/json';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packTuple } from './pack-tuple.ts';
import { unpackTuple } from './unpack-tuple.ts';

/** The JSON of a packed tuple. */
function unpack(packed: Uint8Array): string {
  const out = new ByteWriter();
  unpackTuple(packed, 0, packed.length, out);
  return Buffer.from(out.view()).toString('utf8');
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

test.each([
  ['an empty tuple', '', '[]'],
  ['one', '15 01', '[1]'],
  ['an integer and a string', '15 2a 02 68 69 00', '[42,"hi"]'],
  ['null and booleans', '00 27 26', '[null,true,false]'],
  ['a string and an integer', '02 41 6e 6e 00 15 0a', '["Ann",10]'],
  ['minus one', '13 fe', '[-1]'],
  ['a double', '21 c0 0c 00 00 00 00 00 00', '[3.5]'],
  ['a negative double', '21 3f f3 ff ff ff ff ff ff', '[-3.5]'],
  ['an integral double', '21 c0 24 00 00 00 00 00 00', '[10.0]'],
  ['zero', '14', '[0]'],
  ['255', '15 ff', '[255]'],
  ['256', '16 01 00', '[256]'],
  ['-256', '12 fe ff', '[-256]'],
  ['2^63', '1c 80 00 00 00 00 00 00 00', '[9223372036854775808]'],
  ['2^64 - 1', '1c ff ff ff ff ff ff ff ff', '[18446744073709551615]'],
  ['-2^63', '0c 7f ff ff ff ff ff ff ff', '[-9223372036854775808]'],
  ['2^53 + 1', '1b 20 00 00 00 00 00 01', '[9007199254740993]'],
  ['a string with a zero', '02 61 00 ff 62 00', '["a\\u0000b"]'],
  ['a string beyond ASCII', '02 c3 a9 00', '["é"]'],
  ['a string to be escaped', '02 22 5c 0a 00', String.raw`["\"\\\n"]`],
  ['an object', '01 7b 22 78 22 3a 31 7d 00', '[{"x":1}]'],
])('%s is unpacked as JSON', (_, packed, json) => {
  expect(unpack(hex(packed))).toBe(json);
});

test.each([
  ['an unknown code', 'ff'],
  ['a text without end', '02 61'],
  ['a text that ends in an escape', '02 61 00 ff'],
  ['half an integer', '16 01'],
  ['half a double', '21 c0'],
  ['an infinite double', '21 ff f0 00 00 00 00 00 00'],
])('%s is a data failure', (_, packed) => {
  expect(() => unpack(hex(packed))).toThrow(expect.objectContaining({ kind: 'data' }));
});

test.each([
  ['integers', [1, -1, 0, 255, 256, -256], '15 01 13 fe 14 15 ff 16 01 00 12 fe ff'],
  ['bounds', [2n ** 64n - 1n, -(2n ** 63n)], '1c ffffffffffffffff 0c 7fffffffffffffff'],
  ['doubles', [3.5, -3.5], '21 c00c000000000000 21 3ff3ffffffffffff'],
  ['texts', ['a\0b', { x: 1 }], '02 61 00 ff 62 00 01 7b 22 78 22 3a 31 7d 00'],
  ['words', [null, true, false], '00 27 26'],
])('%s are packed', (_, values, packed) => {
  expect(packTuple(values).toString('hex')).toBe(packed.replaceAll(' ', ''));
});

test('an integer that needs more than 64 bits is not packed', () => {
  expect(() => packTuple([2n ** 64n])).toThrow('more than 64 bits');
});

const element = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.string({ unit: 'grapheme' }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isSafeInteger(n)),
);

test('what is packed comes back', () => {
  fc.assert(
    fc.property(fc.array(element), (values) => {
      const json = values.map((value) => {
        if (typeof value === 'bigint') return String(value);
        return JSON.stringify(value);
      });
      const actual = unpack(packTuple(values));
      // A double may be spelt otherwise, and is the same number.
      const numbers = (text: string) =>
        text.replaceAll(/(?<=[,[])-?[0-9.e+-]+/g, (n) => `${Number(n)}`);
      expect(numbers(actual)).toBe(numbers(`[${json.join(',')}]`));
    }),
  );
});

test('packed tuples are in the order of their values', () => {
  const integers = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });
  fc.assert(
    fc.property(integers, integers, (a, b) => {
      const order = Buffer.compare(packTuple([a]), packTuple([b]));
      expect(Math.sign(order)).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});

test('any bytes are a tuple or a data failure', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      try {
        unpack(bytes);
      } catch (error) {
        expect(error).toMatchObject({ kind: 'data' });
      }
    }),
  );
});
