import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { ValueSchema, type Value } from '../protocol/document.gen.ts';
import { toValue, type Plain } from '../values/to-value.ts';

/** Ids that are hard to order: short ones of odd characters, numeric ones, and some that only look numeric. */
export const ids: fc.Arbitrary<string> = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', 'b', '\0', '\x01', '\x7f', 'é', '\ud7ff', '\uffff', '😀', '_'),
    minLength: 1,
    maxLength: 3,
  }),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((n) => `__id${n}__`),
  fc.constantFrom(
    '__id0__',
    '__id-0__',
    '__id07__',
    '__id7__',
    '__id9223372036854775808__',
    '__id',
  ),
);

/** Few ids, so that they meet often. */
export const fewIds: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'é', '😀', '__id1__');

const numbers: fc.Arbitrary<Plain> = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 0.5, 2 ** 53, 9007199254740993n, -(2n ** 63n)),
  fc.double(),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
);

/** Values of every type, with many that are equal or close. */
export const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    numbers.map(toValue),
    fc.constantFrom<Plain>(null, true, false, new Date(0), new Date(1)).map(toValue),
    ids.map(toValue),
    fc.uint8Array({ maxLength: 2 }).map(toValue),
    ids.map((id) =>
      create(ValueSchema, {
        type: {
          case: 'referenceValue',
          value: `projects/demo/databases/(default)/documents/c/${id}`,
        },
      }),
    ),
    fc
      .record({ latitude: fc.constantFrom(-1, 0, 1), longitude: fc.constantFrom(0, 1) })
      .map((value) => create(ValueSchema, { type: { case: 'geoPointValue', value } })),
    fc
      .array(fc.constantFrom(0.5, 1.5, -0), { maxLength: 2 })
      .map((elements) => toValue({ __type__: '__vector__', value: elements.map(double) })),
    fc
      .array(
        tie('value').filter(({ type }) => type.case !== 'arrayValue'),
        { maxLength: 2 },
      )
      .map(toValue),
    fc.dictionary(fc.constantFrom('a', 'b', 'é'), tie('value'), { maxKeys: 2 }).map(toValue),
  ),
})).value;

function double(value: number): Value {
  return create(ValueSchema, { type: { case: 'doubleValue', value } });
}
