import type { Json } from '../json/parse-json.ts';
import { parseDate, parseTime } from '../values/time-text.ts';
import type { Value } from '../values/value.ts';
import type { Evaluate } from './env.ts';
import { invalidExpression, type Place } from './failures.ts';

/** The value of a tag whose content is a text; undefined for no such tag. */
export function textEscape(tag: string, content: Json, place: Place): Value | undefined {
  const text = typeof content === 'string' ? content : undefined;
  if (tag === '@ts') {
    return orInvalid(text === undefined ? undefined : parseTime(text), 'Invalid time.', place);
  }
  if (tag === '@date') {
    return orInvalid(text === undefined ? undefined : parseDate(text), 'Invalid date.', place);
  }
  if (tag === '@bytes') {
    if (text === undefined || !/^[\w+/-]*={0,2}$/.test(text)) {
      throw invalidExpression(place, 'Invalid bytes.');
    }
    const base64 = Buffer.from(text, 'base64').toString('base64');
    return { kind: 'bytes', base64 };
  }
  if (tag !== '@uuid') return undefined;
  if (text === undefined || !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) {
    throw invalidExpression(place, 'Invalid UUID.');
  }
  return { kind: 'uuid', text: text.toLowerCase() };
}

export function constant(value: Value): Evaluate {
  return () => value;
}

/** JSON that is neither an object nor an array is a value as it is. */
export function scalar(json: Json): Value {
  if (json instanceof Map) return new Map<string, Value>();
  return Array.isArray(json) ? [] : json;
}

function orInvalid(value: Value | undefined, description: string, place: Place): Value {
  if (value !== undefined) return value;
  throw invalidExpression(place, description);
}
