import { DataType } from '../protocol/common.gen.ts';
import { putBase64 } from './base64-bytes.ts';
import type { ColumnType } from './column-type.ts';
import {
  decimalWriter,
  integerWriter,
  isInteger,
  writeDouble,
  writeTextualDouble,
  writeWide,
} from './number-writers.ts';
import { putText } from './text-bytes.ts';
import { putTimestamp, type TimeForm } from './time-bytes.ts';
import { putRaw, Tag, type WriteValue } from './value-type.ts';
import { type WireBuffer, widthOf } from './wire-buffer.ts';

/** Writes values of a type. */
export function valueWriter(column: ColumnType): WriteValue {
  const textual = column.textual === true;
  switch (column.type) {
    case DataType.UNSPECIFIED:
      return writeAny;
    case DataType.BOOLEAN:
      return writeBoolean;
    case DataType.SHORT:
      return integerWriter(Tag.short, 16);
    case DataType.INT:
      return integerWriter(Tag.int, 32);
    case DataType.LONG:
      return integerWriter(Tag.long, 64);
    case DataType.DECIMAL:
      return decimalWriter(column, textual);
    case DataType.FLOAT:
    case DataType.DOUBLE:
      return textual ? writeTextualDouble : writeDouble;
    case DataType.NAIVE_DATE:
      return timeWriter(Tag.naiveDate, 'date');
    case DataType.NAIVE_DATETIME:
      return timeWriter(Tag.naiveDatetime, 'local');
    case DataType.UTC_DATETIME:
      return timeWriter(Tag.utcDatetime, 'instant');
    case DataType.BINARY:
      return writeBinary;
    case DataType.XML:
      return writeXml;
    case DataType.JSON:
      return writeJson;
    default:
      // Sources have no NAIVE_TIME.
      return writeScalar;
  }
}

const quote = 0x22;
const openBrace = 0x7b;
const openBracket = 0x5b;
const letterT = 0x74;
const letterF = 0x66;

const writeLong = integerWriter(Tag.long, 64);
const writeString = textWriter(Tag.string);
const writeXml = textWriter(Tag.xml);

/** The value as what it is. */
function writeAny(out: WireBuffer, bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  if (first === quote) return writeString(out, bytes, start, end);
  if (first === openBrace || first === openBracket) return writeJson(out, bytes, start, end);
  if (first === letterT || first === letterF) return writeBoolean(out, bytes, start, end);
  return (
    writeLong(out, bytes, start, end) ||
    (isInteger(bytes, start, end) && writeWide(out, bytes, start, end)) ||
    writeDouble(out, bytes, start, end) ||
    writeWide(out, bytes, start, end) ||
    putRaw(out, Tag.string, bytes, start, end)
  );
}

/** The text of a string, a number or a boolean. */
function writeScalar(out: WireBuffer, bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  if (first === quote) return writeString(out, bytes, start, end);
  if (first === openBrace || first === openBracket) return false;
  return putRaw(out, Tag.string, bytes, start, end);
}

function writeBoolean(out: WireBuffer, bytes: Uint8Array, start: number, _end: number): boolean {
  const first = bytes[start];
  if (first !== letterT && first !== letterF) return false;
  out.byte(Tag.bool);
  out.byte(first === letterT ? 1 : 0);
  return true;
}

function timeWriter(tag: number, form: TimeForm): WriteValue {
  return (out, bytes, start, end) => {
    if (bytes[start] !== quote) return false;
    out.byte(tag);
    const from = ++out.at;
    if (!putTimestamp(out, bytes, start + 1, end - 1, form)) return false;
    out.setLength(from, 1);
    return true;
  };
}

function writeBinary(out: WireBuffer, bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== quote) return false;
  out.byte(Tag.binary);
  const width = widthOf(((end - start) * 3) / 4);
  out.at += width;
  const from = out.at;
  if (!putBase64(out, bytes, start + 1, end - 1)) return false;
  out.setLength(from, width);
  return true;
}

function writeJson(out: WireBuffer, bytes: Uint8Array, start: number, end: number): boolean {
  return putRaw(out, Tag.json, bytes, start, end);
}

function textWriter(tag: number): WriteValue {
  return (out, bytes, start, end) => {
    if (bytes[start] !== quote) return false;
    out.byte(tag);
    const width = widthOf(end - start - 2);
    out.at += width;
    const from = out.at;
    if (!putText(out, bytes, start + 1, end - 1)) throw new LoneSurrogate();
    out.setLength(from, width);
    return true;
  };
}

/** Thrown for a text that has no UTF-8. */
export class LoneSurrogate extends Error {
  override readonly name = 'LoneSurrogate';
}
