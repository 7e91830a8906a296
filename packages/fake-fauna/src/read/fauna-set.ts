import type { Collection, Index, Listing } from '../store/schema.ts';
import type { Lambda } from '../v4/lambda.ts';
import type { Ref, Value } from '../values/value.ts';

/** What Paginate reads. */
export type FaunaSet =
  /** All documents of a collection. */
  | { readonly is: 'documents'; readonly collection: Collection }
  /** All objects of the schema of one kind. */
  | { readonly is: 'listing'; readonly listing: Listing }
  | { readonly is: 'match'; readonly index: Index; readonly terms: readonly Value[] }
  | {
      readonly is: 'range';
      readonly source: FaunaSet;
      readonly from: ArrayCursor;
      readonly to: ArrayCursor;
    }
  /** The history of a set. */
  | { readonly is: 'events'; readonly source: FaunaSet }
  /** One document; as a history, its versions. */
  | { readonly is: 'document'; readonly ref: Ref }
  /** One document; as a history, when it was there and when not. */
  | { readonly is: 'singleton'; readonly ref: Ref }
  | { readonly is: 'filter'; readonly source: FaunaSet; readonly lambda: Lambda };

/** A place among the elements of a set: some of their values, and then perhaps a document. */
export interface ArrayCursor {
  /** As it was given. */
  readonly given: readonly Value[];
  readonly values: readonly Value[];
  /** `min` and `max` are before and after every document. */
  readonly ref: Ref | 'min' | 'max';
}

/** A place in a history. */
export interface EventCursor {
  readonly given: Value;
  readonly ts: bigint;
  readonly rank: number;
  readonly ref: Ref | 'min' | 'max';
}

/** Whether the elements of a set are events. */
export function isHistory(set: FaunaSet): boolean {
  return set.is === 'events';
}

/** How many values the elements of a set have beside the document. */
export function widthOf(set: FaunaSet, widthOfIndex: (index: Index) => number): number {
  if (set.is === 'match') return widthOfIndex(set.index);
  if (set.is === 'range' || set.is === 'filter' || set.is === 'events') {
    return widthOf(set.source, widthOfIndex);
  }
  return 0;
}
