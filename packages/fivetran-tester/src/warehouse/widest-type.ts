import type { ColumnType, DataTypeName } from './column-type.ts';

/**
 * The narrowest type that holds the values of both, as Fivetran promotes columns: whole numbers to
 * longer ones and to doubles, decimals to longer ones, and what has nothing else in common to text.
 * A `LONG` becomes a `DOUBLE` here although not all of its values fit: whoever has the values looks.
 */
export function widestType(one: ColumnType, other: ColumnType): ColumnType {
  if (one.name === 'DECIMAL' || other.name === 'DECIMAL') return widestDecimal(one, other);
  if (one.name === other.name) return one;
  return {
    name: wideningOf[one.name]?.[other.name] ?? wideningOf[other.name]?.[one.name] ?? 'STRING',
  };
}

const wideningOf: Partial<Record<DataTypeName, Partial<Record<DataTypeName, DataTypeName>>>> = {
  SHORT: { INT: 'INT', LONG: 'LONG', FLOAT: 'FLOAT', DOUBLE: 'DOUBLE' },
  // A float has 24 bits of its own.
  INT: { LONG: 'LONG', FLOAT: 'DOUBLE', DOUBLE: 'DOUBLE' },
  LONG: { FLOAT: 'DOUBLE', DOUBLE: 'DOUBLE' },
  FLOAT: { DOUBLE: 'DOUBLE' },
  NAIVE_DATE: { NAIVE_DATETIME: 'NAIVE_DATETIME' },
};

/** Decimals beside floating numbers become text, since neither holds all values of the other. */
function widestDecimal(one: ColumnType, other: ColumnType): ColumnType {
  const [a, b] = [digitsOf(one), digitsOf(other)];
  if (a === undefined || b === undefined) return { name: 'STRING' };
  const scale = Math.max(a.scale, b.scale);
  const precision = Math.max(a.whole, b.whole) + scale;
  return precision > 38 ? { name: 'STRING' } : { name: 'DECIMAL', precision, scale };
}

function digitsOf({ name, precision = 38, scale = 0 }: ColumnType) {
  if (name === 'DECIMAL') return { whole: precision - scale, scale };
  const whole = wholeDigits[name];
  return whole === undefined ? undefined : { whole, scale: 0 };
}

const wholeDigits: Partial<Record<DataTypeName, number>> = { SHORT: 5, INT: 10, LONG: 19 };
