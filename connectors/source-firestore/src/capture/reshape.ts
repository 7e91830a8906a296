// Lanes take another form: halves of a part, one part of several, or all anew.
import type { Firestore } from '../client/firestore.ts';
import { KeyRanges, toReadAnew } from '../handover/key-ranges.ts';
import { beginning, type Position } from '../state/cursor.ts';
import { partitionOf, queryOf } from './extent.ts';
import type { Lane } from './lane.ts';
import { middleName } from './middle.ts';
import type { Part } from './part.ts';
import type { Start } from './start.ts';

/** A name at which a part falls into halves; undefined when it cannot be split. */
export async function halvesOf(
  firestore: Firestore,
  { lane, from, to, handover, middleOfTold }: Part,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (middleOfTold !== undefined) return middleOfTold;
  const { extent } = lane;
  const slice = { from, to };
  const options = { parts: 64, micros: handover.point };
  const cuts = await partitionOf(firestore, extent, slice, options, signal).catch(() => []);
  const middle = cuts[cuts.length >> 1];
  if (middle !== undefined) return middle;
  let first: Uint8Array | undefined;
  const query = queryOf(extent, slice, { limit: 1 });
  for await (const name of firestore.names({ parent: extent.parent, query }, signal)) {
    first = Buffer.from(name);
  }
  if (first === undefined) return undefined;
  return middleName(firestore.root, first, to ?? Buffer.from(extent.top));
}

/** The position of parts that have the same point and follow one another. */
export function whole(parts: readonly Part[]): Position {
  const counts = parts.map(({ count }) => count);
  return {
    from: undefined,
    point: parts[0]?.handover.point ?? 0,
    ranges: new KeyRanges(parts.flatMap(({ handover }) => handover.ranges.all)),
    count: counts.includes(undefined)
      ? undefined
      : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0),
    read: parts.reduce((sum, { read }) => sum + read, 0),
  };
}

/** A lane from the beginning at `now`; what was handed out of it is left out unless it is a reload. */
export function anewAfterLoss(lane: Lane, now: number, isReload: boolean): Start {
  const { extent, select, bindings } = lane;
  const ranges = lane.parts.flatMap(({ handover }) =>
    handover.ranges.all.map((range) => toReadAnew(range, handover.point, now)),
  );
  const position = isReload ? beginning(now) : { ...beginning(now), ranges: new KeyRanges(ranges) };
  const all = { extent, select, bindings, saved: undefined, positions: [position] };
  return { ...all, isBackfill: isReload };
}
