import { z } from 'zod';

/** A time of a transaction, in microseconds since 1970. Some states have one of the far future. */
const Micros = z.number().refine((ts) => Number.isInteger(ts) && ts >= 0, 'write microseconds');

/** The cursor of the next page as Fauna gave it: the text of its tagged JSON, or that JSON. */
const After = z.json();

const FullSync = z.looseObject({
  /** The instant at which all is read. */
  ts: Micros,
  after: After.optional(),
  /** Whether all was read that a host wanted to have once. */
  done: z.boolean().optional(),
});

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

const parts = {
  full_sync_cursor: FullSync.optional(),
  updates_cursor: Updates.optional(),
  remove_cursor: Removals.optional(),
  feed_cursor: Feed.optional(),
};

/**
 * Where a binding stands, in the form that Airbyte's connector gave it: what is being read as a whole, up to which change
 * it was followed, and up to which deletion. Nothing at all is the state of a stream that was read as a whole.
 */
export const Cursor = z.looseObject(parts).refine(isOurs, 'it is not of a Fauna source');
export type Cursor = z.infer<typeof Cursor>;

/** Whether an object with all members optional is meant, and not that of another connector. */
function isOurs(cursor: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(cursor);
  return names.length === 0 || names.some((name) => Object.hasOwn(parts, name));
}
