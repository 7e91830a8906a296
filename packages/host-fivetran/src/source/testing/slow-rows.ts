import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ByteWriter, Decimal, decodeValue, encodeValue, plainDigits } from '@fairlead/json';
import {
  DataType,
  RecordType,
  type Table,
  type ValueTypeSchema,
} from '../../protocol/common.gen.ts';
import { type Record as WireRecord, RecordSchema } from '../../protocol/connector_sdk.gen.ts';

type Value = NonNullable<MessageInitShape<typeof ValueTypeSchema>['inner']>;

/**
 * The record of a document as anybody would make it: by an object and with no care for time.
 * @throws for a value that its column cannot have without loss.
 */
export function slowRecord(table: Table, text: string, type: RecordType): WireRecord {
  const members = new Map<string, unknown>();
  for (const [name, value] of entriesOf(text)) {
    const column = name.startsWith('_fivetran_') ? `source${name}` : name;
    if (!members.has(column)) members.set(column, value);
  }
  const data: Record<string, { inner: Value }> = {};
  for (const { name, type: dataType, primaryKey } of table.columns) {
    if (type === RecordType.DELETE && !primaryKey) continue;
    if (type === RecordType.UPDATE && !members.has(name)) continue;
    const found = members.get(name) ?? null;
    data[name] = { inner: slowValue(dataType, found) };
  }
  return create(RecordSchema, { tableName: table.name, type, data });
}

/** Members as JavaScript has them, the raw JSON beside each. */
function entriesOf(text: string): [string, unknown][] {
  const decoded = decodeValue(Buffer.from(text));
  return Object.entries(decoded as object);
}

function slowValue(type: DataType, value: unknown): Value {
  if (value === null) return { case: 'null', value: true };
  switch (type) {
    case DataType.UNSPECIFIED:
      return natural(value);
    case DataType.BOOLEAN:
      if (typeof value === 'boolean') return { case: 'bool', value };
      break;
    case DataType.SHORT:
      return { case: 'short', value: Number(integer(value, 16)) };
    case DataType.INT:
      return { case: 'int', value: Number(integer(value, 32)) };
    case DataType.LONG:
      return { case: 'long', value: integer(value, 64) };
    case DataType.DOUBLE:
      if (typeof value === 'number') return { case: 'double', value };
      break;
    case DataType.DECIMAL:
      return { case: 'decimal', value: canonical(digitsOf(value)) };
    case DataType.NAIVE_DATE:
      if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)) {
        return { case: 'naiveDate', value: time(`${value}T00:00:00Z`) };
      }
      break;
    case DataType.NAIVE_DATETIME:
      if (typeof value === 'string') return { case: 'naiveDatetime', value: time(`${value}Z`) };
      break;
    case DataType.UTC_DATETIME:
      if (typeof value === 'string') return { case: 'utcDatetime', value: time(value) };
      break;
    case DataType.BINARY:
      if (typeof value === 'string' && Buffer.from(value, 'base64').toString('base64') === value) {
        return { case: 'binary', value: new Uint8Array(Buffer.from(value, 'base64')) };
      }
      break;
    case DataType.JSON:
      return { case: 'json', value: Buffer.from(jsonOf(value)).toString() };
    case DataType.STRING:
      if (typeof value !== 'object' || value instanceof Decimal) {
        return { case: 'string', value: typeof value === 'string' ? value : textOf(value) };
      }
      break;
    default:
  }
  throw new Error(`a column of type ${type} cannot have ${String(value)}`);
}

function natural(value: unknown): Value {
  if (typeof value === 'boolean') return { case: 'bool', value };
  if (typeof value === 'string') return { case: 'string', value };
  if (typeof value === 'object' && !(value instanceof Decimal)) {
    return { case: 'json', value: Buffer.from(jsonOf(value)).toString() };
  }
  return { case: 'decimal', value: canonical(textOf(value)) };
}

function integer(value: unknown, bits: number): bigint {
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new Error('no integer');
  const whole = BigInt(value);
  if (BigInt.asIntN(bits, whole) !== whole) throw new Error(`more than ${bits} bits`);
  return whole;
}

/** A number or its text, in one form for each value. */
function canonical(text: string): string {
  const plain = plainDigits(text);
  if (plain === undefined) return text;
  const { negative, digits, scale } = plain;
  return `${negative ? '-' : ''}${BigInt(digits)}e-${scale}`;
}

/** How many digits a number has that is written without an exponent; none for what is no number. */
function digitCount(text: string): number {
  const { digits = '', scale = 0 } = plainDigits(text) ?? {};
  return Math.max(digits.length, scale);
}

function digitsOf(value: unknown): string {
  if (typeof value === 'string') throw new Error('a text is no decimal');
  return textOf(value);
}

function textOf(value: unknown): string {
  return value instanceof Decimal ? value.text : String(value);
}

function jsonOf(value: unknown): Uint8Array {
  const out = new ByteWriter();
  encodeValue(value, out);
  return out.take();
}

/** What `JSON.stringify` tells apart as it should be. */
function normal(value: unknown): unknown {
  if (typeof value === 'bigint' || value instanceof Decimal)
    return { number: canonical(textOf(value)) };
  if (typeof value === 'number') return { number: canonical(String(value)) };
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([name, inner]) => [name, normal(inner)]);
}

/** A record in which values of one meaning are the same: of no type, also numbers of any. */
export function comparable(record: WireRecord, table: Table): unknown {
  const untyped = table.columns.filter(({ type }) => type === DataType.UNSPECIFIED);
  const data = Object.entries(record.data).map(([name, { inner }]) => {
    const isUntyped = untyped.some((column) => column.name === name);
    const isLong = inner.case === 'string' && digitCount(inner.value) > 38;
    const isNumber =
      isLong || inner.case === 'long' || inner.case === 'double' || inner.case === 'decimal';
    if (isUntyped && isNumber) return [name, 'number', canonical(String(inner.value))];
    if (inner.case === 'decimal') return [name, inner.case, canonical(inner.value)];
    if (inner.case === 'string') return [name, inner.case, canonical(inner.value)];
    if (inner.case === 'binary')
      return [name, inner.case, Buffer.from(inner.value).toString('hex')];
    if (inner.case !== 'json') return [name, inner.case, inner.value];
    return [name, inner.case, JSON.stringify(normal(decodeValue(Buffer.from(inner.value))))];
  });
  return {
    type: record.type,
    data: Object.fromEntries(data.map(([name, ...rest]) => [String(name), rest])),
  };
}

function time(text: string) {
  const [, seconds = '', fraction = '', zone = ''] =
    /^(.{19})(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  const ms = Date.parse(`${seconds.replace(' ', 'T')}.000${zone}`);
  if (Number.isNaN(ms)) throw new Error(`${text} is no time`);
  return { ...timestampFromMs(ms), nanos: Number(fraction.padEnd(9, '0')) };
}
