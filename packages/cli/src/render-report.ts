import type { RunReport, StreamStatus } from '@fairlead/runtime';
import { describeFailure } from '@fairlead/sdk';
import { formatBytes, formatCount, formatDuration } from './quantities.ts';
import { renderTable, type TableColumn } from './render-table.ts';

/** How a run ended, for a person: a line for each stream, and one for all of it. */
export function renderReport({ status, durationMs, stopped }: RunReport): string {
  const { streams, commits } = status;
  const quarantined = sum(streams, (stream) => stream.committed.quarantined);
  const columns: TableColumn[] = [
    { title: 'stream' },
    { title: 'table' },
    { title: 'new rows', align: 'right' },
    ...(quarantined === 0 ? [] : [{ title: 'set aside', align: 'right' } as const]),
    { title: 'bytes', align: 'right' },
    { title: 'status' },
  ];
  const rows = streams.map((stream) => [
    stream.stream,
    stream.table,
    formatCount(stream.committed.documents),
    ...(quarantined === 0 ? [] : [formatCount(stream.committed.quarantined)]),
    formatBytes(stream.committed.bytes),
    statusOf(stream),
  ]);
  const count = sum(streams, (stream) => stream.committed.documents);
  const bytes = sum(streams, (stream) => stream.committed.bytes);
  const seconds = Math.max(durationMs, 1) / 1_000;
  const end = stopped ? '; stopped at a commit, the next run goes on from there' : '';
  const whole =
    count + quarantined === 0
      ? `nothing new${end}`
      : `${formatCount(count)} new rows, ${formatBytes(bytes)} in ${formatDuration(durationMs)} (${formatBytes(bytes / seconds)}/s), ${formatCount(commits)} ${commits === 1 ? 'commit' : 'commits'}${end}`;
  return `${streams.length === 0 ? '' : `${renderTable(columns, rows)}\n`}${whole}\n`;
}

/** How a run ended, for a machine. */
export function reportJson(pipeline: string, { status, durationMs, stopped }: RunReport): unknown {
  return {
    pipeline,
    streams: status.streams.map((stream) => ({
      stream: stream.stream,
      table: stream.table,
      status: statusOf(stream),
      rows: stream.committed.documents,
      bytes: stream.committed.bytes,
      quarantined: stream.committed.quarantined,
      ...(stream.failure === undefined
        ? {}
        : { failure: { kind: stream.failure.kind, message: describeFailure(stream.failure) } }),
    })),
    rows: sum(status.streams, (stream) => stream.committed.documents),
    bytes: sum(status.streams, (stream) => stream.committed.bytes),
    commits: status.commits,
    retries: status.retries,
    durationMs,
    stopped,
  };
}

function statusOf({ phase, committed, failure }: StreamStatus): string {
  if (failure !== undefined) return 'failed';
  if (phase !== 'caught up') return phase === 'failed' ? 'failed' : 'unfinished';
  return committed.documents + committed.quarantined === 0 ? 'nothing new' : 'caught up';
}

function sum(streams: readonly StreamStatus[], of: (stream: StreamStatus) => number): number {
  return streams.reduce((total, stream) => total + of(stream), 0);
}
