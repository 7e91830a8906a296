import { create } from '@bufbuild/protobuf';
import { intersect, justAfter, nameKey, type KeyRange, type NameKey } from '../names/name-key.ts';
import { parentPlace } from '../names/resource-name.ts';
import type { Value } from '../protocol/document.gen.ts';
import { FilterSchema, type Cursor, type FieldFilter, type Filter } from '../protocol/query.gen.ts';
import { invalid } from '../invalid.ts';
import { FieldOperator } from './compile-filter.ts';

/** Every key. */
export const everything: KeyRange = { from: '', to: '\xff' };

/** The range that the conditions on names in `filter` leave, and what else of it has to hold. */
export function splitNameBounds(
  filter: Filter | undefined,
  database: string,
): { range: KeyRange; rest: Filter | undefined } {
  const { type } = filter ?? { type: { case: undefined } };
  if (type.case === 'fieldFilter') {
    const range = boundsOf(type.value, database);
    return range === undefined ? { range: everything, rest: filter } : { range, rest: undefined };
  }
  if (type.case !== 'compositeFilter' || type.value.op !== 1 || type.value.filters.length === 0) {
    return { range: everything, rest: filter };
  }
  let range = everything;
  const others: Filter[] = [];
  for (const part of type.value.filters) {
    const split = splitNameBounds(part, database);
    range = intersect(range, split.range);
    if (split.rest !== undefined) others.push(split.rest);
  }
  if (others.length === 0) return { range, rest: undefined };
  const and = { case: 'compositeFilter' as const, value: { op: 1, filters: others } };
  return { range, rest: create(FilterSchema, { type: and }) };
}

/** The range of a query ordered by name alone, between its cursors. */
export function cursorBounds(
  start: Cursor | undefined,
  end: Cursor | undefined,
  descending: boolean,
  database: string,
): KeyRange {
  const first = descending ? end : start;
  const last = descending ? start : end;
  // A cursor lies before or after the documents of its values, in the order of the query.
  return {
    from: first ? edge(first, first.before === descending, database) : everything.from,
    to: last ? edge(last, last.before === descending, database) : everything.to,
  };
}

/** The key of a document given as a value. @throws {GrpcError} invalid argument */
export function referenceKey(value: Value | undefined, database: string): NameKey {
  if (value?.type.case !== 'referenceValue') {
    throw invalid('A condition on __name__ takes a reference to a document.');
  }
  const place = parentPlace(value.type.value);
  if (place.database !== database || place.path === '') {
    throw invalid(
      `__name__ is compared with "${value.type.value}", which is not in this database.`,
    );
  }
  return nameKey(place.path);
}

function edge(cursor: Cursor, afterIt: boolean, database: string): NameKey {
  if (cursor.values.length === 0) return afterIt ? everything.to : everything.from;
  const key = referenceKey(cursor.values[0], database);
  return afterIt ? justAfter(key) : key;
}

function boundsOf({ field, op, value }: FieldFilter, database: string): KeyRange | undefined {
  if (field?.fieldPath !== '__name__') return undefined;
  const key = () => referenceKey(value, database);
  switch (op) {
    case FieldOperator.lessThan:
      return { from: everything.from, to: key() };
    case FieldOperator.lessThanOrEqual:
      return { from: everything.from, to: justAfter(key()) };
    case FieldOperator.greaterThan:
      return { from: justAfter(key()), to: everything.to };
    case FieldOperator.greaterThanOrEqual:
      return { from: key(), to: everything.to };
    case FieldOperator.equal:
      return { from: key(), to: justAfter(key()) };
    default:
      return undefined;
  }
}
