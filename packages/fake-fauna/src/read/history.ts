import type { IndexPlan } from '../store/schema.ts';
import { expiryOf, type Version } from '../store/version.ts';
import { sameValue } from '../values/compare.ts';
import { isObject, type FaunaObject, type Ref, type Value } from '../values/value.ts';
import type { Element } from './element.ts';
import { matchesTerms, tuplesOf } from './tuples.ts';

/** What a set has of a document: nothing, or tuples of values. */
export type TuplesOf = (ref: Ref, version: Version) => readonly (readonly Value[])[];

/**
 * The events of a document in a set, oldest first. An event older than `oldest` is forgotten, unless it is an add that
 * still held then. An update that changes neither the values nor the time to live is no event.
 */
export function setEvents(
  ref: Ref,
  versions: readonly Version[],
  oldest: number,
  tuplesIn: TuplesOf,
): Element[] {
  const events: Element[] = [];
  let before: readonly (readonly Value[])[] = [];
  let expiry: number | undefined;
  const emit = (version: Version, action: 'add' | 'remove', values: readonly Value[]) => {
    events.push({ values, ref, event: { ts: BigInt(version.ts), action } });
  };
  for (const version of versions) {
    const after = tuplesIn(ref, version);
    const ttlChanged = expiryOf(version) !== expiry;
    for (const values of before) {
      if (ttlChanged || !has(after, values)) emit(version, 'remove', values);
    }
    for (const values of after) {
      if (ttlChanged || !has(before, values)) emit(version, 'add', values);
    }
    before = after;
    expiry = expiryOf(version);
  }
  return remembered(events, oldest);
}

/** The tuples of the set of all documents: one without values. */
export function documentTuples(_ref: Ref, { fields }: Version): readonly (readonly Value[])[] {
  return fields === undefined ? [] : [[]];
}

/** The tuples of an index under some terms. */
export function indexTuples(plan: IndexPlan, terms: readonly Value[]): TuplesOf {
  return (ref, { ts, fields }) => {
    if (fields === undefined || !matchesTerms(plan, terms, ref, { ts, fields })) return [];
    return tuplesOf(plan, ref, { ts, fields });
  };
}

/** The versions of a document as events, with what each changed. */
export function documentEvents(ref: Ref, versions: readonly Version[], oldest: number): Element[] {
  const events: Element[] = [];
  let before: FaunaObject | undefined;
  for (const [i, { ts, fields }] of versions.entries()) {
    const action = fields === undefined ? 'delete' : before === undefined ? 'create' : 'update';
    const data = fields === undefined ? null : difference(before?.get('data'), fields.get('data'));
    const isForgotten = ts < oldest && (versions[i + 1]?.ts ?? Infinity) <= oldest;
    if (!isForgotten) events.push({ values: [], ref, event: { ts: BigInt(ts), action, data } });
    before = fields;
  }
  return events;
}

function remembered(events: readonly Element[], oldest: number): Element[] {
  const kept: Element[] = [];
  for (const element of events) {
    const { event } = element;
    if (event === undefined) continue;
    if (Number(event.ts) < oldest) {
      const isOver = events.some(
        (later) =>
          later.event !== undefined &&
          later.event.action === 'remove' &&
          later.event.ts >= event.ts &&
          Number(later.event.ts) <= oldest &&
          events.indexOf(later) > events.indexOf(element) &&
          sameValue(later.values, element.values),
      );
      if (event.action === 'remove' || isOver) continue;
    }
    kept.push(element);
  }
  return kept;
}

function has(tuples: readonly (readonly Value[])[], values: readonly Value[]): boolean {
  return tuples.some((tuple) => sameValue(tuple, values));
}

function difference(before: Value | undefined, after: Value | undefined): Value {
  if (after === undefined) return null;
  if (!isObject(before) || !isObject(after)) return after;
  const changed = new Map<string, Value>();
  for (const [key, value] of after) {
    const old = before.get(key);
    if (old === undefined || !sameValue(old, value)) changed.set(key, difference(old, value));
  }
  for (const key of before.keys()) if (!after.has(key)) changed.set(key, null);
  return changed;
}
