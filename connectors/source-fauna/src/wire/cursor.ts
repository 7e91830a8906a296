import { Decimal, decodeValue, JsonSyntaxError } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import { object, raw, type Expression } from './expression.ts';

/** A cursor as a state keeps it: the text of the tagged JSON that came. */
export function cursorText(after: Uint8Array): string {
  return Buffer.from(after.buffer, after.byteOffset, after.byteLength).toString();
}

/** A cursor as it is sent; undefined at the front. */
export function sentCursor(cursor: unknown): Expression | undefined {
  return cursor === undefined ? undefined : cursorExpression(cursor);
}

/** Whether a cursor that came with a page is an array of scalars and references, as most are: these are sent as they came. */
function isPlain(cursor: Uint8Array): boolean {
  return cursor[0] === 0x5b && !cursorText(cursor).replaceAll('{"@ref":{', '').includes('{');
}

/** The cursor of a set of FQL v10, a string as JSON, as it is sent. @throws {Failure} state, when it is none. */
export function sentSetCursor(cursor: unknown): string {
  const json = cursor instanceof Uint8Array ? cursor : Buffer.from(String(cursor));
  const token = parsed(json);
  if (typeof token !== 'string') throw noCursor();
  return token;
}

/**
 * The cursor that came with a page, or that a state has as text or as plain JSON, in the form in which it is sent:
 * arrays and references as they came, an event as an object.
 * @throws {Failure} state, when it is no cursor.
 */
export function cursorExpression(cursor: unknown): Expression {
  if (cursor === undefined || cursor === null) throw noCursor();
  if (cursor instanceof Uint8Array) return isPlain(cursor) ? raw(cursor) : textExpression(cursor);
  if (typeof cursor === 'string') return textExpression(Buffer.from(cursor));
  return literal(cursor);
}

function textExpression(json: Uint8Array): Expression {
  const value = parsed(json);
  if (value === null) throw noCursor();
  // As it came, where it can be: 1.0 stays what it is.
  return hasObject(value) ? literal(value) : raw(json);
}

function parsed(json: Uint8Array): unknown {
  try {
    return decodeValue(json);
  } catch (cause) {
    if (cause instanceof JsonSyntaxError) throw noCursor(cause);
    throw cause;
  }
}

/** Whether there is an object in it that is no tagged value, and has to be sent as an object. */
function hasObject(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasObject);
  return isObject(value) && !isTagged(value);
}

/** The expression whose value is `value`, which is tagged JSON. */
function literal(value: unknown): Expression {
  if (Array.isArray(value)) return value.map(literal);
  if (isObject(value)) {
    if (isTagged(value)) return tagged(value);
    const { '@obj': wrapped } = value;
    const isWrapper = isObject(wrapped) && Object.keys(value).length === 1;
    const members = Object.entries(isWrapper ? wrapped : value);
    return object(Object.fromEntries(members.map(([name, member]) => [name, literal(member)])));
  }
  return scalar(value);
}

/** The same JSON. */
function tagged(value: unknown): Expression {
  if (Array.isArray(value)) return value.map(tagged);
  if (!isObject(value)) return scalar(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, tagged(member)]));
}

function scalar(value: unknown): Expression {
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'string':
      return value;
    default:
      if (value instanceof Decimal) return raw(value.text);
      if (value === null) return null;
      throw noCursor();
  }
}

const tags: ReadonlySet<string> = new Set([
  '@ref',
  '@ts',
  '@date',
  '@bytes',
  '@uuid',
  '@set',
  '@query',
]);

function isTagged(value: Readonly<Record<string, unknown>>): boolean {
  const [tag, ...others] = Object.keys(value);
  return tag !== undefined && others.length === 0 && tags.has(tag);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Decimal)
  );
}

function noCursor(cause?: unknown): Failure {
  return new Failure('state', 'the saved state has a cursor that Fauna has not given', {
    hint: 'Start the stream anew, with an empty state.',
    cause,
  });
}
