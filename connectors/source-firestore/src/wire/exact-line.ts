import { encodeString, type ByteWriter } from '@fairlead/json';
import { isFailure, type Failure } from '@fairlead/sdk';
import { documentFailure, type NamePlace } from './document-failure.ts';
import type { DocumentHeader } from './document-header.ts';
import { cutOff, readEntry, readValue, type Range } from './odd-encoding.ts';
import { ProtoReader } from './protobuf.ts';
import { formatTime, isTime, timeIn } from './time.ts';

/**
 * Writes the line of any document, with its line break, by the rules of protobuf one by one: fields in any order, unknown
 * ones left out, of keys and types that come twice the last. For documents that the kernel leaves.
 * After a failure there is something of the line in `out`.
 * @throws {Failure} data, which names the document and the path of the field.
 */
export function writeExactLine(
  bytes: Uint8Array,
  header: DocumentHeader,
  isSnapshot: boolean,
  out: ByteWriter,
): void {
  const document: Document = { bytes, header, out, path: [] };
  try {
    beginLine(document);
    if (header.hasCreateTime) out.ascii(`,"ctime":"${formatTime(header.createTime)}"`);
    out.ascii(`,"mtime":"${formatTime(header.updateTime)}"`);
    out.ascii(isSnapshot ? ',"snapshot":true}' : '}');
    const fields = entriesIn(document, { start: header.start, end: header.end }, 0x12);
    for (const [key, value] of fields) {
      out.ascii(',');
      writeMember(document, key, key === '_meta' ? freeName(fields) : key, value);
    }
  } catch (error) {
    // The path still leads to where it happened.
    if (isFailure(error) && error.where === undefined) throw failure(document, cutOff);
    throw error;
  }
  out.ascii('}\n');
}

/**
 * Writes a line up to and with the path of a document.
 * @throws {Failure} data, when it is no UTF-8.
 */
export function beginLine(document: Pick<Document, 'bytes' | 'header' | 'out' | 'path'>): void {
  const { bytes, header, out } = document;
  out.ascii('{"_meta":{"path":');
  encodeString(textOf(document, bytes.subarray(header.nameStart, header.nameEnd)), out);
}

/** A document on its way to JSON. */
interface Document {
  readonly bytes: Uint8Array;
  readonly header: NamePlace;
  readonly out: ByteWriter;
  /** Leads to the value that is being written. */
  readonly path: (string | number)[];
}

/** Arrays and maps within each other: Firestore allows 20 levels. */
const mostLevels = 64;

function failure({ bytes, header, path }: Document, reason: string): Failure {
  return documentFailure(bytes, header, path, reason);
}

/** What a field `_meta` is called, so that no other field has that name. */
function freeName(fields: ReadonlyMap<string, Range>): string {
  let name = '_meta_';
  while (fields.has(name)) name += '_';
  return name;
}

/** The values of a map by key, where the last of a key counts and stands where it came. */
function entriesIn(document: Document, { start, end }: Range, tag: number): Map<string, Range> {
  const reader = new ProtoReader(document.bytes, start, end);
  const entries = new Map<string, Range>();
  while (reader.next()) {
    if (reader.tag !== tag) continue;
    const entry = readEntry(document.bytes, reader.valueStart, reader.valueEnd);
    if (typeof entry === 'string') throw failure(document, entry);
    const key = textOf(document, document.bytes.subarray(entry.key.start, entry.key.end));
    entries.delete(key);
    entries.set(key, entry.value);
  }
  return entries;
}

function writeMember(document: Document, key: string, name: string, value: Range): void {
  encodeString(name, document.out);
  document.out.ascii(':');
  document.path.push(key);
  writeValue(document, value);
  document.path.pop();
}

function writeValue(document: Document, { start, end }: Range): void {
  const { bytes, out } = document;
  const field = readValue(bytes, start, end);
  if (typeof field === 'string') throw failure(document, field);
  const reader = new ProtoReader(bytes, field.start, field.end);
  reader.next();
  switch (reader.tag) {
    case 0x08:
      return out.ascii(reader.int64() === 0n ? 'false' : 'true');
    case 0x10:
      return out.ascii(String(reader.int64()));
    case 0x19:
      return writeDouble(reader.double(), out);
    case 0x32:
      return writeMap(document, { start: reader.valueStart, end: reader.valueEnd });
    case 0x42:
      return writeGeoPoint(reader.message(), out);
    case 0x4a:
      return writeArray(document, reader.message());
    case 0x52: {
      const time = timeIn(reader);
      if (!isTime(time)) throw failure(document, 'is a time outside the years 1 to 9999');
      return out.ascii(`"${formatTime(time)}"`);
    }
    case 0x58:
      return out.ascii('null');
    case 0x92:
      return out.ascii(`"${Buffer.from(reader.view()).toString('base64')}"`);
    default:
      return encodeString(textOf(document, reader.view()), out);
  }
}

function writeMap(document: Document, range: Range): void {
  const { out, path } = document;
  if (path.length > mostLevels) throw failure(document, tooDeep);
  let separator = '{';
  for (const [key, value] of entriesIn(document, range, 0x0a)) {
    out.ascii(separator);
    writeMember(document, key, key, value);
    separator = ',';
  }
  out.ascii(separator === '{' ? '{}' : '}');
}

function writeArray(document: Document, reader: ProtoReader): void {
  const { out, path } = document;
  if (path.length > mostLevels) throw failure(document, tooDeep);
  out.ascii('[');
  let index = 0;
  while (reader.next()) {
    if (reader.tag !== 0x0a) continue;
    if (index > 0) out.ascii(',');
    path.push(index++);
    writeValue(document, { start: reader.valueStart, end: reader.valueEnd });
    path.pop();
  }
  out.ascii(']');
}

/** A coordinate of 0 is not on the wire. */
function writeGeoPoint(reader: ProtoReader, out: ByteWriter): void {
  let latitude = 0;
  let longitude = 0;
  while (reader.next()) {
    if (reader.tag === 0x09) latitude = reader.double();
    if (reader.tag === 0x11) longitude = reader.double();
  }
  out.ascii('{"latitude":');
  writeDouble(latitude, out);
  out.ascii(',"longitude":');
  writeDouble(longitude, out);
  out.ascii('}');
}

/** As ECMAScript prints it, −0 as `-0`, and in quotes what JSON has no number for. */
function writeDouble(value: number, out: ByteWriter): void {
  if (Object.is(value, -0)) out.ascii('-0');
  else out.ascii(Number.isFinite(value) ? String(value) : `"${value}"`);
}

function textOf(document: Document, bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw failure(document, 'has a text that is no UTF-8');
  }
}

const tooDeep = 'is nested too deeply';
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
