import { GrpcError, Status } from '@fairlead/grpc';
import { invalid } from '../invalid.ts';
import type { Filter, StructuredQuery } from '../protocol/query.gen.ts';
import type { Settings } from '../settings.ts';
import { FieldOperator } from './compile-filter.ts';

/** What of the settings decides whether a query is answered. */
export type Restricting = Pick<Settings, 'style' | 'requireIndexes'> & {
  readonly listen: Pick<Settings['listen'], 'cursors' | 'kindless'>;
};

/** Nothing, when a server with such settings answers a query. @throws {GrpcError} */
export function checkAllowed(
  query: StructuredQuery | undefined,
  settings: Restricting,
  call: 'query' | 'listen',
): void {
  if (query === undefined) return;
  const { startAt, endAt, orderBy } = query;
  if (settings.style === 'emulator') {
    if (
      orderBy.some(({ field, direction }) => field?.fieldPath === '__name__' && direction === 2)
    ) {
      throw invalid('The emulator does not scan __name__ backwards.');
    }
    if (Math.max(startAt?.values.length ?? 0, endAt?.values.length ?? 0) > orderBy.length) {
      throw invalid('A cursor has more values than there are orders.');
    }
  }
  if (call === 'listen' && !settings.listen.cursors && (startAt ?? endAt) !== undefined) {
    throw invalid('A target cannot have cursors.');
  }
  if (call === 'listen' && !settings.listen.kindless && !query.from[0]?.collectionId) {
    throw invalid('A target must name its collection.');
  }
  if (settings.requireIndexes && needsIndex(query)) {
    throw new GrpcError(
      Status.FAILED_PRECONDITION,
      'The query requires an index. You can create it here: https://console.firebase.google.com/v1/r/project/demo/firestore/indexes?create_composite=demo',
    );
  }
}

/**
 * Whether a query needs an index that is not there by itself: for a group one that has any field in it,
 * for a collection one that has several and does not only compare them for equality.
 */
export function needsIndex({ from, where, orderBy }: StructuredQuery): boolean {
  const uses = [
    ...filterUses(where),
    ...orderBy.map(({ field }) => ({ field: field?.fieldPath ?? '', equal: false })),
  ].filter(({ field }) => field !== '__name__');
  const fields = new Set(uses.map(({ field }) => field));
  if (from[0]?.allDescendants === true) return fields.size > 0;
  return fields.size > 1 && uses.some(({ equal }) => !equal);
}

function filterUses(filter: Filter | undefined): { field: string; equal: boolean }[] {
  const type = filter?.type;
  switch (type?.case) {
    case 'compositeFilter':
      return type.value.filters.flatMap(filterUses);
    case 'fieldFilter':
      return [{ field: type.value.field?.fieldPath ?? '', equal: equalities.has(type.value.op) }];
    case 'unaryFilter':
      return [{ field: type.value.field?.fieldPath ?? '', equal: type.value.op <= 3 }];
    case undefined:
      return [];
  }
}

const equalities: ReadonlySet<number> = new Set([FieldOperator.equal, FieldOperator.in]);
