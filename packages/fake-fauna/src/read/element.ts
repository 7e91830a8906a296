import type { ArrayCursor, EventCursor } from './fauna-set.ts';
import { compareRefs, compareValues } from '../values/compare.ts';
import type { Action, Ref, Value } from '../values/value.ts';

/** One element of a set: the values of an index and the document they are of; of a history, an event. */
export interface Element {
  readonly values: readonly Value[];
  readonly ref: Ref;
  readonly event?: { readonly ts: bigint; readonly action: Action; readonly data?: Value };
}

/** The value an element stands for in a page. */
export function valueOf({ values, ref, event }: Element): Value {
  if (event !== undefined) {
    const { ts, action, data } = event;
    const common = { kind: 'event', ts, action, ref } as const;
    if (data !== undefined) return { ...common, data };
    return values.length === 0 ? common : { ...common, values };
  }
  if (values.length === 0) return ref;
  return values.length === 1 ? (values[0] ?? null) : values;
}

/** The cursor that begins with an element. */
export function cursorOf(element: Element): Value {
  const { values, ref, event } = element;
  return event === undefined ? [...values, ref] : valueOf(element);
}

/** Removes and deletes come first among events of one time. */
export function rankOf(action: Action): number {
  return action === 'remove' || action === 'delete' ? 0 : 1;
}

/** The order of elements that are no events: values, some of them descending, then documents. */
export function compareElements(
  left: Element,
  right: Element,
  reversed: readonly boolean[],
): number {
  for (const [i, value] of left.values.entries()) {
    const order = compareValues(value, right.values[i] ?? null);
    if (order !== 0) return reversed[i] === true ? -order : order;
  }
  return compareRefs(left.ref, right.ref);
}

/** The order of events: time, removes first, documents. */
export function compareEvents(left: Element, right: Element): number {
  const [a, b] = [left.event, right.event];
  if (a === undefined || b === undefined) return 0;
  if (a.ts !== b.ts) return a.ts < b.ts ? -1 : 1;
  return (
    rankOf(a.action) - rankOf(b.action) ||
    compareRefs(left.ref, right.ref) ||
    compareValues(left.values, right.values)
  );
}

/**
 * Where an element lies from a cursor: before, at or after it. Where the cursor leaves values or the document open, it
 * lies before all of them (`open` is -1) or after (1).
 */
export function compareToCursor(
  element: Element,
  cursor: ArrayCursor,
  reversed: readonly boolean[],
  open: -1 | 1,
): number {
  for (const [i, value] of cursor.values.entries()) {
    const order = compareValues(element.values[i] ?? null, value);
    if (order !== 0) return reversed[i] === true ? -order : order;
  }
  if (cursor.values.length < element.values.length) return -open;
  return compareToRef(element.ref, cursor.ref);
}

/**
 * Where an event lies from a cursor: by time, action and document, as history is kept, or by time, document and
 * action, as pages are cut.
 */
export function compareToEventCursor(
  { ref, event }: Element,
  cursor: EventCursor,
  by: 'action' | 'document',
): number {
  const ts = event?.ts ?? 0n;
  if (ts !== cursor.ts) return ts < cursor.ts ? -1 : 1;
  const byAction = rankOf(event?.action ?? 'add') - cursor.rank;
  const byDocument = compareToRef(ref, cursor.ref);
  return by === 'action' ? byAction || byDocument : byDocument || byAction;
}

function compareToRef(ref: Ref, cursor: Ref | 'min' | 'max'): number {
  if (cursor === 'min') return 1;
  return cursor === 'max' ? -1 : compareRefs(ref, cursor);
}
