import { Failure, type KeyRange } from '@fairlead/sdk';
import type { MemoryDisk, MemoryFence } from './memory-disk.ts';

/** What is saved for a task and range: by itself, or by the narrowest one that covers it. */
export function savedCheckpoint(disk: MemoryDisk, task: string, range: KeyRange): string | null {
  return covering(disk, task, range)?.checkpoint ?? null;
}

/** Takes over a task's range: whoever has an overlapping one is fenced off. */
export function installFence(disk: MemoryDisk, task: string, range: KeyRange): MemoryFence {
  const best = covering(disk, task, range);
  for (const row of disk.fences) {
    if (row.task === task && row.range.begin <= range.end && row.range.end >= range.begin) {
      row.fence++;
    }
  }
  if (best !== undefined && sizeOf(best.range) === sizeOf(range)) return { ...best };
  const row = { task, range, fence: best?.fence ?? 1, checkpoint: best?.checkpoint ?? null };
  disk.fences.push(row);
  return { ...row };
}

/**
 * The row of a fence that still holds.
 * @throws {Failure} state when another one has taken over.
 */
export function heldFence(disk: MemoryDisk, { task, range, fence }: MemoryFence): MemoryFence {
  const row = disk.fences.find(
    (other) =>
      other.task === task && other.range.begin === range.begin && other.range.end === range.end,
  );
  if (row?.fence === fence) return row;
  throw new Failure('state', `fenced off: another run of ${task} has taken over`);
}

function covering(disk: MemoryDisk, task: string, range: KeyRange): MemoryFence | undefined {
  return disk.fences
    .filter((row) => row.task === task)
    .filter((row) => row.range.begin <= range.begin && row.range.end >= range.end)
    .sort((one, other) => sizeOf(one.range) - sizeOf(other.range))[0];
}

function sizeOf({ begin, end }: KeyRange): number {
  return end - begin;
}
