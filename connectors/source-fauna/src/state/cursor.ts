import { z } from 'zod';

/** A time of a transaction, in microseconds since 1970. Some states have one of the far future. */
const Micros = z.number().refine((ts) => Number.isInteger(ts) && ts >= 0, 'write microseconds');

/** The cursor of the next page as Fauna gave it: the text of its tagged JSON, or that JSON. */
const After = z.json();

const FullSync = z.looseObject({ ts: Micros, after: After.optional() });

const Updates = z.looseObject({
  /** The last row that was read, while there is no `after`. */
  ts: Micros.optional(),
  ref: z.string().optional(),
  after: After.optional(),
  /** When the first reading of all began, while it goes on. */
  load_ts: Micros.optional(),
});

const Removals = z.looseObject({
  /** The last deletion that was read, while there is no `after`. */
  ts: Micros.optional(),
  ref: z.string().optional(),
  after: After.optional(),
  /** All deletions up to here were read. */
  seen_ts: Micros.optional(),
});

/** How far a collection is followed by its event feed, in FQL v10. */
const Feed = z.looseObject({
  /** When reading began: the feed is followed from here on. */
  start_ts: Micros,
  /** The next page of what was there then, while that is read. */
  after: z.string().optional(),
  /** Whether all that was there then was read. */
  loaded: z.boolean().default(false),
  /** The last event that was told. */
  cursor: z.string().optional(),
});

/**
 * Where a binding stands, in the form that Airbyte's connector gave it: what is being read as a whole, up to which change
 * it was followed, and up to which deletion.
 */
export const Cursor = z.looseObject({
  full_sync_cursor: FullSync.optional(),
  updates_cursor: Updates.optional(),
  remove_cursor: Removals.optional(),
  feed_cursor: Feed.optional(),
});
export type Cursor = z.infer<typeof Cursor>;
