import { own } from '../own.ts';
import type { ArrayCursor, EventCursor, FaunaSet } from '../read/fauna-set.ts';
import { isHistory, widthOf } from '../read/fauna-set.ts';
import { planOf } from '../store/schema.ts';
import { compareValues } from '../values/compare.ts';
import { microsOf } from '../values/time-text.ts';
import { isA, isObject, isRef, nativeRef, type Value } from '../values/value.ts';
import { asInteger, asList, asRef, mismatch, typeName, undefinedRef } from './casts.ts';
import { at, invalidArgument, type Place } from './failures.ts';

/** A place in a set; `open` tells whether it lies before or after all that it leaves open. */
export type Cursor =
  | { readonly is: 'array'; readonly cursor: ArrayCursor }
  | { readonly is: 'event'; readonly cursor: EventCursor };

/** The cursor a value means for a set. */
export function cursorFor(set: FaunaSet, value: Value, place: Place): Cursor {
  if (isA(value, 'unresolved')) throw undefinedRef(value, place);
  return isHistory(set)
    ? { is: 'event', cursor: eventCursor(value, place) }
    : { is: 'array', cursor: arrayCursor(set, value, place, 'min') };
}

/** The place among the elements of a set that a value, or an array of them, means. */
export function arrayCursor(
  set: FaunaSet,
  value: Value,
  place: Place,
  open: 'min' | 'max',
): ArrayCursor {
  const given = asList(value);
  for (const part of given) if (isA(part, 'unresolved')) throw undefinedRef(part, place);
  const width = widthOf(set, (index) => planOf(index).values.length);
  const values = given.slice(0, width);
  const last = given[width];
  if (last === undefined) return { given, values, ref: open };
  if (isRef(last)) return { given, values, ref: last };
  return { given, values, ref: compareValues(last, nativeRef('')) > 0 ? 'max' : 'min' };
}

/** The keys an event cursor may have, and which of them names the document. */
const forms: Readonly<Record<string, string>> = {
  ts: '',
  'action,ts': '',
  'action,resource,ts': 'resource',
  'action,resource,ts,values': 'resource',
  'action,instance,ts': 'instance',
  'action,data,instance,ts': 'instance',
  'action,document,ts': 'document',
  'action,data,document,ts': 'document',
};

function eventCursor(given: Value, place: Place): EventCursor {
  const from = (ts: bigint): EventCursor => ({ given, ts, rank: 0, ref: 'min' });
  if (typeof given === 'bigint') return from(given);
  if (isA(given, 'time')) return from(microsOf(given));
  if (isA(given, 'date')) return from(BigInt(Date.parse(given.text)) * 1000n);
  if (given === null) return from(2n ** 63n - 1n);
  if (isA(given, 'event')) {
    const { ts, action, ref } = given;
    return { given, ts, rank: action === 'remove' || action === 'delete' ? 0 : 1, ref };
  }
  if (!isObject(given)) throw mismatch('Object, Integer, Time, or Date', given, place);
  const keys = [...given.keys()];
  const document = own(forms, keys.toSorted().join(','));
  if (document === undefined) {
    throw invalidArgument(place, `Cannot create event cursor with keys ${keys.join(', ')}`);
  }
  const ts = asInteger(given.get('ts') ?? null, at(place, 'ts'));
  const rank = rankOf(given.get('action'), at(place, 'action'));
  const ref = document === '' ? 'max' : asRef(given.get(document) ?? null, at(place, document));
  return { given, ts, rank, ref };
}

function rankOf(action: Value | undefined, place: Place): number {
  if (action === undefined || action === 'remove' || action === 'delete') return 0;
  if (action === 'add' || action === 'create' || action === 'update') return 1;
  throw invalidArgument(
    place,
    `String 'create', 'update', or 'delete' expected, ${typeName(action)} provided.`,
  );
}
