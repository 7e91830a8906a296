import { ByteWriter } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import { checkedJson } from './json-text.ts';
import {
  ProtoReader,
  varintLength,
  WireType,
  writeKey,
  writeVarint,
  writeVarint64,
} from './proto-wire.ts';
import {
  defaultOf,
  type DraftOf,
  type Field,
  type MessageOf,
  type Shape,
  type SingleField,
} from './shape.ts';
import { fieldsByTag } from './shape-index.ts';

/**
 * A message from its protobuf, as the table says. JSON and bytes in it are views of `bytes`.
 * @param strict whether a field that the table does not have is a failure rather than skipped.
 * @throws {Failure} data
 */
export function readProto<S extends Shape>(
  shape: S,
  bytes: Uint8Array,
  strict = false,
): MessageOf<S> {
  const fields = fieldsByTag(shape);
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(shape)) {
    const value = defaultOf(field);
    if (value !== undefined) values[name] = value;
  }
  const reader = new ProtoReader(bytes);
  while (!reader.done) {
    const key = reader.key();
    const wireType = key & 7;
    const known = fields.get(key >>> 3);
    if (known === undefined && strict) {
      throw new Failure('data', `there is no field ${key >>> 3} in this message`);
    }
    if (known === undefined || wireTypeOf(known.field) !== wireType) {
      reader.skip(wireType);
      continue;
    }
    const { name, field } = known;
    if (field.kind === 'map') {
      readEntry(field.of, reader.bytes(), values[name] as Record<string, unknown>, strict);
      continue;
    }
    const value = readValue(field.kind === 'list' ? field.of : field, reader, strict);
    if (value === undefined) continue;
    if (field.kind === 'list') (values[name] as unknown[]).push(value);
    else values[name] = value;
  }
  // Every member was made above from the table that the type is made of.
  return values as MessageOf<S>;
}

/** Appends a message as protobuf, without its length. Defaults are left out. */
export function writeProto<S extends Shape>(shape: S, draft: DraftOf<S>, out: ByteWriter): void {
  for (const [name, field] of Object.entries(shape)) {
    const value = (draft as Readonly<Record<string, unknown>>)[name];
    if (value === undefined || field.tag === 0) continue;
    if (field.kind === 'list') {
      for (const item of value as readonly unknown[]) writeField(field.of, item, out);
    } else if (field.kind === 'map') writeMap(field.of, value as object, out);
    else if (value !== defaultOf(field)) writeField(field, value, out);
  }
}

/** The protobuf of a message. */
export function protoOf<S extends Shape>(shape: S, draft: DraftOf<S>): Uint8Array {
  const out = new ByteWriter();
  writeProto(shape, draft, out);
  return out.take();
}

/** Appends a field of bytes. */
export function writeBytes(out: ByteWriter, tag: number, value: Uint8Array): void {
  writeKey(out, tag, WireType.bytes);
  writeVarint(out, value.length);
  out.bytes(value);
}

/** Bytes that a field of bytes takes, key and length included. */
export function sizeOfBytes(tag: number, length: number): number {
  return varintLength(tag * 8) + varintLength(length) + length;
}

function readValue(field: SingleField, reader: ProtoReader, strict: boolean): unknown {
  switch (field.kind) {
    case 'string':
      return reader.string();
    case 'bool':
      return reader.varint64() !== 0n;
    case 'uint32':
      return reader.varint();
    case 'fixed32':
      return reader.fixed32();
    case 'int64':
      return BigInt.asIntN(64, reader.varint64());
    case 'fixed64':
      return reader.fixed64();
    case 'double':
      return reader.double();
    case 'enum': {
      const number = reader.varint();
      const name = Object.keys(field.names).find((key) => field.names[key] === number);
      if (name === undefined && strict) throw new Failure('data', `no value has number ${number}`);
      return name ?? defaultOf(field);
    }
    case 'message':
      return readProto(field.shape, reader.bytes(), strict);
    case 'json': {
      const text = reader.bytes();
      return text.length === 0 ? undefined : checkedJson(text);
    }
    case 'bytes':
    case 'opaque':
      return reader.bytes();
  }
}

function readEntry(
  of: SingleField,
  bytes: Uint8Array,
  entries: Record<string, unknown>,
  strict: boolean,
): void {
  const reader = new ProtoReader(bytes);
  let name = '';
  let value: unknown;
  while (!reader.done) {
    const key = reader.key();
    if (key === entryKey) name = reader.string();
    else if (key === 16 + wireTypeOf(of)) value = readValue(of, reader, strict);
    else reader.skip(key & 7);
  }
  const absent = of.kind === 'message' ? readProto(of.shape, empty) : (defaultOf(of) ?? empty);
  // An assignment to the name `__proto__` would set the prototype instead of a member.
  Object.defineProperty(entries, name, {
    value: value ?? absent,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

const entryKey = 8 + WireType.bytes;
const empty = new Uint8Array(0);

function writeMap(of: SingleField, entries: object, out: ByteWriter): void {
  for (const [name, value] of Object.entries(entries)) {
    const entry = new ByteWriter();
    writeBytes(entry, 1, Buffer.from(name));
    writeField({ ...of, tag: 2 }, value, entry);
    writeBytes(out, of.tag, entry.view());
  }
}

function writeField(field: SingleField, value: unknown, out: ByteWriter): void {
  switch (field.kind) {
    case 'string':
      return writeBytes(out, field.tag, Buffer.from(value as string));
    case 'bool':
      return writeNumber(out, field.tag, value === true ? 1 : 0);
    case 'uint32':
      return writeNumber(out, field.tag, value as number);
    case 'enum':
      return writeNumber(out, field.tag, field.names[value as string] ?? 0);
    case 'int64':
      writeKey(out, field.tag, WireType.varint);
      return writeVarint64(out, value as bigint);
    case 'fixed32':
      return writeFixed(out, field.tag, BigInt(value as number), 4);
    case 'fixed64':
      return writeFixed(out, field.tag, value as bigint, 8);
    case 'double':
      return writeDouble(out, field.tag, value as number);
    case 'message':
      return writeBytes(out, field.tag, protoOf(field.shape, value as DraftOf<Shape>));
    case 'json':
    case 'bytes':
    case 'opaque':
      return writeBytes(out, field.tag, value as Uint8Array);
  }
}

function writeNumber(out: ByteWriter, tag: number, value: number): void {
  writeKey(out, tag, WireType.varint);
  writeVarint(out, value);
}

function writeFixed(out: ByteWriter, tag: number, value: bigint, size: 4 | 8): void {
  writeKey(out, tag, size === 4 ? WireType.fixed32 : WireType.fixed64);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  out.bytes(bytes.subarray(0, size));
}

function writeDouble(out: ByteWriter, tag: number, value: number): void {
  writeKey(out, tag, WireType.fixed64);
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  out.bytes(bytes);
}

function wireTypeOf(field: Field): number {
  switch (field.kind) {
    case 'list':
      return wireTypeOf(field.of);
    case 'bool':
    case 'uint32':
    case 'int64':
    case 'enum':
      return WireType.varint;
    case 'fixed32':
      return WireType.fixed32;
    case 'fixed64':
    case 'double':
      return WireType.fixed64;
    default:
      return WireType.bytes;
  }
}
