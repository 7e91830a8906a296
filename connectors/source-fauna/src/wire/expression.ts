import { ByteWriter, encodeString, encodeValue } from '@fairlead/json';

/**
 * An expression of FQL v4. A plain object is a function or a form, by its names; bytes are tagged JSON, which is
 * sent as it is. A member that is undefined is not sent.
 */
export type Expression =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Expression[]
  | { readonly [name: string]: Expression | undefined };

/** The body of the request that asks for `expression`. */
export function encodeExpression(expression: Expression): Uint8Array {
  const out = new ByteWriter();
  write(expression, out);
  return out.take();
}

/** Tagged JSON as it came from Fauna, such as a cursor that is an array or a reference. */
export function raw(json: Uint8Array | string): Expression {
  return typeof json === 'string' ? Buffer.from(json) : json;
}

/** The time of the query. */
export function now(): Expression {
  return { now: null };
}

/** Microseconds since the epoch. */
export function toMicros(time: Expression): Expression {
  return { to_micros: time };
}

/** The set of all collections. */
export function collections(): Expression {
  return { collections: null };
}

/** The set of all indexes. */
export function indexes(): Expression {
  return { indexes: null };
}

export function collection(name: string): Expression {
  return { collection: name };
}

export function index(name: string): Expression {
  return { index: name };
}

/** The reference to the document `id` of a collection. */
export function ref(collectionRef: Expression, id: string): Expression {
  return { ref: collectionRef, id };
}

/** The set of all documents of a collection. */
export function documents(collectionRef: Expression): Expression {
  return { documents: collectionRef };
}

/** All that is in an index, which has no terms. */
export function match(indexRef: Expression): Expression {
  return { match: indexRef, terms: [] };
}

/** What of `set` is between two bounds, both included; `[]` is none. */
export function range(set: Expression, from: Expression, to: Expression): Expression {
  return { range: set, from, to };
}

export interface PageRequest {
  readonly size?: number | undefined;
  readonly after?: Expression | undefined;
  readonly before?: Expression | undefined;
  /** Asks for the history of the set. */
  readonly events?: boolean | undefined;
}

/** A page of `set`. */
export function paginate(
  set: Expression,
  { size, after, before, events = false }: PageRequest = {},
): Expression {
  return { paginate: set, events: events || undefined, after, before, size };
}

/** The document that `reference` refers to. */
export function get(reference: Expression): Expression {
  return { get: reference };
}

export function exists(reference: Expression): Expression {
  return { exists: reference };
}

/** What is in `from` at `path`; if nothing is, `otherwise`, or a failure when that is absent. */
export function select(
  path: string | number | readonly (string | number)[],
  from: Expression,
  otherwise?: Expression,
): Expression {
  return { select: path, from, default: otherwise };
}

/** `expression` as it was at `time`, in microseconds. */
export function at(time: Expression, expression: Expression): Expression {
  return { at: time, expr: expression };
}

/** `expression` with variables, each of which may use those before. */
export function let_(
  variables: Readonly<Record<string, Expression>>,
  expression: Expression,
): Expression {
  return {
    let: Object.entries(variables).map(([name, value]) => ({ [name]: value })),
    in: expression,
  };
}

export function var_(name: string): Expression {
  return { var: name };
}

export function lambda(variable: string, expression: Expression): Expression {
  return { lambda: variable, expr: expression };
}

export function map(lambdaExpression: Expression, page: Expression): Expression {
  return { map: lambdaExpression, collection: page };
}

export function filter(lambdaExpression: Expression, page: Expression): Expression {
  return { filter: lambdaExpression, collection: page };
}

export function equals(...values: readonly Expression[]): Expression {
  return { equals: values };
}

/** An object with these members, whatever their names are. */
export function object(members: Readonly<Record<string, Expression>>): Expression {
  return { object: members };
}

/** Ends the query with an error that has this text. */
export function abort(text: Expression): Expression {
  return { abort: text };
}

/** `text` with `%s` replaced by the values. */
export function format(text: string, ...values: readonly Expression[]): Expression {
  return { format: text, values };
}

function write(expression: Expression, out: ByteWriter): void {
  if (typeof expression === 'string') encodeString(expression, out);
  else if (typeof expression === 'number') writeNumber(expression, out);
  else if (typeof expression !== 'object' || expression === null) encodeValue(expression, out);
  else if (expression instanceof Uint8Array) out.bytes(expression);
  else if (Array.isArray(expression)) writeArray(expression, out);
  else writeObject(Object.entries(expression), out);
}

/** Without the fraction that `-0` has as a double: all numbers of queries are integers. */
function writeNumber(value: number, out: ByteWriter): void {
  if (Object.is(value, -0)) out.ascii('0');
  else encodeValue(value, out);
}

function writeArray(items: readonly Expression[], out: ByteWriter): void {
  out.ascii('[');
  items.forEach((item, i) => {
    if (i > 0) out.ascii(',');
    write(item, out);
  });
  out.ascii(']');
}

function writeObject(
  members: readonly (readonly [string, Expression | undefined])[],
  out: ByteWriter,
): void {
  let separator = '{';
  for (const [name, value] of members) {
    if (value === undefined) continue;
    out.ascii(separator);
    encodeString(name, out);
    out.ascii(':');
    write(value, out);
    separator = ',';
  }
  out.ascii(separator === '{' ? '{}' : '}');
}
