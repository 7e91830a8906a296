import type { Field, Value } from '../protocol/document.gen.ts';

/** Whether two documents hold the same: types included, −0 apart from 0, NaN the same as NaN, members in any order. */
export function sameFields(a: readonly Field[], b: readonly Field[]): boolean {
  if (a.length !== b.length) return false;
  const others = new Map(b.map(({ key, value }) => [key, value]));
  return a.every(({ key, value }) => {
    const other = others.get(key);
    return value !== undefined && other !== undefined && sameValue(value, other);
  });
}

/** As `sameFields`, for one value. */
export function sameValue(a: Value, b: Value): boolean {
  const [x, y] = [a.type, b.type];
  if (x.case === 'mapValue' && y.case === 'mapValue') {
    return sameFields(x.value.fields, y.value.fields);
  }
  if (x.case === 'arrayValue' && y.case === 'arrayValue') {
    const others = y.value.values;
    return (
      x.value.values.length === others.length &&
      x.value.values.every((value, index) => {
        const other = others[index];
        return other !== undefined && sameValue(value, other);
      })
    );
  }
  if (x.case === 'bytesValue' && y.case === 'bytesValue') {
    return Buffer.compare(x.value, y.value) === 0;
  }
  if (x.case === 'timestampValue' && y.case === 'timestampValue') {
    return x.value.seconds === y.value.seconds && x.value.nanos === y.value.nanos;
  }
  if (x.case === 'geoPointValue' && y.case === 'geoPointValue') {
    return (
      Object.is(x.value.latitude, y.value.latitude) &&
      Object.is(x.value.longitude, y.value.longitude)
    );
  }
  return x.case === y.case && Object.is(x.value, y.value);
}
