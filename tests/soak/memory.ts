import { readdirSync, readFileSync } from 'node:fs';

const mebibyte = 1024 * 1024;

/** Resident memory in bytes of a process and all below it; 0 once it has ended. */
export function residentBytes(pid: number): number {
  const children = childrenOf(pid);
  return children.reduce((sum, child) => sum + residentBytes(child), ownBytes(pid));
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

/** proc(5): task/TID/children, which names the children of one thread. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)
        .map(Number),
    );
  } catch {
    return [];
  }
}

function ownBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
