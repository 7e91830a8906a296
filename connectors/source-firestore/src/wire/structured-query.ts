import { ProtoWriter } from './protobuf.ts';
import { encodeTime, type Time } from './time.ts';

/** What a query wants. Without an order documents come by name; with one, ties come by name. */
export interface Query {
  readonly from: CollectionSelector;
  /** Paths of the fields to return; `[documentName]` alone returns names and times. All when absent. */
  readonly select?: readonly string[];
  readonly where?: Filter;
  readonly orderBy?: readonly Order[];
  readonly startAt?: Cursor;
  readonly endAt?: Cursor;
  readonly limit?: number;
}

/** Which documents below the parent of a query. */
export interface CollectionSelector {
  /** Without it: documents of every collection. */
  readonly collectionId?: string;
  /** Whether at any depth, not only right below the parent. */
  readonly allDescendants?: boolean;
}

export interface Order {
  readonly field: string;
  readonly direction?: 'ascending' | 'descending';
}

/** A place in the order of a query: a value for each of its fields, or for the first of them. */
export interface Cursor {
  readonly values: readonly QueryValue[];
  /** Whether the place is before the documents with these values; else it is after them. */
  readonly before: boolean;
}

/** A condition on one field, or several that all or of which some hold. */
export type Filter =
  | {
      readonly field: string;
      readonly op: keyof typeof fieldOperators;
      readonly value: QueryValue;
    }
  | { readonly field: string; readonly is: keyof typeof unaryOperators }
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] };

/** A value in a query. A reference is the full name of a document. */
export type QueryValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | { readonly reference: string }
  | { readonly time: Time }
  | { readonly array: readonly QueryValue[] };

/** A `StructuredQuery`. */
export function encodeQuery(query: Query): ProtoWriter {
  const writer = new ProtoWriter();
  if (query.select !== undefined) {
    const projection = new ProtoWriter();
    for (const field of query.select) projection.message(2, encodeField(field));
    writer.message(1, projection);
  }
  writer.message(2, encodeSelector(query.from));
  if (query.where !== undefined) writer.message(3, encodeFilter(query.where));
  for (const { field, direction } of query.orderBy ?? []) {
    const order = new ProtoWriter().message(1, encodeField(field));
    writer.message(4, order.varint(2, direction === 'descending' ? 2 : 1));
  }
  if (query.limit !== undefined) writer.message(5, encodeWrapped(query.limit));
  if (query.startAt !== undefined) writer.message(7, encodeCursor(query.startAt));
  if (query.endAt !== undefined) writer.message(8, encodeCursor(query.endAt));
  return writer;
}

/** An `Int32Value` or `Int64Value`. */
export function encodeWrapped(value: number): ProtoWriter {
  const writer = new ProtoWriter();
  return value === 0 ? writer : writer.varint(1, value);
}

/** A `Value`. A number is a double, a bigint is an integer. */
function encodeQueryValue(value: QueryValue): ProtoWriter {
  const writer = new ProtoWriter();
  if (value === null) return writer.varint(11, 0);
  if (typeof value === 'boolean') return writer.varint(1, value ? 1 : 0);
  if (typeof value === 'bigint') return writer.varint(2, value);
  if (typeof value === 'number') return writer.double(3, value);
  if (typeof value === 'string') return writer.text(17, value);
  if (value instanceof Uint8Array) return writer.bytes(18, value);
  if ('reference' in value) return writer.text(5, value.reference);
  if ('time' in value) return writer.message(10, encodeTime(value.time));
  const values = new ProtoWriter();
  for (const element of value.array) values.message(1, encodeQueryValue(element));
  return writer.message(9, values);
}

const fieldOperators = {
  '<': 1,
  '<=': 2,
  '>': 3,
  '>=': 4,
  '==': 5,
  '!=': 6,
  'array-contains': 7,
  in: 8,
  'array-contains-any': 9,
  'not-in': 10,
} as const;

const unaryOperators = { nan: 2, null: 3, 'not-nan': 4, 'not-null': 5 } as const;

function encodeSelector({ collectionId, allDescendants }: CollectionSelector): ProtoWriter {
  const writer = new ProtoWriter();
  if (collectionId !== undefined) writer.text(2, collectionId);
  return allDescendants === true ? writer.varint(3, 1) : writer;
}

function encodeCursor({ values, before }: Cursor): ProtoWriter {
  const writer = new ProtoWriter();
  for (const value of values) writer.message(1, encodeQueryValue(value));
  return before ? writer.varint(2, 1) : writer;
}

function encodeFilter(filter: Filter): ProtoWriter {
  const writer = new ProtoWriter();
  if ('all' in filter) return writer.message(1, encodeComposite(1, filter.all));
  if ('any' in filter) return writer.message(1, encodeComposite(2, filter.any));
  const field = encodeField(filter.field);
  if ('is' in filter) {
    const unary = new ProtoWriter().varint(1, unaryOperators[filter.is]);
    return writer.message(3, unary.message(2, field));
  }
  const condition = new ProtoWriter().message(1, field).varint(2, fieldOperators[filter.op]);
  return writer.message(2, condition.message(3, encodeQueryValue(filter.value)));
}

function encodeComposite(op: number, filters: readonly Filter[]): ProtoWriter {
  const writer = new ProtoWriter().varint(1, op);
  for (const filter of filters) writer.message(2, encodeFilter(filter));
  return writer;
}

function encodeField(path: string): ProtoWriter {
  return new ProtoWriter().text(2, path);
}
