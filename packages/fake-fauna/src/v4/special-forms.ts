import type { Json } from '../json/parse-json.ts';
import { isSafe, quoted } from './quote.ts';
import { isA, type Value } from '../values/value.ts';
import { asBoolean, asMicros, asPath, typeName, undefinedRef } from './casts.ts';
import { bind, type Env, type Evaluate } from './env.ts';
import { at, failure, invalidExpression, together, type Place } from './failures.ts';
import type { Parser } from './parser.ts';
import { valueAt } from './select.ts';

type SpecialForm = (members: ReadonlyMap<string, Json>, place: Place, parser: Parser) => Evaluate;

/** Forms that do not evaluate all of their parts, or not where they stand, by their sorted keys. */
export const specialForms: Readonly<Record<string, SpecialForm>> = {
  'at expr': atTime,
  var: variable,
  'in let': let_,
  'else if then': if_,
  and: (members, place, parser) => boolean('and', true, members, place, parser),
  or: (members, place, parser) => boolean('or', false, members, place, parser),
  object,
  quote: (members, place, parser) =>
    quoted(members.get('quote') ?? null, at(place, 'quote'), parser),
  do: do_,
  'from select': select,
  'default from select': select,
  'all from select': select,
  'all default from select': select,
  query: (members, place, parser) =>
    parser.lambda(members.get('query') ?? null, at(place, 'query')),
};

function atTime(members: ReadonlyMap<string, Json>, place: Place, parser: Parser): Evaluate {
  const { at: ts, expr: expression } = partsOf(members, ['at', 'expr'], place, parser);
  return (env) => {
    const micros = Number(asMicros(ts(env), at(place, 'at')));
    const { snapshot } = env.query;
    if (micros > snapshot) return expression(env);
    return expression({ ...env, at: micros === snapshot ? undefined : micros });
  };
}

function variable(members: ReadonlyMap<string, Json>, place: Place, parser: Parser): Evaluate {
  const name = members.get('var') ?? null;
  if (typeof name !== 'string') throw expected('String', name, at(place, 'var'));
  if (!parser.knows(name)) throw invalidExpression(place, `Variable '${name}' is not defined.`);
  return (env) => env.bindings.get(name) ?? null;
}

function let_(members: ReadonlyMap<string, Json>, place: Place, parser: Parser): Evaluate {
  const bindings = bindingsOf(members.get('let') ?? null, at(place, 'let'));
  let known = parser;
  const parts = bindings.map(([name, json, inner]) => {
    const before = known;
    known = known.knowing([name]);
    return () => [name, before.expression(json, inner)] as const;
  });
  const all = known;
  const [body, ...parsed] = together<Evaluate | readonly [string, Evaluate]>([
    () => all.expression(members.get('in') ?? null, at(place, 'in')),
    ...parts,
  ]);
  return (env) => {
    let inner: Env = env;
    for (const part of parsed) {
      if (typeof part !== 'function') inner = bind(inner, part[0], part[1](inner));
    }
    return typeof body === 'function' ? body(inner) : null;
  };
}

function bindingsOf(json: Json, place: Place): (readonly [string, Json, Place])[] {
  if (Array.isArray(json)) {
    return json.map((element: Json, i) => {
      const [name, value = null] = element instanceof Map ? ([...element][0] ?? []) : [];
      if (name === undefined || !(element instanceof Map) || element.size !== 1) {
        throw expected('Object', element, at(place, i));
      }
      return [name, value, at(place, i, name)];
    });
  }
  if (!(json instanceof Map)) throw expected('Array', json, place);
  const members: ReadonlyMap<string, Json> = json;
  return [...members].map(([name, value]) => [name, value, at(place, name)]);
}

function if_(members: ReadonlyMap<string, Json>, place: Place, parser: Parser): Evaluate {
  const {
    if: condition,
    then,
    else: otherwise,
  } = partsOf(members, ['if', 'then', 'else'], place, parser);
  return (env) =>
    asBoolean(isSafe(condition(env), env), at(place, 'if')) ? then(env) : otherwise(env);
}

/** Evaluates its parts until one of them decides. */
function boolean(
  name: string,
  neutral: boolean,
  members: ReadonlyMap<string, Json>,
  place: Place,
  parser: Parser,
): Evaluate {
  const json = members.get(name) ?? null;
  const inner = at(place, name);
  const parts: readonly Json[] = Array.isArray(json) ? json : [json];
  if (parts.length === 0) throw invalidExpression(inner, 'Expression list cannot be empty.');
  const parsed = together(
    parts.map(
      (part, i) => () => parser.expression(part, Array.isArray(json) ? at(inner, i) : inner),
    ),
  );
  return (env) => {
    const decides = (evaluate: Evaluate, i: number) =>
      asBoolean(isSafe(evaluate(env), env), at(inner, i)) !== neutral;
    return parsed.some(decides) ? !neutral : neutral;
  };
}

function object(members: ReadonlyMap<string, Json>, place: Place, parser: Parser): Evaluate {
  const json = members.get('object') ?? null;
  if (!(json instanceof Map)) throw expected('Object', json, at(place, 'object'));
  const literal: ReadonlyMap<string, Json> = json;
  const escaped = literal.size === 1 ? literal.get('@obj') : undefined;
  if (escaped instanceof Map) return parser.members(escaped, at(place, 'object'));
  return parser.members(literal, at(place, 'object'));
}

function do_(members: ReadonlyMap<string, Json>, place: Place, parser: Parser): Evaluate {
  const json = members.get('do') ?? null;
  const inner = at(place, 'do');
  if (!Array.isArray(json)) throw expected('Array', json, inner);
  if (json.length === 0) throw invalidExpression(inner, 'Expression list cannot be empty.');
  const parsed = together(json.map((part: Json, i) => () => parser.expression(part, at(inner, i))));
  return (env) => {
    let last: Value = null;
    for (const evaluate of parsed) last = evaluate(env);
    return last;
  };
}

/** The default is evaluated only where nothing is at the path. */
function select(members: ReadonlyMap<string, Json>, place: Place, parser: Parser): Evaluate {
  const { select: path, from } = partsOf(members, ['select', 'from'], place, parser);
  const all = members.has('all') ? partsOf(members, ['all'], place, parser).all : undefined;
  const otherwise = members.has('default')
    ? partsOf(members, ['default'], place, parser).default
    : undefined;
  return (env) => {
    const [steps = null, container = null] = together([() => path(env), () => from(env)]);
    const inner = at(place, 'from');
    const wanted = asPath(isSafe(steps, env), at(place, 'select'));
    if (isA(container, 'unresolved')) throw undefinedRef(container, inner);
    const found = valueAt(container, wanted);
    if (all !== undefined && asBoolean(all(env), at(place, 'all'))) {
      if (found === undefined) return [];
      return Array.isArray(found) ? found : [found];
    }
    if (found !== undefined) return found;
    if (otherwise !== undefined) return otherwise(env);
    const description = `Value not found at path [${wanted.join(',')}].`;
    throw failure(inner, 'value not found', description, 0, 404);
  };
}

/** Parts of a form that are parsed as expressions, their failures together, by their keys. */
function partsOf<Key extends string>(
  members: ReadonlyMap<string, Json>,
  keys: readonly Key[],
  place: Place,
  parser: Parser,
): Readonly<Record<Key, Evaluate>> {
  const entries = together(
    keys.map(
      (key) => () => [key, parser.expression(members.get(key) ?? null, at(place, key))] as const,
    ),
  );
  // Every key has its part, as none of them failed.
  return Object.fromEntries(entries) as Record<Key, Evaluate>;
}

function expected(type: string, json: Json, place: Place) {
  const name = json instanceof Map ? 'Object' : Array.isArray(json) ? 'Array' : undefined;
  const provided = name ?? typeName(typeof json === 'object' ? null : json);
  return invalidExpression(place, `${type} expected, ${provided} provided.`);
}
