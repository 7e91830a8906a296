import type { RunStatus, StreamStatus } from '@fairlead/runtime';
import { fractionOf, secondsLeft, speedOf, type Meter } from './meter.ts';
import { fit, printable, widthOf } from './printable.ts';
import { formatBytes, formatClock, formatShort } from './quantities.ts';

export interface FrameOptions {
  readonly nowMs: number;
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
  readonly unicode: boolean;
}

/**
 * The lines that show how a run stands: one for each stream that is being read, at most as many as
 * the window holds, then those that are not shown, then the whole. No line is wider than the window.
 */
export function renderProgress(
  status: RunStatus,
  meter: Meter,
  options: FrameOptions,
): readonly string[] {
  const reading = status.streams.filter(({ phase }) => phase === 'reading');
  // Two lines for the sums, and one for the caret below them.
  const room = Math.max(1, options.rows - 3);
  const shown = reading.slice(0, room);
  const lines = shown.map((stream) => streamLine(stream, meter, options));
  const rest = restLine(status, reading.length - shown.length);
  const all = rest === undefined ? lines : [...lines, rest];
  return [...all, totalLine(status, options)].map((line) => cut(line, options));
}

/** What a log line says of a stream that is being read. */
export function progressFields(
  stream: StreamStatus,
  meter: Meter,
): Readonly<Record<string, string | number>> {
  const { documents: rows, bytes } = stream.stored;
  const speed = speedOf(meter, stream.stream);
  const fraction = fractionOf(stream);
  const seconds = secondsLeft(meter, stream);
  return {
    stream: stream.stream,
    rows,
    bytes,
    ...(speed === undefined ? {} : { bytesPerSecond: Math.round(speed.bytes) }),
    ...(fraction === undefined ? {} : { percent: Math.floor(fraction * 100) }),
    ...(seconds === undefined ? {} : { secondsLeft: Math.round(seconds) }),
  };
}

const nameWidth = 24;
const barWidth = 16;

function streamLine(stream: StreamStatus, meter: Meter, options: FrameOptions): string {
  const fraction = fractionOf(stream);
  const speed = speedOf(meter, stream.stream);
  const seconds = secondsLeft(meter, stream);
  const facts = [
    `${formatShort(stream.stored.documents)} rows`.padStart(10),
    formatBytes(stream.stored.bytes).padStart(8),
    (speed === undefined ? '' : `${formatBytes(speed.bytes)}/s`).padStart(10),
    seconds === undefined ? '' : `${formatClock(seconds)} left`,
  ];
  const name = fit(printable(stream.stream), nameWidth, options.unicode ? '…' : '...');
  const padded = name + ' '.repeat(nameWidth - widthOf(name));
  const share =
    fraction === undefined
      ? ' '.repeat(barWidth + 5)
      : `${bar(fraction, options)} ${`${Math.floor(fraction * 100)}%`.padStart(4)}`;
  return `${padded} ${share} ${facts.join(' ')}`.trimEnd();
}

function bar(fraction: number, { color, unicode }: FrameOptions): string {
  const full = Math.round(fraction * barWidth);
  const [done, todo] = unicode ? ['━', '─'] : ['#', '-'];
  const left = done.repeat(full);
  const right = todo.repeat(barWidth - full);
  return color ? `\u001b[36m${left}\u001b[39m\u001b[2m${right}\u001b[22m` : left + right;
}

/** The streams that no line is about; undefined when there is nothing to say of them. */
function restLine({ streams }: RunStatus, hidden: number): string | undefined {
  const count = (phase: StreamStatus['phase']) =>
    streams.filter((stream) => stream.phase === phase).length;
  const parts = [
    hidden > 0 ? `${hidden} more reading` : '',
    ...(['waiting', 'caught up', 'failed'] as const).map((phase) =>
      count(phase) === 0 ? '' : `${count(phase)} ${phase}`,
    ),
  ].filter((part) => part !== '');
  return streams.length < 2 || parts.length === 0 ? undefined : parts.join(', ');
}

function totalLine(status: RunStatus, { nowMs }: FrameOptions): string {
  const rows = sum(status, ({ stored }) => stored.documents);
  const bytes = sum(status, ({ stored }) => stored.bytes);
  const commits = `${status.commits} ${status.commits === 1 ? 'commit' : 'commits'}`;
  const parts = [
    status.activity,
    `${formatShort(rows)} rows`,
    formatBytes(bytes),
    commits,
    ...(status.retries === 0 ? [] : [`${status.retries} retries`]),
    formatClock((nowMs - status.startedMs) / 1_000),
  ];
  return parts.join(', ');
}

function sum({ streams }: RunStatus, of: (stream: StreamStatus) => number): number {
  return streams.reduce((total, stream) => total + of(stream), 0);
}

/** A line that a narrow window can hold; there it loses its colors. */
function cut(line: string, { columns, unicode }: FrameOptions): string {
  // oxlint-disable-next-line no-control-regex -- color codes begin with ESC
  const plain = line.replace(/\u001b\[\d+m/g, '');
  // A line that fills the last column makes some terminals begin another one.
  return widthOf(plain) < columns ? line : fit(plain, columns - 1, unicode ? '…' : '...');
}
