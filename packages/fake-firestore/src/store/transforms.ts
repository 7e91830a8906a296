import { create } from '@bufbuild/protobuf';
import { ValueSchema, type Field, type Value } from '../protocol/document.gen.ts';
import type { FieldTransform } from '../protocol/write.gen.ts';
import { invalid } from '../invalid.ts';
import { timestampOf, type Micros } from '../time/micros.ts';
import { compareValues } from '../values/compare-values.ts';
import { parseFieldPath, valueAt, withValueAt } from '../values/field-path.ts';
import { toValue } from '../values/to-value.ts';
import { TypeOrder, typeOrder } from '../values/type-order.ts';

/** The fields after transforms, in their order, and what each one answers. */
export function transformed(
  fields: readonly Field[],
  transforms: readonly FieldTransform[],
  at: Micros,
): { fields: readonly Field[]; results: Value[] } {
  let next = fields;
  const results = transforms.map((transform) => {
    const path = parseFieldPath(transform.fieldPath);
    const value = transformValue(transform, valueAt(next, path), at);
    next = withValueAt(next, path, value);
    // Array transforms answer null, since what they give was not asked for.
    return transform.type.case?.endsWith('Array') || transform.type.case?.endsWith('Elements')
      ? toValue(null)
      : value;
  });
  return { fields: next, results };
}

function transformValue({ type }: FieldTransform, now: Value | undefined, at: Micros): Value {
  switch (type.case) {
    case 'setToServerValue': {
      if (type.value !== 1) throw invalid('The only server value is the time of the request.');
      const value = timestampOf(Math.floor(at / 1000) * 1000);
      return create(ValueSchema, { type: { case: 'timestampValue', value } });
    }
    case 'increment':
      return number(now) === undefined ? operand(type.value) : sum(now, operand(type.value));
    case 'maximum':
      return extreme(now, operand(type.value), 1);
    case 'minimum':
      return extreme(now, operand(type.value), -1);
    case 'appendMissingElements': {
      const values = elements(now);
      for (const value of type.value.values) {
        if (!values.some((other) => compareValues(other, value) === 0)) values.push(value);
      }
      return toValue(values);
    }
    case 'removeAllFromArray': {
      const gone = type.value.values;
      const keep = (value: Value) => gone.every((other) => compareValues(other, value) !== 0);
      return toValue(elements(now).filter(keep));
    }
    case undefined:
      throw invalid('A transform has no kind that this server knows.');
  }
}

function operand(value: Value): Value {
  if (number(value) === undefined) throw invalid('The operand of a transform is not a number.');
  return value;
}

/** Integers stay integers and stop at the ends of 64 bits; with a double the sum is one. */
function sum(a: Value | undefined, b: Value): Value {
  const [x, y] = [number(a) ?? 0n, number(b) ?? 0n];
  if (typeof x === 'number' || typeof y === 'number') return double(Number(x) + Number(y));
  const total = x + y;
  const highest = 2n ** 63n - 1n;
  return toValue(total > highest ? highest : total < -highest - 1n ? -highest - 1n : total);
}

function extreme(now: Value | undefined, value: Value, sign: 1 | -1): Value {
  if (now === undefined || number(now) === undefined) return value;
  if (Number.isNaN(number(now))) return now;
  if (Number.isNaN(number(value))) return value;
  return compareValues(value, now) * sign > 0 ? value : now;
}

function number(value: Value | undefined): bigint | number | undefined {
  if (value === undefined || typeOrder(value) !== TypeOrder.number) return undefined;
  const { type } = value;
  return type.case === 'integerValue' || type.case === 'doubleValue' ? type.value : undefined;
}

function double(value: number): Value {
  return create(ValueSchema, { type: { case: 'doubleValue', value } });
}

function elements(value: Value | undefined): Value[] {
  return value?.type.case === 'arrayValue' ? [...value.type.value.values] : [];
}
