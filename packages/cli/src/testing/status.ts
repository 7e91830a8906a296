import { newStatus, type RunStatus, type StreamStatus } from '@fairlead/runtime';

/** The status of a run that began at 0, with these streams. */
export function statusOf(
  streams: readonly (Partial<Omit<StreamStatus, 'stored' | 'committed'>> & {
    readonly stream: string;
    readonly rows?: number;
    readonly bytes?: number;
    readonly quarantined?: number;
  })[],
  about: Partial<RunStatus> = {},
): RunStatus {
  return {
    ...newStatus(0),
    ...about,
    streams: streams.map(({ rows = 0, bytes = 0, quarantined = 0, ...stream }) => ({
      table: stream.stream,
      phase: 'waiting',
      ...stream,
      stored: { documents: rows, bytes, quarantined },
      committed: { documents: rows, bytes, quarantined },
    })),
  };
}
