import {
  type JsonSchema,
  mergeShapes,
  type Shape,
  shapeOf,
  ValueClass,
  widens,
} from '@fairlead/json';
import { isMembers } from '../function/request.ts';
import { DataType } from '../protocol/common.gen.ts';

/** The type of a column, and what is written as it. */
export interface ColumnType {
  /** `UNSPECIFIED` where nothing is known: each value is then written as what it is. */
  readonly type: DataType;
  /** Of `DECIMAL`, where they are known. */
  readonly precision?: number;
  readonly scale?: number;
  /** Whether numbers may come as texts: `"1.10"`, `"NaN"`. */
  readonly textual?: boolean;
  /** The values that there may be. */
  readonly shape: Shape;
}

/** The most digits of a `DECIMAL`. */
export const mostDigits = 38;

const mostScale = 37;

/**
 * The type of the column of a member with this schema:
 *
 * | schema | type |
 * |---|---|
 * | boolean | BOOLEAN |
 * | integer | LONG; SHORT or INT where bounds say so; DECIMAL(38, 0) beyond 64 bits |
 * | number | DOUBLE; DECIMAL where digits have to be kept and 38 are enough, else STRING |
 * | string | STRING, by `format` NAIVE_DATE, UTC_DATETIME or DECIMAL, by its content BINARY or XML |
 * | `format: date-time` without a zone | NAIVE_DATETIME |
 * | string and number with `format: number` | DOUBLE, also for `"NaN"` |
 * | several scalar types | STRING |
 * | object, array, with or without others | JSON |
 * | nothing is said | UNSPECIFIED |
 */
export function columnTypeOf(schema: JsonSchema): ColumnType {
  const shape = shapeOf(schema);
  const plain = withoutNull(schema);
  return { ...typeOfShape(shape), ...specialType(plain), shape };
}

/** The type for what a column has already, and for what another one has. */
export function mergedType(column: ColumnType, other: ColumnType): ColumnType {
  if (!widens(column.shape, other.shape)) return column;
  const shape = mergeShapes(column.shape, other.shape);
  return { ...typeOfShape(shape), shape };
}

/** Whether values are written in the same way. */
export function isSameType(one: ColumnType, other: ColumnType): boolean {
  return one.type === other.type && one.precision === other.precision && one.scale === other.scale;
}

/** The least type that has a value too which the column's own type does not take. */
export function widened(column: ColumnType, value: Shape): ColumnType {
  const shape = mergeShapes(column.shape, value);
  const type = { ...typeOfShape(shape), shape };
  if (!isSameType(type, column) && type.type !== DataType.UNSPECIFIED) return type;
  const isScalar = (shape.classes & (ValueClass.object | ValueClass.array)) === 0;
  return { type: isScalar ? DataType.STRING : DataType.JSON, shape };
}

/** The type for values of which nobody has told: texts that look like dates are texts there. */
export function foundType(value: Shape): ColumnType {
  const isText = (value.classes & texts) !== 0;
  const shape = isText ? { ...value, classes: value.classes | texts } : value;
  return { ...typeOfShape(shape), shape };
}

const { boolean, safeInteger, longInteger, wideInteger, double, decimal, wildNumber } = ValueClass;
const texts = ValueClass.string | ValueClass.date | ValueClass.dateTime | ValueClass.uuid;
const integers = safeInteger | longInteger;
const numbers = integers | wideInteger | double | decimal | wildNumber;
const containers = ValueClass.object | ValueClass.array;
const anything = boolean | numbers | texts | containers;

function typeOfShape(shape: Shape): Omit<ColumnType, 'shape'> {
  const classes = shape.classes & anything;
  const isWithin = (some: number) => (classes & ~some) === 0;
  if (classes === 0 || classes === anything) return { type: DataType.UNSPECIFIED };
  if ((classes & containers) !== 0) return { type: DataType.JSON };
  if (isWithin(boolean)) return { type: DataType.BOOLEAN };
  if (isWithin(integers)) return { type: DataType.LONG };
  if (isWithin(integers | wideInteger)) return decimalType(mostDigits, 0);
  if (isWithin(safeInteger | double)) return { type: DataType.DOUBLE };
  if (isWithin(numbers)) {
    const { integerDigits, scale } = shape;
    const fits = isWithin(numbers & ~wildNumber) && integerDigits + scale <= mostDigits;
    return fits && scale <= mostScale
      ? decimalType(Math.max(1, integerDigits + scale), scale)
      : { type: DataType.STRING };
  }
  if (isWithin(ValueClass.date)) return { type: DataType.NAIVE_DATE };
  if (isWithin(ValueClass.dateTime)) return { type: DataType.UTC_DATETIME };
  return { type: DataType.STRING };
}

function decimalType(precision: number, scale: number): Omit<ColumnType, 'shape'> {
  return { type: DataType.DECIMAL, precision, scale };
}

/** What annotations say beyond the values that a schema allows. */
function specialType(schema: JsonSchema): Partial<ColumnType> {
  const types = typesOf(schema);
  if (types.length === 1 && types[0] === 'integer') return integerType(schema);
  if (types.includes('string') && types.length <= 2) {
    const { format } = schema;
    const others = types.filter((type) => type !== 'string');
    const isNumeric = others.every((type) => type === 'number' || type === 'integer');
    if (isNumeric && format === 'number') return { type: DataType.DOUBLE, textual: true };
    if (isNumeric && format === 'decimal') return { type: DataType.DECIMAL, textual: true };
    if (others.length === 0) return textType(schema);
  }
  return {};
}

function integerType({ minimum, maximum }: JsonSchema): Partial<ColumnType> {
  if (typeof minimum !== 'number' || typeof maximum !== 'number') return {};
  if (minimum >= -(2 ** 15) && maximum < 2 ** 15) return { type: DataType.SHORT };
  return minimum >= -(2 ** 31) && maximum < 2 ** 31 ? { type: DataType.INT } : {};
}

function textType(schema: JsonSchema): Partial<ColumnType> {
  const { format, contentEncoding, contentMediaType } = schema;
  if (contentEncoding === 'base64') return { type: DataType.BINARY };
  if (contentMediaType === 'application/xml' || contentMediaType === 'text/xml') {
    return { type: DataType.XML };
  }
  if (format === 'date-time' && schema['airbyte_type'] === 'timestamp_without_timezone') {
    return { type: DataType.NAIVE_DATETIME };
  }
  return {};
}

function typesOf({ type }: JsonSchema): readonly unknown[] {
  const types: readonly unknown[] = Array.isArray(type) ? type : type === undefined ? [] : [type];
  return types.filter((name) => name !== 'null');
}

/** The schema of a value that is there. */
function withoutNull(schema: JsonSchema): JsonSchema {
  const options = [schema['anyOf'], schema['oneOf']].find(Array.isArray);
  if (options === undefined) return schema;
  const some = options.filter(isMembers).filter((option) => option['type'] !== 'null');
  const [only] = some;
  return some.length === 1 && only !== undefined ? withoutNull(only) : schema;
}
