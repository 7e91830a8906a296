import type { Field, Value } from '../protocol/document.gen.ts';

/** The place of a value's type among all types: what orders values of different types. */
export const TypeOrder = {
  null: 0,
  boolean: 1,
  number: 2,
  timestamp: 3,
  string: 4,
  bytes: 5,
  reference: 6,
  geoPoint: 7,
  array: 8,
  vector: 9,
  map: 10,
} as const;

/** Which place the type of `value` has. */
export function typeOrder(value: Value): number {
  switch (value.type.case) {
    case 'booleanValue':
      return TypeOrder.boolean;
    case 'integerValue':
    case 'doubleValue':
      return TypeOrder.number;
    case 'timestampValue':
      return TypeOrder.timestamp;
    case 'stringValue':
      return TypeOrder.string;
    case 'bytesValue':
      return TypeOrder.bytes;
    case 'referenceValue':
      return TypeOrder.reference;
    case 'geoPointValue':
      return TypeOrder.geoPoint;
    case 'arrayValue':
      return TypeOrder.array;
    case 'mapValue':
      return vectorElements(value.type.value.fields) ? TypeOrder.vector : TypeOrder.map;
    case 'nullValue':
    case undefined:
      return TypeOrder.null;
  }
}

/** The elements of a map that is a vector; undefined for other maps. */
export function vectorElements(fields: readonly Field[]): readonly Value[] | undefined {
  const type = fields.find(({ key }) => key === '__type__')?.value?.type;
  if (type?.case !== 'stringValue' || type.value !== '__vector__') return undefined;
  const elements = fields.find(({ key }) => key === 'value')?.value?.type;
  return elements?.case === 'arrayValue' ? elements.value.values : undefined;
}
