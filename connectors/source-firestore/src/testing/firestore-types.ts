import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import protobuf from 'protobufjs';
import type { Fields, TestDocument, Value } from './value.ts';

/** A message of `google.firestore.v1`, or of the package that is named in full, by Google's own descriptors. */
export function messageType(name: string): protobuf.Type {
  const isAdmin = name.startsWith('google.firestore.admin.');
  const root = isAdmin ? adminTypes : types;
  return root.lookupType(
    name.includes('.v1.') || name.startsWith('google.') ? name : `google.firestore.v1.${name}`,
  );
}

const folder = join(
  dirname(createRequire(import.meta.url).resolve('@google-cloud/firestore')),
  '../protos',
);
const types = rootOf('v1.json');
const adminTypes = rootOf('admin_v1.json');

function rootOf(file: string): protobuf.Root {
  return protobuf.Root.fromJSON(JSON.parse(readFileSync(join(folder, file), 'utf8')));
}

/** A document as protobufjs takes it, with `rename` for the names of fields, each of which must be another. */
export function protobufOf(document: TestDocument, rename: (name: string) => string): object {
  const { name, fields, createTime, updateTime } = document;
  return { name, fields: protobufOfFields(fields, rename), createTime, updateTime };
}

function protobufOfFields(fields: Fields, rename: (name: string) => string): object {
  return Object.fromEntries(
    fields.map(([name, value]) => [rename(name), protobufOfValue(value, rename)]),
  );
}

function protobufOfValue(value: Value, rename: (name: string) => string): object {
  switch (value.is) {
    case 'null':
      return { nullValue: 0 };
    case 'boolean':
      return { booleanValue: value.value };
    case 'integer':
      return { integerValue: String(value.value) };
    case 'double':
      return { doubleValue: value.value };
    case 'timestamp':
      return { timestampValue: value.value };
    case 'string':
      return { stringValue: value.value };
    case 'bytes':
      return { bytesValue: value.value };
    case 'reference':
      return { referenceValue: value.value };
    case 'geo':
      return { geoPointValue: { latitude: value.latitude, longitude: value.longitude } };
    case 'array':
      return {
        arrayValue: { values: value.values.map((element) => protobufOfValue(element, rename)) },
      };
    case 'map':
      return { mapValue: { fields: protobufOfFields(value.fields, rename) } };
  }
}
