import { intersect, nameKey, rangeBelow, type KeyRange } from '../names/name-key.ts';
import { collectionOf, lastSegment, parentPlace } from '../names/resource-name.ts';
import type { StructuredQuery } from '../protocol/query.gen.ts';
import { GrpcError, Status } from '@fairlead/grpc';
import { invalid } from '../invalid.ts';
import type { Wanted } from '../store/database.ts';
import type { StoredDocument } from '../store/stored-document.ts';
import { parseFieldPath, type FieldPath } from '../values/field-path.ts';
import { compileFilter, type Predicate } from './compile-filter.ts';
import { cursorBounds, referenceKey, splitNameBounds } from './name-bounds.ts';
import { readOperand } from './operand.ts';
import { compareToCursor, completeOrders, type OrderTerm } from './orders.ts';

/** A query that is understood: where its documents are, which of them it wants and in which order. */
export interface Plan {
  readonly database: string;
  readonly wanted: Wanted;
  readonly range: KeyRange;
  /** Which documents of the range and the wanted collections belong to it; absent when all do. */
  readonly condition: Predicate | undefined;
  readonly orders: readonly OrderTerm[];
  /** Whether the order is that of names alone. */
  readonly byName: boolean;
  readonly offset: number;
  readonly limit: number | undefined;
  /** The fields to answer with; absent for all. */
  readonly mask: readonly FieldPath[] | undefined;
}

/** What a query below `parent` means. @throws {GrpcError} invalid argument, unimplemented */
export function planQuery(parent: string, query: StructuredQuery | undefined): Plan {
  if (query === undefined) throw invalid('The request has no structured query.');
  if (query.findNearest !== undefined) {
    throw new GrpcError(Status.UNIMPLEMENTED, 'This server does not search for nearest vectors.');
  }
  const { database, path } = parentPlace(parent);
  const { range: selected, wanted } = selection(query, path);
  const orders = completeOrders(query);
  const byName = orders.length === 1;
  for (const cursor of [query.startAt, query.endAt]) {
    if ((cursor?.values.length ?? 0) > orders.length) {
      throw invalid('A cursor has more values than the order has terms.');
    }
    for (const [index, value] of (cursor?.values ?? []).entries()) {
      if (orders[index]?.operand === 'name') referenceKey(value, database);
    }
  }
  if (query.offset < 0) throw invalid('The offset is negative.');
  if ((query.limit ?? 0) < 0) throw invalid('The limit is negative.');

  const { range: named, rest } = splitNameBounds(query.where, database);
  const descending = orders[0]?.sign === -1;
  const between = byName
    ? cursorBounds(query.startAt, query.endAt, descending, database)
    : selected;
  const conditions = [
    ...(rest === undefined ? [] : [compileFilter(rest, database)]),
    ...(byName ? [] : [hasOrdered(orders, database), betweenCursors(query, orders, database)]),
  ];
  return {
    database,
    wanted,
    range: intersect(intersect(selected, named), between),
    condition:
      conditions.length === 0
        ? undefined
        : (document) => conditions.every((condition) => condition(document)),
    orders,
    byName,
    offset: query.offset,
    limit: query.limit,
    mask: projection(query),
  };
}

/** Whether a document belongs to a query, limits aside. */
export function planMatches(plan: Plan, document: StoredDocument | undefined): boolean {
  if (document === undefined || !plan.wanted(collectionOf(document.path))) return false;
  const key = nameKey(document.path);
  if (key < plan.range.from || key >= plan.range.to) return false;
  return plan.condition === undefined || plan.condition(document);
}

function selection(query: StructuredQuery, parent: string): { range: KeyRange; wanted: Wanted } {
  if (query.from.length > 1) throw invalid('A query selects from one collection or group.');
  const { collectionId, allDescendants } = query.from[0] ?? {
    collectionId: '',
    allDescendants: false,
  };
  if (collectionId.includes('/')) throw invalid(`"${collectionId}" is not a collection id.`);
  const prefix = parent === '' ? '' : `${parent}/`;
  if (!allDescendants && collectionId !== '') {
    const collection = prefix + collectionId;
    return { range: rangeBelow(collection), wanted: (path) => path === collection };
  }
  const range = rangeBelow(parent);
  if (!allDescendants) {
    const depth = prefix.split('/').length;
    return { range, wanted: (path) => path.split('/').length === depth };
  }
  if (collectionId === '') return { range, wanted: () => true };
  return { range, wanted: (path) => lastSegment(path) === collectionId };
}

function hasOrdered(orders: readonly OrderTerm[], database: string): Predicate {
  return (document) =>
    orders.every(({ operand }) => readOperand(operand, document, database) !== undefined);
}

function betweenCursors(
  { startAt, endAt }: StructuredQuery,
  orders: readonly OrderTerm[],
  database: string,
): Predicate {
  return (document) => {
    if (startAt !== undefined) {
      const order = compareToCursor(document, startAt.values, orders, database);
      if (order < 0 || (order === 0 && !startAt.before)) return false;
    }
    if (endAt === undefined) return true;
    const order = compareToCursor(document, endAt.values, orders, database);
    return order < 0 || (order === 0 && !endAt.before);
  };
}

function projection({ select }: StructuredQuery): readonly FieldPath[] | undefined {
  if (select === undefined || select.fields.length === 0) return undefined;
  return select.fields
    .filter(({ fieldPath }) => fieldPath !== '__name__')
    .map(({ fieldPath }) => parseFieldPath(fieldPath));
}
