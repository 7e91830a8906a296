import type { NameSlice } from '../capture/extent.ts';
import type { KeyRange } from '../handover/key-ranges.ts';

/** The parts of a collection that are still to be read, as few as there can be. */
export function unreadSlices(ranges: readonly KeyRange[]): readonly NameSlice[] {
  const slices: NameSlice[] = [];
  let goesOn = false;
  for (const { from, to, cursor, isDone } of ranges) {
    const last = slices.at(-1);
    if (!isDone) {
      if (goesOn && cursor === undefined && last !== undefined)
        slices.splice(-1, 1, { ...last, to });
      else slices.push({ from, to, past: cursor });
    }
    goesOn = !isDone;
  }
  return slices;
}
