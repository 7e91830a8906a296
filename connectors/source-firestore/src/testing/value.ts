import { ProtoWriter } from '../wire/protobuf.ts';
import { encodeTime, type Time } from '../wire/time.ts';

/** A value of Firestore, as tests write it. */
export type Value =
  | { readonly is: 'null' }
  | { readonly is: 'boolean'; readonly value: boolean }
  | { readonly is: 'integer'; readonly value: bigint }
  | { readonly is: 'double'; readonly value: number }
  | { readonly is: 'timestamp'; readonly value: Time }
  | { readonly is: 'string'; readonly value: string }
  | { readonly is: 'bytes'; readonly value: Uint8Array }
  | { readonly is: 'reference'; readonly value: string }
  | { readonly is: 'geo'; readonly latitude: number; readonly longitude: number }
  | { readonly is: 'array'; readonly values: readonly Value[] }
  | { readonly is: 'map'; readonly fields: Fields };

/** Fields in the order in which they are written. A name may come twice. */
export type Fields = readonly (readonly [name: string, value: Value])[];

/** A document, as tests write it. */
export interface TestDocument {
  readonly name: string;
  readonly fields: Fields;
  readonly createTime: Time;
  readonly updateTime: Time;
}

/** A `google.firestore.v1.Document`. */
export function encodeDocument(document: TestDocument): Uint8Array {
  const writer = new ProtoWriter().text(1, document.name);
  for (const [name, value] of document.fields) writer.message(2, encodeEntry(name, value));
  return writer
    .message(3, encodeTime(document.createTime))
    .message(4, encodeTime(document.updateTime))
    .finish();
}

/** A `google.firestore.v1.Value`. */
export function encodeValue(value: Value): ProtoWriter {
  const writer = new ProtoWriter();
  switch (value.is) {
    case 'null':
      return writer.varint(11, 0);
    case 'boolean':
      return writer.varint(1, value.value ? 1 : 0);
    case 'integer':
      return writer.varint(2, value.value);
    case 'double':
      return writer.double(3, value.value);
    case 'timestamp':
      return writer.message(10, encodeTime(value.value));
    case 'string':
      return writer.text(17, value.value);
    case 'bytes':
      return writer.bytes(18, value.value);
    case 'reference':
      return writer.text(5, value.value);
    case 'geo':
      return writer.message(8, encodeGeoPoint(value.latitude, value.longitude));
    case 'array': {
      const values = new ProtoWriter();
      for (const element of value.values) values.message(1, encodeValue(element));
      return writer.message(9, values);
    }
    case 'map': {
      const fields = new ProtoWriter();
      for (const [name, field] of value.fields) fields.message(1, encodeEntry(name, field));
      return writer.message(6, fields);
    }
  }
}

/** The JSON of a value: what the transcoder has to write. */
function jsonOf(value: Value): string {
  switch (value.is) {
    case 'null':
      return 'null';
    case 'boolean':
    case 'integer':
      return String(value.value);
    case 'double':
      return jsonOfDouble(value.value);
    case 'timestamp':
      return JSON.stringify(jsonOfTime(value.value));
    case 'string':
    case 'reference':
      return JSON.stringify(value.value);
    case 'bytes':
      return JSON.stringify(Buffer.from(value.value).toString('base64'));
    case 'geo':
      return `{"latitude":${jsonOfDouble(value.latitude)},"longitude":${jsonOfDouble(value.longitude)}}`;
    case 'array':
      return `[${value.values.map(jsonOf).join(',')}]`;
    case 'map':
      return `{${membersOf(value.fields).join(',')}}`;
  }
}

/** The line of a document, without its line break. */
export function lineOf(document: TestDocument, isSnapshot: boolean): string {
  const names = new Set(document.fields.map(([name]) => name));
  let free = '_meta_';
  while (names.has(free)) free += '_';
  const renamed = document.fields.map(
    ([name, value]) => [name === '_meta' ? free : name, value] as const,
  );
  const meta = [
    `"path":${JSON.stringify(document.name)}`,
    `"ctime":${JSON.stringify(jsonOfTime(document.createTime))}`,
    `"mtime":${JSON.stringify(jsonOfTime(document.updateTime))}`,
    ...(isSnapshot ? ['"snapshot":true'] : []),
  ];
  return `{${[`"_meta":{${meta.join(',')}}`, ...membersOf(renamed)].join(',')}}`;
}

/** A double as JSON has it, and as text where JSON has none. */
export function jsonOfDouble(value: number): string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? String(value) : JSON.stringify(String(value));
}

/** An instant as RFC 3339, by way of `Date`. */
export function jsonOfTime({ seconds, nanos }: Time): string {
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  return new Date(seconds * 1000).toISOString().replace('.000Z', `${fraction}Z`);
}

function membersOf(fields: Fields): string[] {
  const last = new Map<string, string>();
  for (const [name, value] of fields) {
    last.delete(name);
    last.set(name, `${JSON.stringify(name)}:${jsonOf(value)}`);
  }
  return [...last.values()];
}

function encodeEntry(name: string, value: Value): ProtoWriter {
  return new ProtoWriter().text(1, name).message(2, encodeValue(value));
}

function encodeGeoPoint(latitude: number, longitude: number): ProtoWriter {
  const point = new ProtoWriter();
  if (!Object.is(latitude, 0)) point.double(1, latitude);
  if (!Object.is(longitude, 0)) point.double(2, longitude);
  return point;
}
