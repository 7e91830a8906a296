import { readdirSync, readFileSync } from 'node:fs';

/** A process and all below it, as they are now; those that have ended are left out. Linux only (proc(5)). */
export function processTree(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
    );
    return [pid, ...children.flatMap((child) => processTree(Number(child)))];
  } catch {
    return [];
  }
}

/**
 * Resident memory of one process in bytes, now or at its peak; 0 once it has ended. Unlike the `ru_maxrss` of
 * getrusage(2), which outlives execve(2), the peak has no part of the process that started it. Linux only (proc(5)).
 */
export function residentBytes(pid: number, when: 'now' | 'peak'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const line = when === 'now' ? /VmRSS:\s*(\d+)/ : /VmHWM:\s*(\d+)/;
    return Number(line.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
