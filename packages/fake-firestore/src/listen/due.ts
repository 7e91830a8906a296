import type { ListenSettings } from '../settings.ts';

/** What decides when a stream tells its next consistent point. Times are the machine's, in milliseconds. */
export interface PointTiming {
  /** For each target whether it is still catching up. */
  readonly behind: readonly boolean[];
  /** Whether points have to wait. */
  readonly held: boolean;
  /** Since when something has been told that no point covers; undefined when all is covered. */
  readonly dirtySinceMs: number | undefined;
  readonly lastPointMs: number;
  readonly settings: Pick<ListenSettings, 'heartbeatMs' | 'consistentPointDelayMs'>;
}

/** When the next consistent point is due: never without targets, nor while one is behind. */
export function pointDueMs(timing: PointTiming): number {
  const { behind, held, dirtySinceMs, lastPointMs, settings } = timing;
  if (held || behind.length === 0 || behind.includes(true)) return Infinity;
  const heartbeat = lastPointMs + settings.heartbeatMs;
  if (dirtySinceMs === undefined) return heartbeat;
  return Math.min(heartbeat, dirtySinceMs + settings.consistentPointDelayMs);
}
