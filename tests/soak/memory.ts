import { readdirSync, readFileSync } from 'node:fs';

const mebibyte = 1024 * 1024;

/** Resident memory in bytes of a process and all below it; 0 once it has ended. */
export function residentBytes(pid: number): number {
  const children = childrenOf(pid);
  return children.reduce((sum, child) => sum + residentBytes(child), ownBytes(pid));
}

/** What memory came to, over the time in which it was looked at. */
export interface MemoryUse {
  readonly peakMiB: number;
  /** The ninth decile of what was seen in the first and in the last tenth of the time. */
  readonly firstMiB: number;
  readonly lastMiB: number;
}

/** Sums up samples in bytes that were taken at even intervals. */
export function memoryUse(samples: readonly number[]): MemoryUse {
  const tenth = Math.max(1, Math.floor(samples.length / 10));
  return {
    peakMiB: Math.max(0, ...samples) / mebibyte,
    firstMiB: ninthDecile(samples.slice(0, tenth)) / mebibyte,
    lastMiB: ninthDecile(samples.slice(-tenth)) / mebibyte,
  };
}

function ninthDecile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * 0.9)] ?? 0;
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
