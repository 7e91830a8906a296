import type { Json } from '../json/parse-json.ts';
import { own } from '../own.ts';
import type { Database } from '../store/database.ts';
import type { Value } from '../values/value.ts';
import { hasHole } from '../synthetic/hole.ts';
import { NotSymbolic, type Env, type Evaluate } from './env.ts';
import { constant, scalar, textEscape } from './escapes.ts';
import { Call, type Form } from './form.ts';
import { formOf } from './functions.ts';
import { at, invalidExpression, together, type Place } from './failures.ts';
import { specialForms } from './special-forms.ts';
import type { Lambda } from './lambda.ts';
import { parseRef } from './parse-ref.ts';
import { typeName } from './casts.ts';

/** Turns the JSON of a query into something that can be evaluated. */
export class Parser {
  readonly #database: Database;
  readonly #names: ReadonlySet<string>;

  /** `names` are the variables that are known. */
  constructor(database: Database, names: ReadonlySet<string> = new Set()) {
    this.#database = database;
    this.#names = names;
  }

  /** A parser that knows more variables. */
  knowing(names: readonly string[]): Parser {
    return new Parser(this.#database, new Set([...this.#names, ...names]));
  }

  knows(name: string): boolean {
    return this.#names.has(name);
  }

  /** What an expression does. @throws {QueryFailure} invalid expression */
  expression(json: Json, place: Place): Evaluate {
    if (Array.isArray(json)) return this.#array(json, place);
    if (!(json instanceof Map)) return constant(scalar(json));
    const members: ReadonlyMap<string, Json> = json;
    const special = own(specialForms, [...members.keys()].toSorted().join(' '));
    if (special !== undefined) return special(members, place, this);
    const form = formOf([...members.keys()]);
    if (form !== undefined) return this.#call(form, members, place);
    const escaped = this.#escape(members, place);
    if (escaped !== undefined) return escaped;
    throw invalidForm(members, place);
  }

  /** What an object of expressions does: the literal of one. */
  members(json: ReadonlyMap<string, Json>, place: Place): Evaluate {
    const parsed = together(
      [...json].map(
        ([key, value]) =>
          () =>
            [key, this.expression(value, at(place, key))] as const,
      ),
    );
    return (env) => {
      const entries = parsed.map(
        ([key, evaluate]) =>
          () =>
            [key, evaluate(env)] as const,
      );
      return new Map(together(entries));
    };
  }

  /** A lambda, as `map` and others have it. */
  lambda(json: Json, place: Place): (env: Env) => Lambda {
    if (!(json instanceof Map)) {
      throw invalidExpression(place, `Lambda expected, ${typeName(scalar(json))} provided.`);
    }
    const members: ReadonlyMap<string, Json> = json;
    const body = members.get('expr');
    if (
      body === undefined ||
      !members.has('lambda') ||
      members.size > 2 + Number(members.has('api_version'))
    ) {
      throw invalidForm(members, place);
    }
    const pattern = patternOf(members.get('lambda') ?? null, at(place, 'lambda'));
    const names = typeof pattern === 'string' ? [pattern] : pattern;
    const evaluate = this.knowing(names).expression(body, at(place, 'expr'));
    return ({ bindings }) => ({
      kind: 'lambda',
      pattern,
      body: evaluate,
      written: members,
      bindings,
    });
  }

  /** A reference as it goes over the wire: the content of `@ref`. */
  ref(json: Json, place: Place): Value {
    return parseRef(this.#database, json, place);
  }

  #array(json: readonly Json[], place: Place): Evaluate {
    const parsed = together(json.map((element, i) => () => this.expression(element, at(place, i))));
    return (env) => together(parsed.map((evaluate) => () => evaluate(env)));
  }

  #call(form: Form, members: ReadonlyMap<string, Json>, place: Place): Evaluate {
    const parsed = together(
      [...members].map(([key, json]) => () => {
        const isLambda = form.lambdas.includes(key);
        const inner = at(place, key);
        return [key, isLambda ? this.lambda(json, inner) : this.expression(json, inner)] as const;
      }),
    );
    return (env) => {
      const values = together(
        parsed.map(
          ([key, evaluate]) =>
            () =>
              [key, evaluate(env)] as const,
        ),
      );
      if (env.symbolic !== undefined && !form.takesHoles) {
        if (values.some(([, value]) => hasHole(value))) throw new NotSymbolic();
      }
      return form.run(new Call(env, place, new Map(values)));
    };
  }

  #escape(members: ReadonlyMap<string, Json>, place: Place): Evaluate | undefined {
    const [tag, content = null] = [...members][0] ?? [''];
    if (members.size !== 1) return undefined;
    if (tag === '@obj') return this.expression(content, at(place, '@obj'));
    if (tag === '@ref') return constant(this.ref(content, place));
    if (tag === '@set') {
      if (content instanceof Map) return this.expression(content, place);
      throw invalidExpression(place, 'Invalid set.');
    }
    if (tag === '@query') return this.lambda(content, place);
    const value = textEscape(tag, content, place);
    return value === undefined ? undefined : constant(value);
  }
}

function invalidForm(members: ReadonlyMap<string, Json>, place: Place) {
  const keys = [...members.keys()].toSorted().join(', ');
  return invalidExpression(place, `No form/function found, or invalid argument keys: { ${keys} }.`);
}

function patternOf(json: Json, place: Place): string | readonly string[] {
  if (typeof json === 'string') return json;
  if (Array.isArray(json) && json.every((name) => typeof name === 'string')) return json;
  throw invalidExpression(place, `String or Array expected, ${typeName(scalar(json))} provided.`);
}
