import { z } from 'zod';
import { KeyRanges, wholeCollection, type KeyRange } from '../handover/key-ranges.ts';
import { microsOf, parseTime, formatTime, timeOfMicros } from '../wire/time.ts';

/** An RFC 3339 time, at which Firestore is read. */
const Instant = z
  .string()
  .refine((text) => parseTime(text) !== undefined, 'write an RFC 3339 time');

/** A part of the names below a collection's documents; each is a path, such as `users/ada`. */
const Range = z.strictObject({
  /** The first name that may be in it; from the very first when absent. */
  from: z.string().optional(),
  /** The last name that was read; none yet when absent. */
  cursor: z.string().optional(),
  isDone: z.literal(true).optional(),
});

/** The state of one binding. */
const Saved = z.strictObject({
  /** Everything up to here was handed out that is not in what is still to be read. */
  at: Instant,
  /** Parts that follow one another, each up to the next; absent when all has been read. */
  ranges: z.array(Range).min(1).optional(),
  /** How many documents the collection has, when that is known. */
  count: z.int().min(0).optional(),
});

/** The state of one binding as Estuary's connector leaves it. */
const Former = z.object({
  ReadTime: Instant,
  Backfill: z
    .object({ Completed: z.boolean().default(false), Cursor: z.string().default('') })
    .nullish(),
  Inconsistent: z.boolean().default(false),
});

/** What a binding resumes from: our own state, or that of Estuary's connector. */
export const Cursor = z.union([Saved, Former]);
export type Cursor = z.infer<typeof Cursor>;

/** Where a binding stands. */
export interface Position {
  /** In microseconds since 1970. */
  readonly point: number;
  readonly ranges: KeyRanges;
  readonly count: number | undefined;
}

/** A position from which nothing has been read. */
export function beginning(point: number): Position {
  return { point, ranges: new KeyRanges([wholeCollection(point)]), count: undefined };
}

/** A position at which everything up to `point` counts as read. */
export function present(point: number): Position {
  return { ...beginning(point), ranges: new KeyRanges([done(point)]) };
}

/**
 * The position that was saved. A former connector that had given up changes, or its backfill, is followed by a new one.
 * @param root `projects/…/databases/…/documents`.
 */
export function resume(cursor: Cursor, root: string): Position {
  if ('at' in cursor) {
    const point = microsAt(cursor.at);
    const saved = cursor.ranges ?? [{ isDone: true }];
    const ranges = saved.map((range, index): KeyRange => ({
      from: nameOf(root, range.from),
      to: nameOf(root, saved[index + 1]?.from),
      cursor: nameOf(root, range.cursor),
      isDone: range.isDone === true,
      notBefore: point,
    }));
    return { point, ranges: new KeyRanges(ranges), count: cursor.count };
  }
  const point = microsAt(cursor.ReadTime);
  const { Backfill: backfill, Inconsistent: isInconsistent } = cursor;
  if (isInconsistent) return beginning(point);
  if (backfill === null || backfill === undefined || backfill.Completed) return present(point);
  const range = { ...wholeCollection(point) };
  const last = backfill.Cursor === '' ? undefined : nameOf(root, backfill.Cursor);
  return { ...beginning(point), ranges: new KeyRanges([{ ...range, cursor: last }]) };
}

/** What is saved of a position; {@link resume} makes the same position of it. */
export function save({ point, ranges, count }: Position, root: string): z.infer<typeof Saved> {
  return {
    at: formatTime(timeOfMicros(point)),
    ...(ranges.isDone ? {} : { ranges: ranges.all.map((range) => savedRange(range, root)) }),
    ...(count === undefined ? {} : { count }),
  };
}

function savedRange({ from, cursor, isDone }: KeyRange, root: string): z.infer<typeof Range> {
  return {
    ...(from === undefined ? {} : { from: pathOf(from, root) }),
    ...(cursor === undefined || isDone ? {} : { cursor: pathOf(cursor, root) }),
    ...(isDone ? { isDone } : {}),
  };
}

function done(point: number): KeyRange {
  return { ...wholeCollection(point), isDone: true };
}

function microsAt(text: string): number {
  const time = parseTime(text);
  if (time === undefined) throw new Error(`${text} is no time`);
  return microsOf(time);
}

function nameOf(root: string, path: string | undefined): Uint8Array | undefined {
  return path === undefined ? undefined : Buffer.from(`${root}/${path}`);
}

function pathOf(name: Uint8Array, root: string): string {
  return Buffer.from(name)
    .toString()
    .slice(root.length + 1);
}
