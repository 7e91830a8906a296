import type { Json } from '../json/parse-json.ts';
import { own } from '../own.ts';
import { parseDate, parseTime } from '../values/time-text.ts';
import { documentRef } from '../values/value.ts';
import { V10Failure } from './failure.ts';
import { valueMark } from './lexer.ts';
import { builtin } from './modules.ts';
import type { Context, Thing } from './thing.ts';

/** The text of a query, and the values that were passed beside it. */
export interface QueryText {
  readonly text: string;
  readonly values: readonly Thing[];
}

/** The query of a request: a text, or pieces of one with values between them. @throws {V10Failure} invalid_request */
export function queryText(json: Json, context: Context): QueryText {
  const values: Thing[] = [];
  const textOf = (piece: Json): string => {
    if (typeof piece === 'string') return piece;
    const members = mapOf(piece);
    const pieces = members?.get('fql');
    if (Array.isArray(pieces)) {
      return pieces
        .map((inner: Json) => (typeof inner === 'string' ? inner : textOf(inner)))
        .join('');
    }
    const elements = members?.get('array');
    if (Array.isArray(elements)) return `[${elements.map(textOf).join(',')}]`;
    const fields = mapOf(members?.get('object') ?? null);
    if (fields !== undefined) {
      const inner = [...fields].map(([key, value]) => `${JSON.stringify(key)}: ${textOf(value)}`);
      return `{${inner.join(', ')}}`;
    }
    if (members?.has('value') !== true) throw invalidRequest('`query` is not valid.');
    values.push(decoded(members.get('value') ?? null, context));
    return `${valueMark}${values.length - 1}${valueMark}`;
  };
  return { text: textOf(json), values };
}

/** The value of tagged JSON. @throws {V10Failure} invalid_request */
export function decoded(json: Json, context: Context): Thing {
  if (Array.isArray(json)) return json.map((element: Json) => decoded(element, context));
  const members = mapOf(json);
  if (members === undefined) return json;
  const [tag = '', content = null] = [...members][0] ?? [];
  const decode = members.size === 1 ? own(tags, tag) : undefined;
  if (decode === undefined) return objectOf(members, context);
  const value = decode(content, context);
  if (value !== undefined) return value;
  throw invalidRequest(`Invalid value of ${tag}.`);
}

const tags: Readonly<Record<string, (content: Json, context: Context) => Thing | undefined>> = {
  '@int': (text) => integerOf(text),
  '@long': (text) => integerOf(text),
  '@double': (text) => (typeof text === 'string' ? Number(text) : undefined),
  '@time': (text) => (typeof text === 'string' ? parseTime(text) : undefined),
  '@date': (text) => (typeof text === 'string' ? parseDate(text) : undefined),
  '@bytes': (text) => (typeof text === 'string' ? { kind: 'bytes', base64: text } : undefined),
  '@uuid': (text) => (typeof text === 'string' ? { kind: 'uuid', text } : undefined),
  '@mod': (text, context) => (typeof text === 'string' ? builtin(text, context) : undefined),
  '@ref': reference,
  '@doc': reference,
  '@set': (token) => (typeof token === 'string' ? token : undefined),
  '@stream': (token, { tokens }) => (typeof token === 'string' ? tokens.source(token) : undefined),
  '@object': (content, context) => {
    const members = mapOf(content);
    return members && objectOf(members, context);
  },
};

/** The failure of a request that is no query. */
export function invalidRequest(message: string): V10Failure {
  return new V10Failure('invalid_request', message);
}

function reference(content: Json, context: Context): Thing | undefined {
  const members = mapOf(content);
  const id = members?.get('id');
  const name = members?.get('name');
  const coll = members?.has('coll') === true ? decoded(members.get('coll') ?? null, context) : null;
  const module = typeof coll === 'string' ? builtin(coll, context) : coll;
  const collection =
    typeof module === 'object' && module !== null && 'kind' in module && module.kind === 'module'
      ? module.collection
      : undefined;
  if (typeof id === 'string' && collection !== undefined)
    return documentRef(collection, BigInt(id));
  return typeof name === 'string' ? builtin(name, context) : undefined;
}

function objectOf(members: ReadonlyMap<string, Json>, context: Context): Thing {
  return new Map([...members].map(([key, value]) => [key, decoded(value, context)]));
}

function integerOf(text: Json): bigint | undefined {
  return typeof text === 'string' && /^-?\d+$/.test(text) ? BigInt(text) : undefined;
}

function mapOf(json: Json): ReadonlyMap<string, Json> | undefined {
  return json instanceof Map ? json : undefined;
}
