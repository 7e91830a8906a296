import { integerClasses, numberClasses, textClasses } from './class-sets.ts';
import { integerDigits as digitsOf } from './number-class.ts';
import { anyShape, sameShape } from './merge-shape.ts';
import { ValueClass, type Shape } from './shape.ts';

/** A JSON Schema (draft 2020-12) as a plain object. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/**
 * The JSON Schema of the values that a shape stands for; `shapeOf` reads it back.
 *
 * | values seen                       | schema                                            |
 * |-----------------------------------|---------------------------------------------------|
 * | integers up to 2^53               | `integer`, `minimum` −2^53, `maximum` 2^53        |
 * | integers of 64 bits               | `integer`                                         |
 * | longer integers of up to 38 digits| `integer`, `x-digits` 38                          |
 * | numbers that a double holds       | `number`                                          |
 * | numbers that need their digits    | `number`, `x-digits`, `x-scale`                   |
 * | strings of one form               | `string`, `format` `date`, `date-time` or `uuid`  |
 * | strings of none or several        | `string`                                          |
 * | nothing                           | `not: {}`                                         |
 * | everything                        | no keyword                                        |
 *
 * `x-digits` is the greatest number of digits before the point plus `x-scale`, the greatest number
 * after it: what a decimal column must hold. Over 38 say that no decimal column may. `type` is one
 * name, or an array of names in the order null, boolean, integer, number, string, object, array.
 * `required` lists the properties that are not optional; other properties are always allowed.
 */
export function schemaOf(shape: Shape): JsonSchema {
  if (shape.classes === 0) return { not: {} };
  if (sameShape({ ...shape, optional: false }, anyShape)) return {};
  const { type: numberType, ...bounds } = numberSchema(shape);
  const types = [
    has(shape, ValueClass.null) && 'null',
    has(shape, ValueClass.boolean) && 'boolean',
    numberType,
    has(shape, textClasses) && 'string',
    has(shape, ValueClass.object) && 'object',
    has(shape, ValueClass.array) && 'array',
  ].filter((name) => typeof name === 'string');
  return {
    type: types.length === 1 ? types[0] : types,
    ...bounds,
    ...formatSchema(shape),
    ...objectSchema(shape),
    ...arraySchema(shape),
  };
}

/** The annotations that hold the digits of numbers. */
export const digitsKeyword = 'x-digits';
export const scaleKeyword = 'x-scale';

/** The greatest counts of digits of a number that a double holds, padding with zeros apart. */
export const doubleDigits = { integerDigits: 309, scale: 324 } as const;

/** The forms of strings that JSON Schema has a name for. */
export const formats: ReadonlyMap<string, number> = new Map([
  ['date', ValueClass.date],
  ['date-time', ValueClass.dateTime],
  ['uuid', ValueClass.uuid],
]);

function has({ classes }: Shape, some: number): boolean {
  return (classes & some) !== 0;
}

function numberSchema(shape: Shape): {
  readonly type?: string;
  readonly [keyword: string]: unknown;
} {
  if (!has(shape, numberClasses)) return {};
  if (!has(shape, numberClasses & ~integerClasses)) return integerSchema(shape);
  const isDouble = !has(shape, numberClasses & ~(ValueClass.double | ValueClass.safeInteger));
  const fits =
    shape.integerDigits <= doubleDigits.integerDigits && shape.scale <= doubleDigits.scale;
  return isDouble && fits ? { type: 'number' } : exactSchema(shape);
}

function integerSchema(shape: Shape): {
  readonly type: string;
  readonly [keyword: string]: unknown;
} {
  const type = 'integer';
  if (has(shape, ValueClass.wideInteger)) return { type, [digitsKeyword]: digitsOf.wide };
  if (has(shape, ValueClass.longInteger)) return { type };
  return { type, minimum: -(2 ** 53), maximum: 2 ** 53 };
}

function exactSchema(shape: Shape): { readonly type: string; readonly [keyword: string]: unknown } {
  const { integerDigits, scale } = shape;
  const digits = integerDigits + scale;
  const isWild = has(shape, ValueClass.wildNumber);
  return {
    type: 'number',
    [digitsKeyword]: isWild ? Math.max(digits, digitsOf.wide + 1) : digits,
    [scaleKeyword]: scale,
  };
}

function formatSchema({ classes }: Shape): JsonSchema {
  const text = classes & textClasses;
  for (const [format, valueClass] of formats) if (text === valueClass) return { format };
  return {};
}

function objectSchema({ properties }: Shape): JsonSchema {
  if (properties === undefined) return {};
  const required = [...properties].filter(([, { optional }]) => !optional).map(([name]) => name);
  return {
    properties: Object.fromEntries([...properties].map(([name, shape]) => [name, schemaOf(shape)])),
    ...(required.length > 0 && { required }),
  };
}

/** Of arrays that all were empty nothing is said, as `items` would refuse every other. */
function arraySchema({ items }: Shape): JsonSchema {
  return items === undefined || items.classes === 0 ? {} : { items: schemaOf(items) };
}
