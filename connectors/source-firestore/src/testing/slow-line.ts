import { ProtoReader } from '../wire/protobuf.ts';
import { readTimeIn } from '../wire/time.ts';
import { jsonOfDouble, jsonOfTime } from './value.ts';

/**
 * The line of a `google.firestore.v1.Document`, by a decoder that follows the rules of protobuf one by one
 * and makes no haste. Throws where there is none.
 */
export function slowLine(document: Uint8Array, isSnapshot: boolean): string {
  const reader = new ProtoReader(document);
  const fields: Uint8Array[] = [];
  let nameBytes: Uint8Array = new Uint8Array();
  const createTimes: Uint8Array[] = [];
  const updateTimes: Uint8Array[] = [];
  while (reader.next()) {
    if (reader.tag === 0x0a) nameBytes = reader.view();
    if (reader.tag === 0x12) fields.push(reader.view());
    if (reader.tag === 0x1a) createTimes.push(reader.view());
    if (reader.tag === 0x22) updateTimes.push(reader.view());
  }
  const name = decodeText(nameBytes);
  if (name === '') throw new Error('no name');
  if (updateTimes.length === 0) throw new Error('no update time');
  const meta = [`"path":${JSON.stringify(name)}`];
  if (createTimes.length > 0) meta.push(`"ctime":${jsonOfJoinedTime(createTimes)}`);
  meta.push(`"mtime":${jsonOfJoinedTime(updateTimes)}`);
  if (isSnapshot) meta.push('"snapshot":true');
  const members = decodeMap(fields, 1);
  let free = '_meta_';
  while (members.has(free)) free += '_';
  const texts = [...members].map(
    ([key, value]) => `${JSON.stringify(key === '_meta' ? free : key)}:${value}`,
  );
  return `{${[`"_meta":{${meta.join(',')}}`, ...texts].join(',')}}`;
}

/** Of one message in several pieces, later ones speak for what they have. */
function jsonOfJoinedTime(pieces: readonly Uint8Array[]): string {
  const reader = new ProtoReader(Buffer.concat([Buffer.from([0]), ...pieces]));
  reader.valueStart = 1;
  reader.valueEnd = reader.bytes.length;
  return JSON.stringify(jsonOfTime(readTimeIn(reader)));
}

function decodeMap(entries: readonly Uint8Array[], level: number): Map<string, string> {
  const members = new Map<string, Uint8Array>();
  for (const entry of entries) {
    const reader = new ProtoReader(entry);
    let keyBytes: Uint8Array = new Uint8Array();
    const values: Uint8Array[] = [];
    while (reader.next()) {
      if (reader.tag === 0x0a) keyBytes = reader.view();
      if (reader.tag === 0x12) values.push(reader.view());
    }
    const key = decodeText(keyBytes);
    if (values.length > 1) throw new Error('in pieces');
    members.delete(key);
    members.set(key, values[0] ?? new Uint8Array());
  }
  return new Map([...members].map(([key, value]) => [key, decodeValue(value, level)]));
}

/** The last field that is known counts. */
function decodeValue(value: Uint8Array, level: number): string {
  const reader = new ProtoReader(value);
  let decode: (() => string) | undefined;
  let lastTag = 0;
  while (reader.next()) {
    const { tag, valueStart, valueEnd } = reader;
    const at = new ProtoReader(value);
    at.tag = tag;
    at.valueStart = valueStart;
    at.valueEnd = valueEnd;
    const decoder = decoders.get(tag);
    if (decoder === undefined) continue;
    if (tag === lastTag && messageTags.has(tag)) throw new Error('in pieces');
    lastTag = tag;
    decode = () => decoder(at, level);
  }
  if (decode === undefined) throw new Error('no type');
  return decode();
}

type Decoder = (reader: ProtoReader, level: number) => string;

const decoders = new Map<number, Decoder>([
  [0x08, (reader) => String(reader.int64() !== 0n)],
  [0x10, (reader) => String(reader.int64())],
  [0x19, (reader) => jsonOfDouble(reader.double())],
  [0x2a, (reader) => JSON.stringify(decodeText(reader.view()))],
  [0x32, decodeMapValue],
  [0x42, decodeGeoPoint],
  [0x4a, decodeArray],
  [0x52, (reader) => JSON.stringify(jsonOfTime(readTimeIn(reader)))],
  [0x58, () => 'null'],
  [0x8a, (reader) => JSON.stringify(decodeText(reader.view()))],
  [0x92, (reader) => JSON.stringify(Buffer.from(reader.view()).toString('base64'))],
]);

const messageTags = new Set([0x32, 0x42, 0x4a, 0x52]);

function decodeMapValue(reader: ProtoReader, level: number): string {
  if (level > 64) throw new Error('too deep');
  const members = decodeMap(fieldOne(reader), level + 1);
  return `{${[...members].map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
}

function decodeArray(reader: ProtoReader, level: number): string {
  if (level > 64) throw new Error('too deep');
  return `[${fieldOne(reader)
    .map((value) => decodeValue(value, level + 1))
    .join(',')}]`;
}

function decodeGeoPoint(reader: ProtoReader): string {
  const message = reader.message();
  const point = { latitude: 0, longitude: 0 };
  while (message.next()) {
    if (message.tag === 0x09) point.latitude = message.double();
    if (message.tag === 0x11) point.longitude = message.double();
  }
  return `{"latitude":${jsonOfDouble(point.latitude)},"longitude":${jsonOfDouble(point.longitude)}}`;
}

function fieldOne(reader: ProtoReader): Uint8Array[] {
  const message = reader.message();
  const found: Uint8Array[] = [];
  while (message.next()) if (message.tag === 0x0a) found.push(message.view());
  return found;
}

function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
