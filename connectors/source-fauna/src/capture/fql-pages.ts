import type { Fauna } from '../client/fauna.ts';
import { sentSetCursor } from '../wire/cursor.ts';
import type { FqlPageReader, Page } from '../wire/page.ts';
import type { PageSize } from './page-size.ts';
import { pagesOf } from './pages.ts';

export interface FqlPagesRequest {
  readonly fauna: Fauna;
  readonly collection: string;
  /** The set, as FQL v10 that has the collection as `name` and how many elements a page has as `size`. */
  readonly set: string;
  /** Where to begin, as a state keeps it; undefined at the front. */
  readonly after?: string | undefined;
  readonly size: PageSize;
  readonly reader: FqlPageReader;
  readonly signal: AbortSignal;
}

/** The pages of a set of FQL v10, as it is when its first page is asked for. */
export function fqlPages({
  fauna,
  collection,
  set,
  after: first,
  size: sizes,
  reader,
  signal,
}: FqlPagesRequest): AsyncGenerator<Page, void, undefined> {
  return pagesOf({
    ask: (after, size) =>
      after === undefined
        ? fauna.fql(set, { name: collection, size }, signal)
        : fauna.fql('Set.paginate(after, size)', { after: sentSetCursor(after), size }, signal),
    after: first,
    size: sizes,
    reader,
  });
}
