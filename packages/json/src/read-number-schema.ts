import { digitsKeyword, doubleDigits, scaleKeyword, type JsonSchema } from './json-schema.ts';
import { emptyShape } from './merge-shape.ts';
import { integerDigits as digitsOf, mostDigits } from './number-class.ts';
import { ValueClass, type Shape } from './shape.ts';

const { safeInteger, longInteger, wideInteger, double, decimal, wildNumber } = ValueClass;

/**
 * The integers of a schema of type `integer`: with as many digits as `x-digits` or `minimum` and
 * `maximum` say, else of 64 bits.
 */
export function integerShape(schema: JsonSchema): Shape {
  const digits = count(schema[digitsKeyword]);
  if (digits !== undefined) return integers(integersOf(digits), digits);
  const largest = Math.max(
    bound(schema, 'minimum', 'exclusiveMinimum'),
    bound(schema, 'maximum', 'exclusiveMaximum'),
  );
  if (largest <= 2 ** 53) return integers(safeInteger, digitsIn(largest));
  if (largest <= 2 ** 63) return integers(safeInteger | longInteger, digitsOf.long);
  const long = digitsIn(largest);
  return integers(integersOf(long), long);
}

/**
 * The numbers of a schema of type `number`: with as many digits as `x-digits` and `x-scale` say,
 * else those that a double holds.
 */
export function numberShape(schema: JsonSchema): Shape {
  const digits = count(schema[digitsKeyword]);
  if (digits === undefined) {
    return { ...emptyShape, ...doubleDigits, classes: safeInteger | double };
  }
  const scale = Math.min(count(schema[scaleKeyword]) ?? 0, digits);
  const wild = digits > digitsOf.wide ? wildNumber : 0;
  const classes = integersOf(digits - scale) | double | decimal | wild;
  return { ...emptyShape, classes, integerDigits: digits - scale, scale };
}

/** The classes that integers of so many digits have. */
function integersOf(digits: number): number {
  if (digits < digitsOf.safe) return safeInteger;
  if (digits < digitsOf.long) return safeInteger | longInteger;
  if (digits <= digitsOf.wide) return safeInteger | longInteger | wideInteger;
  return safeInteger | longInteger | wideInteger | wildNumber;
}

function integers(classes: number, integerDigits: number): Shape {
  return { ...emptyShape, classes, integerDigits };
}

/** The magnitude of the bound that one of these keywords sets; that of 64 bits when none does. */
function bound(schema: JsonSchema, ...keywords: readonly string[]): number {
  const values = keywords.map((keyword) => schema[keyword]);
  const found = values.find((value) => typeof value === 'number' && Number.isFinite(value));
  return typeof found === 'number' ? Math.abs(found) : 2 ** 63;
}

/** How many digits the whole part of `value` has; 0 when it has none. */
function digitsIn(value: number): number {
  return value < 1 ? 0 : BigInt(Math.floor(value)).toString().length;
}

/** A count of digits, if `value` is one. */
function count(value: unknown): number | undefined {
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return isCount ? Math.min(value, 2 * mostDigits) : undefined;
}
