import { processTree, residentBytes } from '@fairlead/testkit';

const mebibyte = 1024 * 1024;

/** Resident memory in bytes of a process and all below it; 0 once it has ended. */
export function treeBytes(pid: number): number {
  return processTree(pid).reduce((sum, one) => sum + residentBytes(one, 'now'), 0);
}

/** What memory came to in processes that did the same, one after another. */
export interface MemoryUse {
  readonly peakMiB: number;
  /** The highest of the first tenth of the processes, and of the last. */
  readonly firstMiB: number;
  readonly lastMiB: number;
}

/** Sums up the peaks of processes, in bytes; that of the last one, which may have been short, by itself. */
export function memoryUse(peaks: readonly number[], last: number): MemoryUse {
  const tenth = Math.max(1, Math.floor(peaks.length / 10));
  const highest = (some: readonly number[]) => Math.max(0, ...some) / mebibyte;
  return {
    peakMiB: highest([...peaks, last]),
    firstMiB: highest(peaks.slice(0, tenth)),
    lastMiB: highest(peaks.slice(-tenth)),
  };
}
