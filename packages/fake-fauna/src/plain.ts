import { parseJson, type Json } from './json/parse-json.ts';
import type { Database } from './store/database.ts';
import { QueryFailure } from './v4/failures.ts';
import { Parser } from './v4/parser.ts';
import { literal } from './v4/quote.ts';
import { render } from './v4/render.ts';
import { isObject, type FaunaObject, type Value } from './values/value.ts';

/**
 * Values as tests write them: those of JSON, and objects of one tag as on the wire, such as `{"@ts": "…"}`. Whole
 * numbers and bigints are integers; `{"@double": 1}` is a double, and `{"@obj": …}` an object with keys like tags.
 */
export type Plain =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** The object that plain members mean. @throws {RangeError} where they mean none */
export function toFields(
  plain: { readonly [key: string]: Plain },
  database: Database,
): FaunaObject {
  const value = literalOf(plain, database);
  if (isObject(value)) return value;
  throw new RangeError('These members are a tag: wrap them in {"@obj": …}.');
}

/** A value in the form of the wire, read as JSON. Integers that a number cannot hold are bigints. */
export function toPlain(value: Value): Plain {
  return fromJson(parseJson(render(value)));
}

function literalOf(plain: Plain, database: Database): Value {
  try {
    return literal(toJson(plain), undefined, new Parser(database));
  } catch (error) {
    throw error instanceof QueryFailure ? new RangeError(error.message) : error;
  }
}

function toJson(plain: Plain): Json {
  if (typeof plain === 'number') return Number.isInteger(plain) ? BigInt(plain) : plain;
  if (typeof plain !== 'object' || plain === null) return plain;
  if (Array.isArray(plain)) return plain.map(toJson);
  const entries = Object.entries(plain);
  const [[tag, given] = []] = entries;
  if (tag === '@double' && entries.length === 1) return Number(given);
  return new Map(entries.map(([key, value]) => [key, toJson(value)]));
}

function fromJson(json: Json): Plain {
  if (typeof json === 'bigint') {
    const number = Number(json);
    return Number.isSafeInteger(number) ? number : json;
  }
  if (typeof json !== 'object' || json === null) return json;
  if (isList(json)) return json.map(fromJson);
  return Object.fromEntries([...json].map(([key, value]) => [key, fromJson(value)]));
}

function isList(json: readonly Json[] | ReadonlyMap<string, Json>): json is readonly Json[] {
  return Array.isArray(json);
}
