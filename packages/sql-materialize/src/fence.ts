import type { KeyRange } from '@fairlead/sdk';

/** A row of the checkpoint table: what a writer of a part of a task's keys last committed. */
export interface FenceRow {
  readonly range: KeyRange;
  /** Grows each time that another writer takes over. A commit names the one it was given. */
  readonly fence: number;
  /** Null when nothing was committed. */
  readonly checkpoint: string | null;
}

/** How a new writer takes over from those before it. */
export interface Takeover {
  /** Rows that get a new fence, and that fence. */
  readonly bumps: readonly { readonly range: KeyRange; readonly fence: number }[];
  /** The row of the new writer, where there is none with its range yet. */
  readonly insert: FenceRow | undefined;
  /** The fence that the new writer's commits must name. */
  readonly fence: number;
  /** Where the new writer resumes. */
  readonly checkpoint: string | null;
}

/**
 * How a writer of `range` takes over, given all rows of its task. Every older writer whose range
 * overlaps is fenced out; the checkpoint is that of the narrowest row that covers the whole range,
 * so that a part of a split range resumes where the whole stopped.
 */
export function takeOver(rows: readonly FenceRow[], range: KeyRange): Takeover {
  const bumped = rows
    .filter((row) => overlap(row.range, range))
    .map((row) => ({ ...row, fence: row.fence + 1 }));
  const parent = savedFor(bumped, range) ?? { range, fence: 1, checkpoint: null };
  const exists = bumped.some((row) => sameRange(row.range, range));
  return {
    bumps: bumped.map(({ range: bumpedRange, fence }) => ({ range: bumpedRange, fence })),
    insert: exists ? undefined : { ...parent, range },
    fence: parent.fence,
    checkpoint: parent.checkpoint,
  };
}

/** The row from which a writer of `range` would resume: the narrowest that covers it. */
export function savedFor(rows: readonly FenceRow[], range: KeyRange): FenceRow | undefined {
  return rows
    .filter((row) => row.range.begin <= range.begin && row.range.end >= range.end)
    .reduce<FenceRow | undefined>(
      (best, row) => (best === undefined || width(row) < width(best) ? row : best),
      undefined,
    );
}

function overlap(a: KeyRange, b: KeyRange): boolean {
  return a.begin <= b.end && b.begin <= a.end;
}

function sameRange(a: KeyRange, b: KeyRange): boolean {
  return a.begin === b.begin && a.end === b.end;
}

function width(row: FenceRow): number {
  return row.range.end - row.range.begin;
}
