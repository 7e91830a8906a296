import { JsonError, parseJson } from '../json/parse-json.ts';
import { isA } from '../values/value.ts';
import type { QueryContext } from './env.ts';
import { invalidExpression, stepsOf, type FaunaError, type QueryFailure } from './failures.ts';
import { Parser } from './parser.ts';
import { renderResource } from './render.ts';

/** What a query is answered with. */
export interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** Evaluates a query of FQL v4. What it writes stays in the transaction; where it fails, the caller undoes that. */
export function runQuery(text: string, query: QueryContext): Answer {
  const evaluate = new Parser(query.database).expression(jsonOf(text), undefined);
  const env = { query, at: undefined, bindings: new Map(), depth: 0, symbolic: undefined };
  const value = evaluate(env);
  const isNew = isA(value, 'document') && value.isNew === true;
  return { status: isNew ? 201 : 200, body: renderResource(value) };
}

/** The body that tells what is wrong with a query. */
export function failureBody({ errors }: QueryFailure): Uint8Array {
  return Buffer.from(JSON.stringify({ errors: errors.map(errorJson) }));
}

function errorJson({ place, code, description, failures }: FaunaError) {
  const common = { position: stepsOf(place), code, description };
  return failures === undefined ? common : { ...common, failures };
}

function jsonOf(text: string) {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw invalidExpression(undefined, error.message);
    throw error;
  }
}
