import { setTimeout } from 'node:timers/promises';
import { delayMs, type SyncSchedule } from './sync-schedule.ts';

/** How long acknowledgements are held back, by which the runtime makes transactions longer. */
export interface Pace {
  /** A transaction with so many stores is about to be committed. */
  committing(stores: number): void;
  /** Resolves when it may be acknowledged; at once when the signal is aborted. */
  wait(signal: AbortSignal): Promise<void>;
}

/**
 * The pace of a schedule. It holds for tasks that have caught up: while one of the last five
 * transactions that stored anything was large, nothing waits.
 */
export function paceOf(
  schedule: SyncSchedule,
  task: string,
  { now = Date.now, sleep = sleepFor }: PaceOptions = {},
): Pace {
  const recent: number[] = [];
  return {
    committing(stores) {
      if (stores === 0) return;
      recent.push(stores);
      if (recent.length > 5) recent.shift();
    },
    async wait(signal) {
      if (recent.some((stores) => stores >= largeTransaction)) return;
      const ms = delayMs(schedule, task, now());
      if (ms > 0 && !signal.aborted) await sleep(ms, signal);
    },
  };
}

interface PaceOptions {
  readonly now?: () => number;
  /** Resolves after a time, or when the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const largeTransaction = 1_000_000;

async function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  // Being woken early is no failure.
  await setTimeout(ms, undefined, { signal }).catch(() => {});
}
