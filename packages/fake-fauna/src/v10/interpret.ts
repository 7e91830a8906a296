import { compareValues } from '../values/compare.ts';
import { timeText } from '../values/time-text.ts';
import { isA } from '../values/value.ts';
import { NotSymbolic } from '../v4/env.ts';
import type { Expr } from './ast.ts';
import { V10Failure, invalidType } from './failure.ts';
import { builtin } from './modules.ts';
import { memberOf } from './members.ts';
import { isHole, isList, isThing, type Context, type Func, type Thing } from './thing.ts';
import { isSame, isValue, truth } from './truth.ts';

/** Names, and what a leading dot stands for. */
export interface Scope {
  readonly names: ReadonlyMap<string, Thing>;
  readonly it: Thing;
}

/** The value of an expression. @throws {V10Failure} */
export function evaluate(expr: Expr, scope: Scope, context: Context): Thing {
  switch (expr.is) {
    case 'literal':
      return expr.value;
    case 'this':
      return scope.it;
    case 'name':
      return named(expr.name, scope, context);
    case 'member': {
      const of = evaluate(expr.of, scope, context);
      return expr.optional && of === null ? null : memberOf(of, expr.name, context);
    }
    case 'element':
      return elementOf(
        evaluate(expr.of, scope, context),
        evaluate(expr.index, scope, context),
        context,
      );
    case 'call':
      return called(expr, scope, context);
    case 'projection':
      return projected(evaluate(expr.of, scope, context), expr, scope, context);
    case 'lambda':
    case 'short':
      return lambda(expr, scope);
    case 'array':
      return expr.elements.map((element) => evaluate(element, scope, context));
    case 'object':
      return new Map(expr.fields.map(({ name, value }) => [name, evaluate(value, scope, context)]));
    case 'not':
      return !truth(evaluate(expr.of, scope, context));
    case 'insist': {
      const of = evaluate(expr.of, scope, context);
      if (of !== null && !isThing(of, 'missing')) return of;
      throw new V10Failure('null_value', 'Null value, due to a document that is not there.');
    }
    case 'minus':
      return minus(evaluate(expr.of, scope, context));
    case 'binary':
      return binary(expr, scope, context);
    case 'if': {
      const test = truth(evaluate(expr.test, scope, context));
      if (test) return evaluate(expr.yes, scope, context);
      return expr.otherwise === undefined ? null : evaluate(expr.otherwise, scope, context);
    }
    case 'at': {
      const time = evaluate(expr.time, scope, context);
      if (!isValue(time) || !isA(time, 'time')) throw invalidType('Time', 'in at()');
      const micros = Number(time.nanos / 1000n);
      const { snapshot } = context.query;
      const at = micros >= snapshot ? undefined : micros;
      return evaluate(expr.body, scope, { ...context, at });
    }
    case 'block': {
      let { names } = scope;
      let last: Thing = null;
      for (const { name, value } of expr.statements) {
        last = evaluate(value, { ...scope, names }, context);
        if (name !== undefined) names = new Map([...names, [name, last]]);
      }
      return last;
    }
  }
}

function named(name: string, { names }: Scope, context: Context): Thing {
  const found = names.get(name);
  if (found !== undefined) return found;
  const module = builtin(name, context);
  if (module !== undefined) return module;
  throw new V10Failure('invalid_query', 'The query failed 1 validation check', {
    summary: `error: Unbound variable \`${name}\``,
  });
}

function called(expr: Extract<Expr, { is: 'call' }>, scope: Scope, context: Context): Thing {
  if (expr.of.is === 'name' && expr.of.name === 'abort') {
    const [given] = expr.args.map((arg) => evaluate(arg, scope, context));
    throw new V10Failure('abort', 'Query aborted.', { abort: given ?? null });
  }
  const of = evaluate(expr.of, scope, context);
  const func = isThing(of, 'module') ? memberOf(of, '()', context) : of;
  if (!isThing(func, 'function'))
    throw new V10Failure('invalid_function_invocation', 'Not a function.');
  const args = expr.args.map((arg) => evaluate(arg, scope, context));
  return func.call(args, context);
}

function lambda(expr: Extract<Expr, { is: 'lambda' | 'short' }>, scope: Scope): Func {
  if (expr.is === 'short') {
    const call: Func['call'] = ([it = null], context) =>
      evaluate(expr.body, { ...scope, it }, context);
    return { kind: 'function', call, path: pathOf(expr.body) };
  }
  const call: Func['call'] = (args, context) => {
    const given = expr.params.map((param, i) => [param, args[i] ?? null] as const);
    return evaluate(expr.body, { ...scope, names: new Map([...scope.names, ...given]) }, context);
  };
  return { kind: 'function', call, path: undefined };
}

function pathOf(expr: Expr): readonly string[] | undefined {
  if (expr.is === 'this') return [];
  const before = expr.is === 'member' ? pathOf(expr.of) : undefined;
  return before === undefined || expr.is !== 'member' ? undefined : [...before, expr.name];
}

/** Of a set or an array, each element is projected. */
function projected(
  of: Thing,
  { fields }: Extract<Expr, { is: 'projection' }>,
  scope: Scope,
  context: Context,
): Thing {
  const one = (it: Thing, inner: Context): Thing =>
    it === null || isThing(it, 'missing')
      ? it
      : new Map(fields.map(({ name, value }) => [name, evaluate(value, { ...scope, it }, inner)]));
  if (isThing(of, 'pipeline')) {
    const call: Func['call'] = ([it = null], inner) => one(it, inner);
    return { ...of, stages: [...of.stages, { is: 'map', call }] };
  }
  return isList(of) ? of.map((it) => one(it, context)) : one(of, context);
}

function elementOf(of: Thing, index: Thing, context: Context): Thing {
  if (isList(of) && typeof index === 'bigint') return of[Number(index)] ?? null;
  if (typeof index === 'string') return memberOf(of, index, context, 'fields');
  throw invalidType('Array', 'before [');
}

function minus(thing: Thing): Thing {
  if (typeof thing === 'bigint' || typeof thing === 'number') return -thing;
  throw invalidType('Number', 'after -');
}

function binary(expr: Extract<Expr, { is: 'binary' }>, scope: Scope, context: Context): Thing {
  const left = evaluate(expr.left, scope, context);
  const right = () => evaluate(expr.right, scope, context);
  switch (expr.sign) {
    case '??':
      return left === null || isThing(left, 'missing') ? right() : left;
    case '&&':
      return truth(left) && truth(right());
    case '||':
      return truth(left) || truth(right());
    case '==':
      return isSame(left, right());
    case '!=':
      return !isSame(left, right());
    default:
      return arithmetic(expr.sign, left, right());
  }
}

function arithmetic(sign: string, left: Thing, right: Thing): Thing {
  if (isHole(left) || isHole(right)) throw new NotSymbolic();
  if (['<', '>', '<=', '>='].includes(sign)) {
    if (!isValue(left) || !isValue(right) || left === null || right === null) return false;
    const order = compareValues(left, right);
    if (sign === '<') return order < 0;
    if (sign === '>') return order > 0;
    return sign === '<=' ? order <= 0 : order >= 0;
  }
  if (sign === '+' && typeof left === 'string') return left + textOf(right);
  const isNumber = (thing: Thing) => typeof thing === 'bigint' || typeof thing === 'number';
  if (!isNumber(left) || !isNumber(right)) throw invalidType('Number', `beside ${sign}`);
  if (typeof left === 'bigint' && typeof right === 'bigint') return integers(sign, left, right);
  return doubles(sign, Number(left), Number(right));
}

function integers(sign: string, left: bigint, right: bigint): bigint {
  if (sign === '+') return left + right;
  if (sign === '-') return left - right;
  if (sign === '*') return left * right;
  if (right === 0n) throw new V10Failure('divide_by_zero', 'Attempted integer division by zero.');
  return sign === '/' ? left / right : left % right;
}

function doubles(sign: string, left: number, right: number): number {
  if (sign === '+') return left + right;
  if (sign === '-') return left - right;
  if (sign === '*') return left * right;
  return sign === '/' ? left / right : left % right;
}

function textOf(thing: Thing): string {
  if (typeof thing === 'string') return thing;
  if (isValue(thing) && isA(thing, 'time')) return timeText(thing.nanos);
  if (typeof thing === 'object' && thing !== null) throw invalidType('String', 'beside +');
  return String(thing);
}
