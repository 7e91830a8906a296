import {
  type ByteRange,
  type ByteWriter,
  Decimal,
  decodeValue,
  encodeString,
  JsonSyntaxError,
  members,
} from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import { checkedJson } from './json-text.ts';
import { elementsOf } from './json-scan.ts';
import { protoOf, readProto } from './proto-message.ts';
import {
  defaultOf,
  type DraftOf,
  type Field,
  type MessageOf,
  type Shape,
  type SingleField,
} from './shape.ts';
import { fieldsByName } from './shape-index.ts';

/**
 * A message from the JSON object in `range`, as the table says. JSON in it is a view of `bytes`.
 * @param strict whether a member that the table does not have is a failure rather than skipped.
 * @throws {Failure} data
 */
export function readJson<S extends Shape>(
  shape: S,
  bytes: Uint8Array,
  range: ByteRange,
  strict = false,
): MessageOf<S> {
  const fields = fieldsByName(shape);
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(shape)) {
    const value = defaultOf(field);
    if (value !== undefined) values[name] = value;
  }
  for (const member of membersOf(bytes, range)) {
    const known = fields.get(member.name);
    if (known === undefined && strict && member.name !== '$internal') {
      throw new Failure('data', `there is no member "${member.name}" in this message`);
    }
    if (known === undefined) continue;
    const { name, field } = known;
    const isNull = bytes[member.start] === nullStart && field.kind !== 'json';
    if (isNull) continue;
    if (field.kind === 'list') {
      values[name] = [...elementsOf(bytes, member)].map((item) =>
        readValue(field.of, bytes, item, strict),
      );
    } else if (field.kind === 'map') {
      const entries = [...membersOf(bytes, member)].map(
        (entry) => [entry.name, readValue(field.of, bytes, entry, strict)] as const,
      );
      values[name] = Object.fromEntries(entries);
    } else values[name] = readValue(field, bytes, member, strict);
  }
  // Every member was made above from the table that the type is made of.
  return values as MessageOf<S>;
}

/** Appends a message as a JSON object on one line. Defaults are left out. */
export function writeJson<S extends Shape>(shape: S, draft: DraftOf<S>, out: ByteWriter): void {
  out.byte(openBrace);
  let first = true;
  for (const [name, field] of Object.entries(shape)) {
    const value = (draft as Readonly<Record<string, unknown>>)[name];
    if (value === undefined || isDefault(field, value)) continue;
    writeName(name, first, out);
    first = false;
    if (field.kind === 'list') writeList(field.of, value as readonly unknown[], out);
    else if (field.kind === 'map') writeMap(field.of, value as object, out);
    else writeValue(field, value, out);
  }
  out.byte(closeBrace);
}

/** JSON text without the line breaks that it may have between its tokens. */
export function onOneLine(text: Uint8Array): Uint8Array {
  if (!text.includes(newline)) return text;
  return text.map((byte) => (byte === newline ? space : byte));
}

const newline = 0x0a;
const space = 0x20;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const nullStart = 0x6e;

function* membersOf(bytes: Uint8Array, { start, end }: ByteRange) {
  try {
    yield* members(bytes, start, end);
  } catch (error) {
    throw error instanceof JsonSyntaxError ? malformed(error) : error;
  }
}

function readValue(
  field: SingleField,
  bytes: Uint8Array,
  range: ByteRange,
  strict: boolean,
): unknown {
  switch (field.kind) {
    case 'json':
      return checkedJson(bytes.subarray(range.start, range.end));
    case 'message':
      return readJson(field.shape, bytes, range, strict);
    case 'opaque':
      return sealOpaque(field.shape, bytes, range);
    default:
      return readScalar(field, decode(bytes, range), strict);
  }
}

function readScalar(field: SingleField, value: unknown, strict: boolean): unknown {
  switch (field.kind) {
    case 'string':
      if (typeof value === 'string') return value;
      break;
    case 'bool':
      if (typeof value === 'boolean') return value;
      break;
    case 'uint32':
    case 'fixed32': {
      const number = typeof value === 'string' && value !== '' ? Number(value) : value;
      if (Number.isInteger(number) && Number(number) >= 0 && Number(number) <= 0xffff_ffff) {
        return number;
      }
      break;
    }
    case 'int64':
    case 'fixed64': {
      const number = integer(value);
      const least = field.kind === 'int64' ? -(2n ** 63n) : 0n;
      const most = field.kind === 'int64' ? 2n ** 63n : 2n ** 64n;
      if (number !== undefined && number >= least && number < most) return number;
      break;
    }
    case 'double': {
      const number = asDouble(value);
      if (number !== undefined) return number;
      break;
    }
    case 'bytes':
      if (typeof value === 'string') return new Uint8Array(Buffer.from(value, 'base64'));
      break;
    case 'enum': {
      const name = Object.keys(field.names).find(
        (key) => key === value || field.names[key] === value,
      );
      const isKind = typeof value === 'string' || typeof value === 'number';
      if (name !== undefined || (isKind && !strict)) return name ?? defaultOf(field);
      break;
    }
    default:
  }
  throw new Failure('data', `a ${field.kind} is expected here`);
}

/** A number, or text that is one, as the nearest double. */
function asDouble(value: unknown): number | undefined {
  const text = value instanceof Decimal ? value.text : value;
  if (text === 'NaN') return Number.NaN;
  if (typeof text === 'string' && text.trim() === '') return undefined;
  if (!['number', 'bigint', 'string'].includes(typeof text)) return undefined;
  const number = Number(text);
  return Number.isNaN(number) ? undefined : number;
}

function integer(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

/** A protobuf field of ours, which no one else has: the JSON of a message, kept as it came. */
const asItCame = 536_870_911;

/**
 * A JSON message as protobuf. When it has something that the table does not know, its text goes
 * along, so that it can be given back whole.
 */
function sealOpaque(shape: Shape, bytes: Uint8Array, range: ByteRange): Uint8Array {
  const draft = readJson(shape, bytes, range);
  const sealed = protoOf(shape, draft);
  if (knowsAll(shape, bytes, range)) return sealed;
  const original = { text: { kind: 'json', tag: asItCame } } as const;
  const text = bytes.subarray(range.start, range.end);
  return Buffer.concat([sealed, protoOf(original, { text })]);
}

function knowsAll(shape: Shape, bytes: Uint8Array, range: ByteRange): boolean {
  try {
    readJson(shape, bytes, range, true);
    return true;
  } catch {
    return false;
  }
}

/** The JSON of a message that is kept as protobuf. What the table does not know cannot be said. */
function writeOpaque(shape: Shape, sealed: Uint8Array, out: ByteWriter): void {
  const original = readProto({ text: { kind: 'json', tag: asItCame } } as const, sealed).text;
  if (original === undefined) writeJson(shape, readProto(shape, sealed), out);
  else out.bytes(onOneLine(original));
}

function writeValue(field: SingleField, value: unknown, out: ByteWriter): void {
  switch (field.kind) {
    case 'string':
    case 'enum':
      return encodeString(value as string, out);
    case 'bool':
    case 'uint32':
    case 'fixed32':
      return out.ascii(String(value));
    case 'int64':
    case 'fixed64':
      return out.ascii(`"${String(value)}"`);
    case 'double':
      return out.ascii(Number.isFinite(value) ? String(value) : `"${String(value)}"`);
    case 'json':
      return out.bytes(onOneLine(value as Uint8Array));
    case 'bytes':
      return out.ascii(`"${Buffer.from(value as Uint8Array).toString('base64')}"`);
    case 'message':
      return writeJson(field.shape, value as DraftOf<Shape>, out);
    case 'opaque':
      return writeOpaque(field.shape, value as Uint8Array, out);
  }
}

function writeList(of: SingleField, values: readonly unknown[], out: ByteWriter): void {
  out.byte(openBracket);
  values.forEach((value, index) => {
    if (index > 0) out.byte(comma);
    writeValue(of, value, out);
  });
  out.byte(closeBracket);
}

function writeMap(of: SingleField, entries: object, out: ByteWriter): void {
  out.byte(openBrace);
  Object.entries(entries).forEach(([name, value], index) => {
    writeName(name, index === 0, out);
    writeValue(of, value, out);
  });
  out.byte(closeBrace);
}

function writeName(name: string, first: boolean, out: ByteWriter): void {
  if (!first) out.byte(comma);
  encodeString(name, out);
  out.byte(0x3a);
}

function isDefault(field: Field, value: unknown): boolean {
  switch (field.kind) {
    case 'list':
      return (value as readonly unknown[]).length === 0;
    case 'map':
      return Object.keys(value as object).length === 0;
    case 'json':
      return (value as Uint8Array).length === 0;
    default:
      return value === defaultOf(field);
  }
}

function decode(bytes: Uint8Array, { start, end }: ByteRange): unknown {
  try {
    return decodeValue(bytes, start, end);
  } catch (error) {
    throw error instanceof JsonSyntaxError ? malformed(error) : error;
  }
}

function malformed({ reason }: JsonSyntaxError): Failure {
  return new Failure('data', `malformed JSON: ${reason}`);
}
