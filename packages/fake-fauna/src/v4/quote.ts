import type { Json } from '../json/parse-json.ts';
import { hasHole } from '../synthetic/hole.ts';
import type { Value } from '../values/value.ts';
import { NotSymbolic, type Env, type Evaluate } from './env.ts';
import { at, type Place } from './failures.ts';
import { scalar, textEscape } from './escapes.ts';
import type { Parser } from './parser.ts';

/** JSON taken as a value, tags and all, and not as an expression. */
export function quoted(json: Json, place: Place, parser: Parser): Evaluate {
  const value = literal(json, place, parser);
  return () => value;
}

/** A value that a decision may be taken by. @throws {NotSymbolic} where it differs from one synthetic document to the next */
export function isSafe(value: Value, { symbolic }: Env): Value {
  if (symbolic !== undefined && hasHole(value)) throw new NotSymbolic();
  return value;
}

/** The value that JSON of the wire means. @throws {QueryFailure} invalid expression */
export function literal(json: Json, place: Place, parser: Parser): Value {
  if (Array.isArray(json)) {
    return json.map((element: Json, i) => literal(element, at(place, i), parser));
  }
  if (!(json instanceof Map)) return scalar(json);
  const members: ReadonlyMap<string, Json> = json;
  const [tag = '', content = null] = [...members][0] ?? [];
  if (members.size === 1) {
    if (tag === '@obj' && content instanceof Map) return object(content, place, parser);
    if (tag === '@ref') return parser.ref(content, place);
    const value = textEscape(tag, content, place);
    if (value !== undefined) return value;
  }
  return object(members, place, parser);
}

function object(members: ReadonlyMap<string, Json>, place: Place, parser: Parser): Value {
  return new Map([...members].map(([key, value]) => [key, literal(value, at(place, key), parser)]));
}
