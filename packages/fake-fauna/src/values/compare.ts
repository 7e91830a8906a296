import { isA, isArray, isObject, isRef, type Ref, type Value } from './value.ts';

/**
 * The order of values in an index: numbers < bytes < strings < arrays < objects < references, instants, dates and
 * UUIDs < false < true < null. Integers and doubles compare as numbers.
 */
export function compareValues(left: Value, right: Value): number {
  const byClass = classOf(left) - classOf(right);
  if (byClass !== 0) return byClass;
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right);
  if (isArray(left) && isArray(right)) return compareLists(left, right);
  if (isObject(left) && isObject(right)) return compareLists([...left].flat(), [...right].flat());
  if (isRef(left) && isRef(right)) return compareRefs(left, right);
  if (isA(left, 'time') && isA(right, 'time')) return sign(left.nanos, right.nanos);
  if (isA(left, 'bytes') && isA(right, 'bytes')) {
    return Buffer.compare(Buffer.from(left.base64, 'base64'), Buffer.from(right.base64, 'base64'));
  }
  const [a, b] = [plainText(left), plainText(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order of references: by what they belong to, then by the number of the id, not its text. */
export function compareRefs(left: Ref, right: Ref): number {
  const [[a, i], [b, j]] = [rank(left), rank(right)];
  return sign(a, b) || sign(i, j) || compareStrings(nativeName(left), nativeName(right));
}

/** Whether two values are the same. An integer equals a double of its size; objects need the same order of keys not. */
export function sameValue(left: Value, right: Value): boolean {
  if (isObject(left) && isObject(right)) {
    return (
      left.size === right.size &&
      [...left].every(([key, value]) => {
        const other = right.get(key);
        return other !== undefined && sameValue(value, other);
      })
    );
  }
  if (isArray(left) && isArray(right)) {
    return (
      left.length === right.length &&
      left.every((value, i) => {
        const other = right[i];
        return other !== undefined && sameValue(value, other);
      })
    );
  }
  if (Number.isNaN(left) && Number.isNaN(right)) return true;
  return (
    left === right ||
    (classOf(left) === classOf(right) && sameKind(left, right) && compareValues(left, right) === 0)
  );
}

function sameKind(left: Value, right: Value): boolean {
  const kind = (value: Value) =>
    typeof value === 'object' && value !== null && 'kind' in value ? value.kind : '';
  return kind(left) === kind(right) && kind(left) !== 'lambda' && kind(left) !== 'set';
}

function classOf(value: Value): number {
  if (isNumber(value)) return 0;
  if (isA(value, 'bytes')) return 1;
  if (typeof value === 'string') return 2;
  if (isArray(value)) return 3;
  if (isObject(value)) return 4;
  if (value === false) return 10;
  if (value === true) return 11;
  if (value === null) return 12;
  if (isRef(value)) return 5;
  if (isA(value, 'time')) return 6;
  if (isA(value, 'date')) return 7;
  if (isA(value, 'uuid')) return 8;
  return 9;
}

function isNumber(value: Value): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

function compareNumbers(left: bigint | number, right: bigint | number): number {
  if (Number.isNaN(left) || Number.isNaN(right)) {
    return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

const collator = new Intl.Collator('en');

function compareStrings(left: string, right: string): number {
  return collator.compare(left, right) || (left < right ? -1 : left > right ? 1 : 0);
}

function compareLists(left: readonly Value[], right: readonly Value[]): number {
  for (const [i, value] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const order = compareValues(value, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function rank(ref: Ref): readonly [bigint, bigint] {
  if (ref.to === 'document') return [ref.collection.serial, ref.id];
  return ref.to === 'schema' ? [0n, ref.object.serial] : [0n, 0n];
}

function nativeName(ref: Ref): string {
  return ref.to === 'native' ? ref.name : '';
}

function plainText(value: Value): string {
  return isA(value, 'date') || isA(value, 'uuid') ? value.text : '';
}

function sign(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
