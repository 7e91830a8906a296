import type { Log } from '@fairlead/sdk';
import { isBelowHistory } from '../client/below-history.ts';
import type { Fauna } from '../client/fauna.ts';
import { sentCursor } from '../wire/cursor.ts';
import type { Expression } from '../wire/expression.ts';
import type { Page, PageReader } from '../wire/page.ts';
import type { PageSize } from './page-size.ts';
import { pagesOf } from './pages.ts';
import { nowOf } from './questions.ts';

export interface SnapshotRequest {
  readonly fauna: Fauna;
  readonly collection: string;
  /** The query of one page. */
  readonly query: (asked: {
    readonly at: number;
    readonly after: Expression | undefined;
    readonly size: number;
  }) => Expression;
  /** The instant, in microseconds since 1970; the present unless given. */
  readonly at?: number | undefined;
  /** Where to begin, as a state keeps it; undefined at the front. */
  readonly after?: unknown;
  readonly size: PageSize;
  readonly reader: PageReader;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** A page, and the instant at which it is so. */
export interface SnapshotPage extends Page {
  readonly at: number;
}

/**
 * The pages of a collection as it is at one instant, in the order of ids, in FQL v4. When the database forgets that instant,
 * what is still to be read is read as it is then.
 */
export async function* snapshotPages({
  fauna,
  collection,
  query,
  at,
  after,
  size,
  reader,
  signal,
  log,
}: SnapshotRequest): AsyncGenerator<SnapshotPage, void, undefined> {
  let next = after;
  for (let pinned = at; ; pinned = undefined) {
    const time = pinned ?? (await nowOf(fauna, signal));
    const ask = (from: unknown, count: number) =>
      fauna.query(query({ at: time, after: sentCursor(from), size: count }), signal);
    try {
      for await (const page of pagesOf({ ask, after: next, size, reader })) {
        next = page.after;
        yield { ...page, at: time };
      }
      return;
    } catch (error) {
      const below = isBelowHistory(error);
      if (below === undefined) throw error;
      log.warn('the instant at which it is read is forgotten by the database: it goes on later', {
        collection,
        least: String(below.least),
      });
    }
  }
}
