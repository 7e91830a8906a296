import { create } from '@bufbuild/protobuf';
import { TimestampSchema } from '@bufbuild/protobuf/wkt';
import { ValueSchema, type Field, type Value } from '../protocol/document.gen.ts';
import { invalid } from '../invalid.ts';
import { field, mapValue } from './field-path.ts';
import { documentSize } from './size.ts';
import { vectorElements } from './type-order.ts';

const mebibyte = 1 << 20;
const reserved = /^__.*__$/s;

/**
 * The fields of a document as they are stored: each key once, the last of equal ones; timestamps cut to
 * microseconds. @throws {GrpcError} invalid argument, when a value may not be stored
 */
export function storable(fields: readonly Field[]): readonly Field[] {
  return storableFields(fields, 1);
}

/** Nothing, when a document has at most 1 MiB. @throws {GrpcError} invalid argument */
export function checkDocumentSize(path: string, fields: readonly Field[]): void {
  const size = documentSize(path, fields);
  if (size > mebibyte) {
    throw invalid(
      `Document "${path}" cannot be written because its size (${size} bytes) exceeds the maximum allowed size of 1,048,576 bytes.`,
    );
  }
}

function storableFields(fields: readonly Field[], depth: number): Field[] {
  const seen = new Map<string, Field>();
  for (const { key, value } of fields) {
    if (key === '') throw invalid('A field name may not be empty.');
    if (reserved.test(key)) throw invalid(`The field name "${key}" is reserved.`);
    if (Buffer.byteLength(key) > 1500) throw invalid('A field name has more than 1,500 bytes.');
    if (value === undefined) throw invalid(`The field "${key}" has no value.`);
    seen.set(key, field(key, storableValue(value, depth)));
  }
  return [...seen.values()];
}

function storableValue(value: Value, depth: number): Value {
  const { type } = value;
  switch (type.case) {
    case undefined:
      throw invalid('A value has no type, or one that cannot be stored.');
    case 'timestampValue': {
      const { seconds, nanos } = type.value;
      if (seconds < -62135596800n || seconds > 253402300799n || nanos < 0 || nanos > 999999999) {
        throw invalid('A timestamp lies outside the years 1 to 9999.');
      }
      const cut = create(TimestampSchema, { seconds, nanos: nanos - (nanos % 1000) });
      return create(ValueSchema, { type: { case: 'timestampValue', value: cut } });
    }
    case 'geoPointValue':
      if (!(Math.abs(type.value.latitude) <= 90 && Math.abs(type.value.longitude) <= 180)) {
        throw invalid('A geo point lies outside ±90 and ±180 degrees.');
      }
      return value;
    case 'arrayValue': {
      if (depth >= 20) throw invalid('Maps and arrays lie more than 20 deep.');
      const values = type.value.values.map((element) => {
        if (element.type.case === 'arrayValue') throw invalid('An array may not hold an array.');
        return storableValue(element, depth + 1);
      });
      return create(ValueSchema, { type: { case: 'arrayValue', value: { values } } });
    }
    case 'mapValue': {
      if (depth >= 20) throw invalid('Maps and arrays lie more than 20 deep.');
      if (vectorElements(type.value.fields)) return checkedVector(value);
      return mapValue(storableFields(type.value.fields, depth + 1));
    }
    case 'booleanValue':
    case 'integerValue':
    case 'doubleValue':
    case 'referenceValue':
    case 'nullValue':
    case 'stringValue':
    case 'bytesValue':
      return value;
  }
}

function checkedVector(value: Value): Value {
  const fields = value.type.case === 'mapValue' ? value.type.value.fields : [];
  const elements = vectorElements(fields) ?? [];
  if (fields.length !== 2) throw invalid('A vector has a type, a value and no other member.');
  if (elements.length > 2048) throw invalid('A vector has more than 2,048 dimensions.');
  if (elements.some(({ type }) => type.case !== 'doubleValue')) {
    throw invalid('A vector holds only doubles.');
  }
  return value;
}
