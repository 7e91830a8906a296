import type { Json } from '../json/parse-json.ts';
import { isArray, type Value } from '../values/value.ts';
import { invalidArgument, at, failure, type Place } from './failures.ts';
import type { Env, Evaluate } from './env.ts';

/** A function of a query: names for what it is applied to, and an expression. */
export interface Lambda {
  readonly kind: 'lambda';
  /** A name, or one for each element of an array. `_` names nothing. */
  readonly pattern: string | readonly string[];
  readonly body: Evaluate;
  /** The expression as it was written. */
  readonly written: ReadonlyMap<string, Json>;
  /** What was known where it was made. */
  readonly bindings: ReadonlyMap<string, Value>;
}

const deepest = 200;

/** The value of a lambda for an argument. */
export function apply(lambda: Lambda, argument: Value, env: Env, place: Place): Value {
  if (env.depth >= deepest) {
    throw failure(place, 'stack overflow', `Call stack reached the maximum limit of ${deepest}.`);
  }
  const bindings = new Map([...env.bindings, ...lambda.bindings]);
  bindArguments(lambda.pattern, argument, bindings, at(place, 'lambda'));
  return lambda.body({ ...env, bindings, depth: env.depth + 1 });
}

function bindArguments(
  pattern: string | readonly string[],
  argument: Value,
  bindings: Map<string, Value>,
  place: Place,
): void {
  if (typeof pattern === 'string') {
    if (pattern !== '_') bindings.set(pattern, argument);
    return;
  }
  const values = isArray(argument) ? argument : [argument];
  if (values.length !== pattern.length) {
    throw invalidArgument(
      place,
      `Lambda expects an array with ${pattern.length} elements. Array contains ${values.length}.`,
    );
  }
  for (const [i, name] of pattern.entries())
    if (name !== '_') bindings.set(name, values[i] ?? null);
}
