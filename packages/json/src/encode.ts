import type { ByteWriter } from './byte-writer.ts';
import { Decimal } from './decimal.ts';
import { EncodeError } from './encode-error.ts';

/**
 * Writes `value` as JSON, without loss.
 *
 * Numbers are written in the shortest form that parses back to them, −0 as `-0.0`; `bigint` and
 * {@link Decimal} with all their digits; a `Date` as RFC 3339 in UTC; a `Uint8Array` as a string of
 * base64; a `Map` with strings for keys as an object. What has a `toJSON` is replaced by its answer.
 * Members that are undefined are left out; elements that are become null. Members named by symbols
 * are not looked at.
 * @throws {EncodeError} for whatever has no faithful form: NaN, infinities, symbols, functions,
 * cycles, lone surrogates, other built-in objects, over 1,000 levels. `out` is then as it was.
 */
export function encodeValue(value: unknown, out: ByteWriter): void {
  const before = out.length;
  try {
    const encoding: Encoding = { out, path: [], open: [] };
    write(replaced(value, '', encoding.path), encoding);
  } catch (error) {
    out.truncate(before);
    throw error;
  }
}

/**
 * Writes `value` as {@link encodeValue} does, when that is a JSON object.
 * @throws {EncodeError} also when it is not.
 */
export function encodeObject(value: unknown, out: ByteWriter): void {
  const before = out.length;
  encodeValue(value, out);
  if (out.view()[before] === openBrace) return;
  out.truncate(before);
  throw new EncodeError('not an object');
}

/** Writes one document and its `\n`: {@link encodeObject} and the end of the line. */
export function encodeLine(value: unknown, out: ByteWriter): void {
  encodeObject(value, out);
  out.byte(0x0a);
}

/**
 * Writes `text` as a JSON string with its quotes.
 * @throws {EncodeError} when it holds a lone surrogate.
 */
export function encodeString(text: string, out: ByteWriter): void {
  if (!needsCare.test(text)) {
    out.byte(quote);
    out.ascii(text);
    out.byte(quote);
    return;
  }
  if (loneSurrogate.test(text)) throw new EncodeError('a string with a lone surrogate');
  out.utf8(JSON.stringify(text));
}

const quote = 0x22;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const colon = 0x3a;
/** Whatever is not ASCII, or has to be escaped. */
const needsCare = /[^ !#-[\]-~\x7f]/;
const loneSurrogate = /\p{Surrogate}/u;
const deepest = 1000;

/** What one call of `encodeValue` keeps: the way to where it is, and the objects along it. */
interface Encoding {
  readonly out: ByteWriter;
  readonly path: (string | number)[];
  readonly open: object[];
}

function write(value: unknown, encoding: Encoding): void {
  const { out, path } = encoding;
  switch (typeof value) {
    case 'string':
      return writeString(value, encoding);
    case 'number':
      return writeNumber(value, encoding);
    case 'boolean':
      return out.ascii(value ? 'true' : 'false');
    case 'bigint':
      return out.ascii(value.toString());
    case 'object':
      return value === null ? out.ascii('null') : writeObject(value, encoding);
    default:
      throw new EncodeError(`${kindOf(value)} has no form in JSON`, path);
  }
}

function kindOf(value: unknown): string {
  return value === undefined ? 'undefined' : `a ${typeof value}`;
}

function writeString(text: string, { out, path }: Encoding): void {
  try {
    encodeString(text, out);
  } catch (error) {
    throw error instanceof EncodeError ? new EncodeError(error.reason, path) : error;
  }
}

function writeNumber(value: number, { out, path }: Encoding): void {
  if (!Number.isFinite(value)) throw new EncodeError(`${value} is no JSON number`, path);
  if (Object.is(value, -0)) out.ascii('-0.0');
  else if (Number.isSafeInteger(value)) out.integer(value);
  else out.ascii(String(value));
}

function writeObject(value: object, encoding: Encoding): void {
  const { out, path, open } = encoding;
  if (value instanceof Decimal) return out.ascii(value.text);
  if (value instanceof Date) return out.ascii(`"${dateText(value, path)}"`);
  if (value instanceof Uint8Array) return out.ascii(`"${base64(value)}"`);
  if (open.includes(value)) throw new EncodeError('a cycle has no form in JSON', path);
  if (open.length === deepest) throw new EncodeError('nested deeper than 1,000 levels', path);
  open.push(value);
  if (Array.isArray(value)) writeArray(value, encoding);
  else writeMembers(memberEntries(value, path), encoding);
  open.pop();
}

function writeArray(array: readonly unknown[], encoding: Encoding): void {
  const { out, path } = encoding;
  out.byte(openBracket);
  for (let index = 0; index < array.length; index++) {
    if (index > 0) out.byte(comma);
    path.push(index);
    write(replaced(array[index], String(index), path) ?? null, encoding);
    path.pop();
  }
  out.byte(closeBracket);
}

function writeMembers(entries: Iterable<[string, unknown]>, encoding: Encoding): void {
  const { out, path } = encoding;
  let isFirst = true;
  out.byte(openBrace);
  for (const [name, member] of entries) {
    path.push(name);
    const value = replaced(member, name, path);
    if (value !== undefined) {
      if (!isFirst) out.byte(comma);
      isFirst = false;
      writeString(name, encoding);
      out.byte(colon);
      write(value, encoding);
    }
    path.pop();
  }
  out.byte(closeBrace);
}

/** The answer of `toJSON`, where there is one and we do not know better. */
function replaced(value: unknown, key: string, path: readonly (string | number)[]): unknown {
  if (typeof value !== 'object' || value === null || isScalarObject(value)) return value;
  if (!('toJSON' in value) || typeof value.toJSON !== 'function') return value;
  try {
    return value.toJSON(key);
  } catch (cause) {
    throw new EncodeError('toJSON failed', path, { cause });
  }
}

function isScalarObject(value: object): boolean {
  return value instanceof Decimal || value instanceof Date || value instanceof Uint8Array;
}

function memberEntries(
  value: object,
  path: readonly (string | number)[],
): Iterable<[string, unknown]> {
  if (value instanceof Map) return mapEntries(value, path);
  // Sets, errors, promises, typed arrays and the like would look like objects without members.
  const tag = Object.prototype.toString.call(value);
  if (tag === '[object Object]') return Object.entries(value);
  throw new EncodeError(`${tag.slice(8, -1)} has no form in JSON`, path);
}

function* mapEntries(
  map: ReadonlyMap<unknown, unknown>,
  path: readonly (string | number)[],
): Generator<[string, unknown]> {
  for (const [key, value] of map) {
    if (typeof key !== 'string') throw new EncodeError('a key that is no string', path);
    yield [key, value];
  }
}

function dateText(date: Date, path: readonly (string | number)[]): string {
  const year = date.getUTCFullYear();
  if (Number.isNaN(year)) throw new EncodeError('an invalid date', path);
  if (year < 0 || year > 9999) throw new EncodeError('a date outside the years 0 to 9999', path);
  return date.toISOString();
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
