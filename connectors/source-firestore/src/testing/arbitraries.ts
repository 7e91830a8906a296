import fc from 'fast-check';
import type { Fields, TestDocument, Value } from './value.ts';

const time = fc.record({
  seconds: fc.oneof(
    fc.integer({ min: 1_500_000_000, max: 2_000_000_000 }),
    fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }),
    fc.constantFrom(-62_135_596_800, -1, 0, 1, 951_782_400, 253_402_300_799),
  ),
  nanos: fc.oneof(
    fc.constantFrom(0, 1, 1000, 999_999_999, 500_000_000, 100),
    fc.integer({ min: 0, max: 999_999_999 }),
    fc.integer({ min: 0, max: 999_999 }).map((micros) => micros * 1000),
  ),
});

const double = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e-6, 1e-7, 1e15, 1e21, 5e-324, 2 ** 53, -1e-6),
  fc.integer().map((value) => value / 100),
  fc.integer({ min: -180_000_000, max: 180_000_000 }).map((value) => value / 1e6),
  fc.integer(),
);

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'binary-ascii', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.constantFrom('', '"', '\\', '\u0000', '\u2028', '\u007f', 'é'.repeat(300), 'x'.repeat(5000)),
);

const name = fc.oneof(
  fc.constantFrom('a', 'b', '_meta', '_meta_', '_meta__', '__type__', 'a.b', '', ' ', '`'),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ minLength: 120, maxLength: 140 }),
);

/** Values of every type, with every border. */
const { value: anyValue } = fc.letrec<{ value: Value; fields: Fields }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constant<Value>({ is: 'null' }),
    fc.boolean().map((value): Value => ({ is: 'boolean', value })),
    fc
      .oneof(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.integer().map(BigInt),
        fc.nat(63).chain((bits) => fc.constantFrom(2n ** BigInt(bits) - 1n, -(2n ** BigInt(bits)))),
      )
      .map((value): Value => ({ is: 'integer', value })),
    double.map((value): Value => ({ is: 'double', value })),
    time.map((value): Value => ({ is: 'timestamp', value })),
    text.map((value): Value => ({ is: 'string', value })),
    fc.uint8Array({ maxLength: 200 }).map((value): Value => ({ is: 'bytes', value })),
    text.map((value): Value => ({ is: 'reference', value })),
    fc
      .record({ latitude: double, longitude: double })
      .map((point): Value => ({ is: 'geo', ...point })),
    fc.array(tie('value'), { maxLength: 6 }).map((values): Value => ({ is: 'array', values })),
    tie('fields').map((fields): Value => ({ is: 'map', fields })),
  ),
  fields: fc.array(fc.tuple(name, tie('value')), { maxLength: 6 }),
}));

/** Documents with fields of every type. A name may come twice. */
export const anyDocument: fc.Arbitrary<TestDocument> = fc.record({
  name: fc
    .string({ minLength: 1, maxLength: 30 })
    .map((id) => `projects/p/databases/(default)/documents/users/${id}`),
  fields: fc.array(fc.tuple(name, anyValue), { maxLength: 12 }),
  createTime: time,
  updateTime: time,
});
