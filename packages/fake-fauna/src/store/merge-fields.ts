import { isArray, isObject, type FaunaObject, type Value } from '../values/value.ts';

/** Fields with others laid over them: objects are merged, null removes. */
export function merged(fields: FaunaObject, over: FaunaObject): FaunaObject {
  const result = new Map(fields);
  for (const [key, value] of over) {
    const before = result.get(key);
    if (value === null) result.delete(key);
    else if (isObject(value)) result.set(key, merged(isObject(before) ? before : new Map(), value));
    else result.set(key, isArray(value) ? value.map(inArray) : value);
  }
  return result;
}

/** Fields as they are stored: without those that are null, but for what lies in arrays. */
export function stored(fields: FaunaObject): FaunaObject {
  return merged(new Map(), fields);
}

function inArray(value: Value): Value {
  if (isArray(value)) return value.map(inArray);
  return isObject(value) ? stored(value) : value;
}
