import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { FieldTransformSchema, type FieldTransform } from '../protocol/write.gen.ts';
import { sameValue } from '../values/same-fields.ts';
import { toFields, toValue, type Plain } from '../values/to-value.ts';
import { transformed } from './transforms.ts';

const at = 1_767_225_600_123_456;
const largest = 2n ** 63n - 1n;

function one(kind: 'increment' | 'maximum' | 'minimum', operand: Plain): FieldTransform {
  const type = { case: kind, value: toValue(operand) };
  return create(FieldTransformSchema, { fieldPath: 'a', type });
}

describe('a transform', () => {
  test.each<{ kind: 'increment' | 'maximum' | 'minimum'; now: Plain; by: Plain; gives: Plain }>([
    { kind: 'increment', now: 1, by: 2, gives: 3 },
    { kind: 'increment', now: 1, by: 0.5, gives: 1.5 },
    { kind: 'increment', now: largest, by: 1, gives: largest },
    { kind: 'increment', now: -largest, by: -9, gives: -largest - 1n },
    { kind: 'increment', now: 'text', by: 2, gives: 2 },
    { kind: 'maximum', now: 1, by: 2, gives: 2 },
    { kind: 'maximum', now: 3, by: 2.5, gives: 3 },
    { kind: 'maximum', now: 1, by: NaN, gives: NaN },
    { kind: 'maximum', now: null, by: 2, gives: 2 },
    { kind: 'minimum', now: 1, by: 2, gives: 1 },
    { kind: 'minimum', now: 0, by: -0, gives: 0 },
    { kind: 'minimum', now: NaN, by: 1, gives: NaN },
  ])('$kind of $now by $by is $gives', ({ kind, now, by, gives }) => {
    const { fields, results } = transformed(toFields({ a: now }), [one(kind, by)], at);
    expect(sameValue(fields[0]!.value!, toValue(gives))).toBe(true);
    expect(results).toEqual([fields[0]!.value]);
  });

  test('sets the time in whole milliseconds', () => {
    const time = create(FieldTransformSchema, {
      fieldPath: 'a.b',
      type: { case: 'setToServerValue', value: 1 },
    });
    const { results } = transformed([], [time], at);
    expect(results[0]?.type).toMatchObject({ value: { seconds: 1_767_225_600n, nanos: 123e6 } });
  });

  test('of an array treats equal values as the same, and answers nothing', () => {
    const values = [1, 1.0, 'x', { m: [NaN] }].map(toValue);
    const add = create(FieldTransformSchema, {
      fieldPath: 'a',
      type: { case: 'appendMissingElements', value: { values } },
    });
    const remove = create(FieldTransformSchema, {
      fieldPath: 'a',
      type: { case: 'removeAllFromArray', value: { values: [toValue({ m: [NaN] }), toValue(0)] } },
    });
    const start = toFields({ a: [0, 'x'] });
    const { fields, results } = transformed(start, [add, remove], at);
    expect(fields).toEqual(toFields({ a: ['x', 1] }));
    expect(results).toEqual([toValue(null), toValue(null)]);
  });

  test.each([
    { what: 'another server value', type: { case: 'setToServerValue' as const, value: 2 } },
    { what: 'no number', type: { case: 'increment' as const, value: toValue('x') } },
    { what: 'nothing', type: { case: undefined } },
  ])('with $what is refused', ({ type }) => {
    const transform = create(FieldTransformSchema, { fieldPath: 'a', type });
    expect(() => transformed(toFields({ a: 1 }), [transform], at)).toThrow('INVALID_ARGUMENT');
  });
});
