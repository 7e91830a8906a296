import { create, isMessage } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { ValueSchema, type Field, type Value } from '../protocol/document.gen.ts';
import { field, mapValue } from './field-path.ts';

/** What can be written plainly in a test. A `Value` stands for itself. */
export type Plain =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | Value
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** The fields of a plain object. */
export function toFields(plain: { readonly [key: string]: Plain }): readonly Field[] {
  return Object.entries(plain).map(([key, value]) => field(key, toValue(value)));
}

/** The value of something plain: a safe integer and a bigint become integers, other numbers doubles, −0 too. */
export function toValue(plain: Plain): Value {
  if (isMessage(plain, ValueSchema)) return plain;
  if (plain === null) return create(ValueSchema, { type: { case: 'nullValue', value: 0 } });
  if (plain instanceof Date) {
    const value = timestampFromDate(plain);
    return create(ValueSchema, { type: { case: 'timestampValue', value } });
  }
  if (plain instanceof Uint8Array) {
    return create(ValueSchema, { type: { case: 'bytesValue', value: plain } });
  }
  switch (typeof plain) {
    case 'boolean':
      return create(ValueSchema, { type: { case: 'booleanValue', value: plain } });
    case 'string':
      return create(ValueSchema, { type: { case: 'stringValue', value: plain } });
    case 'bigint':
      return create(ValueSchema, { type: { case: 'integerValue', value: plain } });
    case 'number':
      return Number.isSafeInteger(plain) && !Object.is(plain, -0)
        ? create(ValueSchema, { type: { case: 'integerValue', value: BigInt(plain) } })
        : create(ValueSchema, { type: { case: 'doubleValue', value: plain } });
    default:
      return isList(plain)
        ? create(ValueSchema, {
            type: {
              case: 'arrayValue',
              value: { values: plain.map((element) => toValue(element)) },
            },
          })
        : mapValue(toFields(plain));
  }
}

function isList(plain: object): plain is readonly Plain[] {
  return Array.isArray(plain);
}
