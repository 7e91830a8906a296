import { isA, type Value } from '../values/value.ts';
import type { Env } from './env.ts';
import { at, type Place } from './failures.ts';
import type { Lambda } from './lambda.ts';
import { mismatch } from './casts.ts';

/** A function of the language: the keys it is told by, and what it does with their values. */
export interface Form {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Those of the keys whose values are lambdas. */
  readonly lambdas: readonly string[];
  /** Whether it knows what to do with values of synthetic documents that are not made yet. */
  readonly takesHoles: boolean;
  readonly run: (call: Call) => Value;
}

/** The values a function is called with. */
export class Call {
  readonly env: Env;
  readonly place: Place;
  readonly #values: ReadonlyMap<string, Value>;

  constructor(env: Env, place: Place, values: ReadonlyMap<string, Value>) {
    this.env = env;
    this.place = place;
    this.#values = values;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** A value as it is; null where the key was left out. */
  value(key: string): Value {
    return this.#values.get(key) ?? null;
  }

  /** A value, seen as something. @throws {QueryFailure} invalid argument */
  as<Type>(key: string, cast: (value: Value, place: Place) => Type): Type {
    return cast(this.value(key), at(this.place, key));
  }

  /** A value that may be left out. */
  perhaps<Type>(key: string, cast: (value: Value, place: Place) => Type): Type | undefined {
    return this.has(key) ? this.as(key, cast) : undefined;
  }

  lambda(key: string): Lambda {
    const value = this.value(key);
    if (isA(value, 'lambda')) return value;
    throw mismatch('Lambda', value, this.at(key));
  }

  at(key: string): Place {
    return at(this.place, key);
  }
}

/**
 * A form, from its keys: `size?` may be left out, `map*` is a lambda. With `holes` it is also run for many synthetic
 * documents at once.
 */
export function form(keys: string, run: (call: Call) => Value, holes?: 'holes'): Form {
  const words = keys.split(' ');
  const bare = (word: string) => word.replace(/[?*]$/, '');
  return {
    required: words.filter((word) => !word.endsWith('?')).map(bare),
    optional: words.filter((word) => word.endsWith('?')).map(bare),
    lambdas: words.filter((word) => word.endsWith('*')).map(bare),
    takesHoles: holes === 'holes',
    run,
  };
}
