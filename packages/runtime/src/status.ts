import type { Failure } from '@fairlead/sdk';

/** Where a stream stands. */
export type StreamPhase = 'waiting' | 'reading' | 'caught up' | 'failed';

/** What is known of one stream of a run, kept up to date while it goes on. */
export interface StreamStatus {
  readonly stream: string;
  readonly table: string;
  phase: StreamPhase;
  /** What was handed to the destination in this run. */
  stored: StreamCounts;
  /** Of that, what is committed. */
  committed: StreamCounts;
  /** How far the source has come, in its own unit. */
  progress?: {
    readonly unit: 'bytes' | 'documents';
    readonly done: number;
    readonly total: number;
  };
  failure?: Failure;
}

export interface StreamCounts {
  /** Documents that went into the stream's table. */
  readonly documents: number;
  /** Bytes of documents, those that were set aside included. */
  readonly bytes: number;
  /** Documents that did not fit and were set aside. */
  readonly quarantined: number;
}

export const emptyCounts: StreamCounts = { documents: 0, bytes: 0, quarantined: 0 };

/** What is known of a run, kept up to date while it goes on. Whoever shows it reads it when it likes. */
export interface RunStatus {
  readonly startedMs: number;
  /** In the order of discovery; empty until the streams are known. */
  streams: StreamStatus[];
  commits: number;
  /** Attempts that ended with a transient failure. */
  retries: number;
  /** What the run is doing, for a person. */
  activity: string;
}

/** The status of a run that has not begun. */
export function newStatus(nowMs: number = Date.now()): RunStatus {
  return { startedMs: nowMs, streams: [], commits: 0, retries: 0, activity: 'connecting' };
}
