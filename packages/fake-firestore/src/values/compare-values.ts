import { nameKey } from '../names/name-key.ts';
import type { Field, Value } from '../protocol/document.gen.ts';
import { typeOrder, vectorElements } from './type-order.ts';

/**
 * Less than, equal to or greater than 0, as `a` sorts before, with or after `b`. Integers and doubles
 * compare as exact numbers, NaN below all of them; −0 equals 0. Texts compare by UTF-8 bytes.
 */
export function compareValues(a: Value, b: Value): number {
  const types = typeOrder(a) - typeOrder(b);
  if (types !== 0) return types;
  const [x, y] = [a.type, b.type];
  if (x.case === 'booleanValue' && y.case === 'booleanValue') {
    return Number(x.value) - Number(y.value);
  }
  if (x.case === 'integerValue' || x.case === 'doubleValue') {
    return y.case === 'integerValue' || y.case === 'doubleValue'
      ? compareNumbers(x.value, y.value)
      : 0;
  }
  if (x.case === 'timestampValue' && y.case === 'timestampValue') {
    return compare(x.value.seconds, y.value.seconds) || x.value.nanos - y.value.nanos;
  }
  if (x.case === 'stringValue' && y.case === 'stringValue') return compareTexts(x.value, y.value);
  if (x.case === 'bytesValue' && y.case === 'bytesValue') return Buffer.compare(x.value, y.value);
  if (x.case === 'referenceValue' && y.case === 'referenceValue') {
    return compare(nameKey(x.value), nameKey(y.value));
  }
  if (x.case === 'geoPointValue' && y.case === 'geoPointValue') {
    return (
      compareNumbers(x.value.latitude, y.value.latitude) ||
      compareNumbers(x.value.longitude, y.value.longitude)
    );
  }
  if (x.case === 'arrayValue' && y.case === 'arrayValue') {
    return compareLists(x.value.values, y.value.values);
  }
  if (x.case === 'mapValue' && y.case === 'mapValue') {
    return compareMaps(x.value.fields, y.value.fields);
  }
  return 0;
}

/** The order of UTF-8 bytes, which is that of code points. */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const [x, y] = [a.charCodeAt(index), b.charCodeAt(index)];
    // A surrogate stands for a code point above all others of 16 bits.
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function compareNumbers(a: bigint | number, b: bigint | number): number {
  const [aNaN, bNaN] = [Number.isNaN(a), Number.isNaN(b)];
  if (aNaN || bNaN) return Number(bNaN) - Number(aNaN);
  // The language compares a bigint with a number by their exact values.
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareValues(value, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareMaps(a: readonly Field[], b: readonly Field[]): number {
  const [x, y] = [vectorElements(a), vectorElements(b)];
  if (x !== undefined && y !== undefined) return x.length - y.length || compareLists(x, y);
  const [left, right] = [sorted(a), sorted(b)];
  for (const [index, field] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const order = compareTexts(field.key, other.key) || compareFieldValues(field, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareFieldValues(a: Field, b: Field): number {
  return a.value !== undefined && b.value !== undefined ? compareValues(a.value, b.value) : 0;
}

function sorted(fields: readonly Field[]): Field[] {
  return [...fields].sort((a, b) => compareTexts(a.key, b.key));
}

function compare<Ordered extends bigint | string>(a: Ordered, b: Ordered): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
