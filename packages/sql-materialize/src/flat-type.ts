import { shapeOf, ValueClass, type JsonSchema } from '@fairlead/json';
import type { Column } from '@fairlead/sdk';

/**
 * What the values of a column have in common, in the terms that SQL types are made of. Null is left
 * out, as every column but those of a key may hold it.
 *
 * | flat type | values |
 * |---|---|
 * | `boolean` | `true`, `false` |
 * | `integer` | integers of signed 64 bits; `safe` when none is beyond ±2^53, so that a double holds them |
 * | `integer-wide` | integers of up to `digits` digits, 38 at most |
 * | `number` | numbers that survive a double |
 * | `decimal` | numbers of up to `precision` digits, `scale` of them after the point |
 * | `string` | strings, and numbers that fit none of the above, as text |
 * | `date` | dates: `2024-02-29` |
 * | `date-time` | instants in RFC 3339, to the microsecond |
 * | `uuid` | UUIDs in lower case |
 * | `json` | objects, arrays, and values of several kinds |
 */
export type FlatType =
  | { readonly is: 'boolean' }
  | { readonly is: 'integer'; readonly safe: boolean }
  | { readonly is: 'integer-wide'; readonly digits: number }
  | { readonly is: 'number' }
  | { readonly is: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly is: 'string' }
  | { readonly is: 'date' }
  | { readonly is: 'date-time' }
  | { readonly is: 'uuid' }
  | { readonly is: 'json' };

/** The most digits that a decimal or wide integer has here. */
export const maxDigits = 38;

/**
 * The flat type of a column; undefined when nothing but null is known of it.
 *
 * Date-times of a key stay strings: two texts may name one instant, and are two keys.
 */
export function flatTypeOf(column: Pick<Column, 'schema' | 'key'>): FlatType | undefined {
  const type = flatTypeOfSchema(column.schema);
  return column.key && type?.is === 'date-time' ? { is: 'string' } : type;
}

/** The flat type of the values that a schema allows; undefined when it allows nothing but null. */
export function flatTypeOfSchema(schema: JsonSchema): FlatType | undefined {
  const shape = shapeOf(schema);
  const classes = shape.classes & ~ValueClass.null;
  if (classes === 0) return undefined;
  if (within(classes, ValueClass.boolean)) return { is: 'boolean' };
  if (within(classes, numbers)) return numberType(classes, shape.integerDigits, shape.scale);
  if (within(classes, strings)) return stringType(classes);
  return { is: 'json' };
}

const integers = ValueClass.safeInteger | ValueClass.longInteger | ValueClass.wideInteger;
const numbers = integers | ValueClass.double | ValueClass.decimal | ValueClass.wildNumber;
const strings = ValueClass.string | ValueClass.date | ValueClass.dateTime | ValueClass.uuid;

function numberType(classes: number, integerDigits: number, scale: number): FlatType {
  if (within(classes, ValueClass.safeInteger)) return { is: 'integer', safe: true };
  if (within(classes, ValueClass.safeInteger | ValueClass.longInteger)) {
    return { is: 'integer', safe: false };
  }
  if (within(classes, integers)) {
    return { is: 'integer-wide', digits: clamp(integerDigits, 19, maxDigits) };
  }
  if (within(classes, ValueClass.safeInteger | ValueClass.double)) return { is: 'number' };
  if ((classes & ValueClass.wildNumber) !== 0) return { is: 'string' };
  return decimalType(integerDigits, scale);
}

function decimalType(integerDigits: number, scale: number): FlatType {
  const precision = Math.max(1, integerDigits + scale);
  return precision > maxDigits ? { is: 'string' } : { is: 'decimal', precision, scale };
}

function stringType(classes: number): FlatType {
  if (classes === ValueClass.date) return { is: 'date' };
  if (classes === ValueClass.dateTime) return { is: 'date-time' };
  if (classes === ValueClass.uuid) return { is: 'uuid' };
  return { is: 'string' };
}

function within(classes: number, allowed: number): boolean {
  return (classes & ~allowed) === 0;
}

function clamp(value: number, least: number, greatest: number): number {
  return Math.min(greatest, Math.max(least, value));
}
