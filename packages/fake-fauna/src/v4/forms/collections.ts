import type { Sequence } from '../../read/sequence.ts';
import { expand, type Run } from '../../synthetic/hole.ts';
import { isA, isArray, isObject, type Page, type Value } from '../../values/value.ts';
import { asArray, asBoolean, asInteger, asList, asPath, mismatch, undefinedRef } from '../casts.ts';
import { NotSymbolic, type Env } from '../env.ts';
import { QueryFailure, together, type Place } from '../failures.ts';
import { form, type Call, type Form } from '../form.ts';
import { apply, type Lambda } from '../lambda.ts';
import { elementsOf, isRun, valueAt } from '../select.ts';
import { openSet } from '../paginate.ts';
import { asSetOrDocument } from './refs.ts';

/** What works on arrays and pages. */
export const collectionForms: readonly Form[] = [
  form('map* collection', (call) => {
    const lambda = call.lambda('map');
    return overItems(call, (item) => {
      if (!isRun(item)) return [apply(lambda, item, call.env, call.at('map'))];
      const value = symbolically(lambda, item, call.env, call.at('map'));
      if (value !== undefined) return [{ ...item, value }];
      return each(expand(item), (one) => apply(lambda, one, call.env, call.at('map')));
    });
  }),
  form('foreach* collection', (call) => {
    const lambda = call.lambda('foreach');
    overItems(call, (item) =>
      each(isRun(item) ? expand(item) : [item], (one) =>
        apply(lambda, one, call.env, call.at('foreach')),
      ),
    );
    return call.value('collection');
  }),
  form('filter* collection', filter),
  form('reduce* initial collection', (call) => {
    const lambda = call.lambda('reduce');
    return itemsOf(call).reduce<Value>(
      (sum, item) => apply(lambda, [sum, item], call.env, call.at('reduce')),
      call.value('initial'),
    );
  }),
  form('count', (call) => BigInt(countOf(call, 'count'))),
  form('is_empty', (call) => countOf(call, 'is_empty') === 0),
  form('is_nonempty', (call) => countOf(call, 'is_nonempty') > 0),
  form('append collection', (call) => [
    ...call.as('collection', asArray),
    ...asList(call.value('append')),
  ]),
  form('prepend collection', (call) => [
    ...asList(call.value('prepend')),
    ...call.as('collection', asArray),
  ]),
  form('take collection', (call) => itemsOf(call).slice(0, Number(call.as('take', asInteger)))),
  form('drop collection', (call) => itemsOf(call).slice(Number(call.as('drop', asInteger)))),
  form(
    'contains_path in',
    (call) => valueAt(call.value('in'), call.as('contains_path', asPath)) !== undefined,
  ),
  form(
    'contains_field in',
    (call) => valueAt(call.value('in'), call.as('contains_field', asPath)) !== undefined,
  ),
  form('merge with', (call) => {
    const all = [call.value('merge'), ...asList(call.value('with'))];
    return new Map(all.flatMap((one) => (isObject(one) ? [...one] : []))) satisfies Value;
  }),
];

function filter(call: Call): Value {
  const lambda = call.lambda('filter');
  const source = call.value('collection');
  const place = call.at('filter');
  const keeps = (item: Value) => asBoolean(apply(lambda, item, call.env, place), place);
  if (isA(source, 'set') || isA(source, 'ref')) {
    const set = asSetOrDocument(source, call.at('collection'));
    return { kind: 'set', set: { is: 'filter', source: set, lambda } };
  }
  return overItems(call, (item) => {
    if (!isRun(item)) return keeps(item) ? [item] : [];
    const decided = symbolically(lambda, item, call.env, place);
    if (typeof decided === 'boolean') return decided ? [item] : [];
    return expand(item).filter(keeps);
  });
}

/** The value of a lambda for a whole run; undefined where it has to be applied to each. */
function symbolically(lambda: Lambda, run: Run, env: Env, place: Place): Value | undefined {
  if (env.symbolic !== undefined) return undefined;
  const { reads } = env.query.counts;
  try {
    const value = apply(lambda, run.value, { ...env, symbolic: run }, place);
    const { counts } = env.query;
    counts.reads = reads + (counts.reads - reads) * (run.to - run.from);
    return value;
  } catch (error) {
    // Whatever is wrong is found again, and where it is, when it is applied to each.
    if (!(error instanceof NotSymbolic) && !(error instanceof QueryFailure)) throw error;
    env.query.counts.reads = reads;
    return undefined;
  }
}

/** A page or an array, its items replaced; the cursors of a page stay. */
function overItems(call: Call, replace: (item: Value | Run) => readonly (Value | Run)[]): Value {
  const source = call.value('collection');
  if (isArray(source)) {
    return together(source.map((item) => () => replace(item)))
      .flat()
      .flatMap((item) => (isRun(item) ? expand(item) : [item]));
  }
  if (!isA(source, 'page')) throw notIterable(source, call.at('collection'));
  const data = together(source.data.map((item) => () => replace(item))).flat();
  const page: Page = { ...source, data };
  return page;
}

function itemsOf(call: Call): readonly Value[] {
  return allOf(call, 'collection');
}

/** All elements of an array, a page or a set. */
function allOf(call: Call, key: string): readonly Value[] {
  const source = call.value(key);
  if (isArray(source)) return source;
  if (isA(source, 'page')) return elementsOf(source);
  const sequence = sequenceIn(call, key);
  return elementsOf({ kind: 'page', data: sequence.slice(0, sequence.length) });
}

function countOf(call: Call, key: string): number {
  const source = call.value(key);
  const isMade = isArray(source) || isA(source, 'page');
  return isMade ? allOf(call, key).length : sequenceIn(call, key).length;
}

function sequenceIn(call: Call, key: string): Sequence {
  const source = call.value(key);
  if (!isA(source, 'set') && !isA(source, 'ref')) throw notIterable(source, call.at(key));
  return openSet(asSetOrDocument(source, call.at(key)), call.env, call.place, call.at(key));
}

function notIterable(source: Value, place: Place) {
  if (isA(source, 'unresolved')) return undefinedRef(source, place);
  return mismatch('Array, Set, or Page', source, place);
}

function each(items: readonly Value[], work: (item: Value) => Value): Value[] {
  return together(items.map((item) => () => work(item)));
}
