import { collectionsIn, reversedOf, sequenceOf, type Reading } from '../read/reader.ts';
import { compareToCursor, compareToEventCursor, cursorOf, type Element } from '../read/element.ts';
import type { FaunaSet } from '../read/fauna-set.ts';
import type { Sequence } from '../read/sequence.ts';
import type { Page, Value } from '../values/value.ts';
import { asBoolean } from './casts.ts';
import type { Cursor } from './cursors.ts';
import { readingOf, type Env } from './env.ts';
import { apply } from './lambda.ts';
import { at, invalidArgument, permissionDenied, type Place } from './failures.ts';

/** Which part of a set is wanted. */
export interface Paging {
  readonly size: number;
  readonly cursor: Cursor | undefined;
  /** Whether the page ends before the cursor, rather than begin with it. */
  readonly backwards: boolean;
}

/** The set as it can be read here. @throws {QueryFailure} where the key may not, or where it has no history */
export function openSet(set: FaunaSet, env: Env, place: Place, place403: Place): Sequence {
  checkRight(set, env, place403);
  if (set.is === 'events') checkHistorical(set.source, place);
  return sequenceOf(
    set,
    readingOf(env, collectionsIn(set, env.query.database), keepsIn(env, place)),
  );
}

/** A page of a set. */
export function paginate(set: FaunaSet, paging: Paging, env: Env, place: Place): Page {
  const { size, cursor, backwards } = paging;
  const sequence = openSet(set, env, place, at(place, 'paginate'));
  const given = givenIn(cursor);
  const reversed = reversedOf(set);
  const [from, to] = backwards
    ? endingBefore(sequence, cursor, size, reversed)
    : beginningWith(sequence, cursor, size, reversed);
  const edge = backwards
    ? sequence.at(from > 0 ? from : -1)
    : sequence.at(to < sequence.length ? to : -1);
  const next = size === 0 ? given : edge && cursorOf(edge);
  const [before, after] = backwards ? [next, given] : [given, next];
  env.query.counts.reads += to - from;
  env.query.counts.elements += to - from;
  return { kind: 'page', before, after, data: sequence.slice(from, to) };
}

/** The document of the first element of a set. */
export function headOf(set: FaunaSet, env: Env, place: Place): Element | undefined {
  return openSet(set, env, place, place).at(0);
}

function beginningWith(
  sequence: Sequence,
  cursor: Cursor | undefined,
  size: number,
  reversed: readonly boolean[],
): [number, number] {
  let from = 0;
  if (cursor?.is === 'array') {
    from = sequence.search((element) => compareToCursor(element, cursor.cursor, reversed, -1) < 0);
  } else if (cursor?.is === 'event') {
    const lies = (by: 'action' | 'document') => (element: Element) =>
      compareToEventCursor(element, cursor.cursor, by) < 0;
    from = sequence.search(lies('action'));
    for (let next = sequence.at(from); next && lies('document')(next); next = sequence.at(from)) {
      from++;
    }
  }
  return [from, Math.min(from + size, sequence.length)];
}

function endingBefore(
  sequence: Sequence,
  cursor: Cursor | undefined,
  size: number,
  reversed: readonly boolean[],
): [number, number] {
  let to = sequence.length;
  if (cursor?.is === 'array') {
    to = sequence.search((element) => compareToCursor(element, cursor.cursor, reversed, -1) < 0);
  } else if (cursor?.is === 'event') {
    to = sequence.search((element) => compareToEventCursor(element, cursor.cursor, 'action') <= 0);
    const isPast = (element: Element | undefined) =>
      element !== undefined && compareToEventCursor(element, cursor.cursor, 'document') >= 0;
    while (to > 0 && isPast(sequence.at(to - 1))) to--;
  }
  return [Math.max(0, to - size), to];
}

function givenIn(cursor: Cursor | undefined): Value | undefined {
  if (cursor?.is !== 'event') return cursor?.cursor.given;
  const { given, ts, rank, ref } = cursor.cursor;
  if (typeof ref === 'string') return given;
  return { kind: 'event', ts, action: rank === 0 ? 'remove' : 'add', ref };
}

function checkRight(set: FaunaSet, env: Env, place: Place): void {
  const { access } = env.query;
  if (set.is === 'range' || set.is === 'filter' || set.is === 'events') {
    checkRight(set.source, env, place);
  } else if (set.is === 'listing' && !access.canList(set.listing)) {
    throw permissionDenied(place);
  } else if (set.is === 'match' && !access.canReadIndex(set.index.name)) {
    throw permissionDenied(place);
  } else if (set.is === 'document' || set.is === 'singleton') {
    const { ref } = set;
    const may = ref.to !== 'document' || access.canReadHistory(ref.collection.name);
    if (!may) throw permissionDenied(place);
  }
}

function checkHistorical(set: FaunaSet, place: Place): void {
  if (set.is === 'documents' || set.is === 'match') return;
  if (set.is === 'document' || set.is === 'singleton') return;
  throw invalidArgument(place, 'Set does not support events history.');
}

function keepsIn(env: Env, place: Place): Reading['keeps'] {
  return ({ lambda }, value) => asBoolean(apply(lambda, value, env, place), at(place, 'filter'));
}
