import { ByteWriter, Decimal, encodeValue } from '@fairlead/json';
import type { Cell, ColumnType } from '../warehouse/column-type.ts';
import { decimalType } from '../warehouse/decimal-type.ts';
import { widestType } from '../warehouse/widest-type.ts';

/**
 * The narrowest type that holds these values of JSON without loss: whole numbers by their size, then
 * doubles, then text; objects and arrays as JSON. Undefined when all of them are null.
 */
export function inferType(values: readonly unknown[]): ColumnType | undefined {
  let type: ColumnType | undefined;
  for (const value of values) {
    const own = typeOf(value);
    if (own === undefined) continue;
    type = type === undefined ? own : widestType(type, own);
  }
  if (type?.name !== 'DOUBLE') return type;
  return values.every(fitsDouble) ? type : { name: 'STRING' };
}

/** A value of JSON as one of a column of this type, which was inferred from it. */
export function cellOf(value: unknown, { name }: ColumnType): Cell {
  if (value === null || value === undefined) return null;
  switch (name) {
    case 'BOOLEAN':
      return value === true;
    case 'SHORT':
    case 'INT':
      return Number(value);
    case 'LONG':
      return typeof value === 'bigint' ? value : BigInt(Number(value));
    case 'DOUBLE':
      return Number(value);
    default:
      return textOf(value);
  }
}

function typeOf(value: unknown): ColumnType | undefined {
  switch (typeof value) {
    case 'boolean':
      return { name: 'BOOLEAN' };
    case 'number':
      return Number.isSafeInteger(value) ? wholeType(value) : { name: 'DOUBLE' };
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? { name: 'LONG' } : decimalType([String(value)]);
    case 'string':
      return { name: 'STRING' };
    default:
      if (value === null || value === undefined) return undefined;
      return value instanceof Decimal ? decimalType([value.text]) : { name: 'JSON' };
  }
}

function wholeType(value: number): ColumnType {
  if (value >= -(2 ** 15) && value < 2 ** 15) return { name: 'SHORT' };
  return { name: value >= -(2 ** 31) && value < 2 ** 31 ? 'INT' : 'LONG' };
}

/** Whether a number is the same as a double; what is no number is none of its concern. */
function fitsDouble(value: unknown): boolean {
  return typeof value !== 'bigint' || BigInt(Number(value)) === value;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const out = new ByteWriter();
  encodeValue(value, out);
  return Buffer.from(out.view()).toString('utf8');
}
