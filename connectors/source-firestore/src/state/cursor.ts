import type { Json } from '@fairlead/sdk';
import { z } from 'zod';
import { joinRanges, KeyRanges, wholeCollection, type KeyRange } from '../handover/key-ranges.ts';
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
  /** What was handed out before it came to be read anew: up to a name, versions up to an instant. */
  known: z
    .array(z.strictObject({ upTo: z.string().optional(), at: Instant }))
    .min(1)
    .optional(),
});

const Slice = z.strictObject({
  /** The first name that may be in it; from the very first when absent. */
  from: z.string().optional(),
  /** Everything up to here was handed out that is not in what is still to be read. */
  at: Instant,
  /** Parts that follow one another, each up to the next; absent when all has been read. */
  ranges: z.array(Range).min(1).optional(),
  /** How many documents there were at that instant, when that is known. */
  count: z.int().min(0).optional(),
  /** How many documents were read, while there are some to be read. */
  read: z.int().min(0).optional(),
});

/** The state of one binding: one slice of all names, or several that follow one another. */
const Saved = z.union([Slice, z.strictObject({ slices: z.array(Slice).min(2) })]);

/** The state of one binding as Estuary's connector leaves it. */
const Former = z.looseObject({
  ReadTime: Instant,
  Backfill: z
    .object({ Completed: z.boolean().default(false), Cursor: z.string().default('') })
    .nullish(),
  Inconsistent: z.boolean().default(false),
});

/** What a binding resumes from: our own state, or that of Estuary's connector. */
export const Cursor = z.union([Saved, Former]);
export type Cursor = z.infer<typeof Cursor>;

/** Where a binding stands, for the names from `from` to where the next position begins. */
export interface Position {
  readonly from: Uint8Array | undefined;
  /** In microseconds since 1970. */
  readonly point: number;
  readonly ranges: KeyRanges;
  /** How many documents there were at the point; undefined when that is not known. */
  readonly count: number | undefined;
  /** How many were read so far, for who waits. */
  readonly read: number;
}

/** A position from which nothing has been read. */
export function beginning(point: number): Position {
  return of(point, [wholeCollection(point)]);
}

/** A position at which everything up to `point` counts as read. */
export function present(point: number): Position {
  return of(point, [{ ...wholeCollection(point), isDone: true }]);
}

/**
 * The positions that were saved, at least one, in the order of names. A former connector that had given up changes
 * is followed by a new backfill, one in the middle of its backfill is gone on from.
 * @param root `projects/…/databases/…/documents`.
 */
export function resume(cursor: Cursor, root: string): readonly Position[] {
  if (!('ReadTime' in cursor)) {
    const slices = 'slices' in cursor ? cursor.slices : [cursor];
    return slices.map((slice, index) => resumeSlice(slice, slices[index + 1]?.from, root));
  }
  const point = microsAt(cursor.ReadTime);
  const { Backfill: backfill, Inconsistent: isInconsistent } = cursor;
  if (isInconsistent) return [beginning(point)];
  if (backfill === null || backfill === undefined || backfill.Completed) return [present(point)];
  const last = backfill.Cursor === '' ? undefined : nameOf(root, backfill.Cursor);
  return [of(point, [{ ...wholeCollection(point), cursor: last }])];
}

/** What is saved of positions that follow one another; {@link resume} makes the same of it. */
export function save(positions: readonly Position[], root: string): Json {
  const slices = positions.map((position) => savedSlice(position, root));
  const [only] = slices;
  return slices.length === 1 && only !== undefined ? only : { slices };
}

function of(point: number, ranges: readonly KeyRange[]): Position {
  return { from: undefined, point, ranges: new KeyRanges(ranges), count: undefined, read: 0 };
}

function resumeSlice(slice: z.infer<typeof Slice>, to: string | undefined, root: string): Position {
  const point = microsAt(slice.at);
  const saved = slice.ranges ?? [{ from: slice.from, isDone: true }];
  const ranges = saved.map((range, index): KeyRange => ({
    from: nameOf(root, range.from),
    to: nameOf(root, saved[index + 1]?.from ?? to),
    cursor: nameOf(root, range.cursor),
    isDone: range.isDone === true,
    notBefore: point,
    known: (range.known ?? []).map(({ upTo, at }) => ({
      upTo: nameOf(root, upTo),
      micros: microsAt(at),
    })),
  }));
  const { count, read = 0 } = slice;
  return { from: nameOf(root, slice.from), point, ranges: new KeyRanges(ranges), count, read };
}

function savedSlice(position: Position, root: string): Json {
  const { from, point, ranges, count, read } = position;
  return {
    ...(from === undefined ? {} : { from: pathOf(from, root) }),
    at: instantOf(point),
    ...(ranges.isDone
      ? {}
      : { ranges: joinRanges(ranges.all).map((range) => savedRange(range, root)), read }),
    ...(count === undefined ? {} : { count }),
  };
}

function savedRange(range: KeyRange, root: string): Json {
  const { from, cursor, isDone, known } = range;
  if (isDone) return { ...(from === undefined ? {} : { from: pathOf(from, root) }), isDone };
  return {
    ...(from === undefined ? {} : { from: pathOf(from, root) }),
    ...(cursor === undefined ? {} : { cursor: pathOf(cursor, root) }),
    ...(known.length === 0
      ? {}
      : {
          known: known.map(({ upTo, micros }) => ({
            ...(upTo === undefined ? {} : { upTo: pathOf(upTo, root) }),
            at: instantOf(micros),
          })),
        }),
  };
}

function instantOf(micros: number): string {
  return formatTime(timeOfMicros(micros));
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
