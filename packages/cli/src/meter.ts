import type { RunStatus, StreamStatus } from '@fairlead/runtime';

/** What the recent past says about each stream's speed. A value: `measure` makes the next one. */
export interface Meter {
  readonly streams: ReadonlyMap<string, readonly Sample[]>;
}

interface Sample {
  readonly atMs: number;
  readonly rows: number;
  readonly bytes: number;
  readonly done: number;
}

/** Speeds of a stream, each a second. */
export interface Speed {
  readonly rows: number;
  readonly bytes: number;
  /** Of the source's own unit of progress. */
  readonly done: number;
}

/** Speeds are those of the last seconds: long enough to be calm, short enough to be true. */
const windowMs = 8_000;

/** Samples are no closer, so that a meter stays small however often it is looked at. */
const sampleMs = 200;

export function newMeter(): Meter {
  return { streams: new Map() };
}

/** The meter after a look at the status. */
export function measure(before: Meter, status: RunStatus, nowMs: number): Meter {
  const streams = status.streams
    .filter(({ phase }) => phase === 'reading')
    .map((stream) => [stream.stream, samplesOf(before, stream, nowMs)] as const);
  return { streams: new Map(streams) };
}

function samplesOf(before: Meter, stream: StreamStatus, nowMs: number): readonly Sample[] {
  const samples = before.streams.get(stream.stream) ?? [];
  const { documents: rows, bytes } = stream.stored;
  const done = stream.progress?.done ?? 0;
  const last = samples.at(-1);
  // A retry takes back what was not committed: what was measured before it says nothing.
  if (last !== undefined && (rows < last.rows || done < last.done)) {
    return [{ atMs: nowMs, rows, bytes, done }];
  }
  if (last !== undefined && nowMs - last.atMs < sampleMs) return samples;
  const recent = samples.filter(({ atMs }) => nowMs - atMs <= windowMs);
  return [...recent, { atMs: nowMs, rows, bytes, done }];
}

/** How fast a stream is; undefined while too little was seen. */
export function speedOf(meter: Meter, stream: string): Speed | undefined {
  const samples = meter.streams.get(stream) ?? [];
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return undefined;
  const perSecond = (from: number, to: number) => ((to - from) * 1_000) / (last.atMs - first.atMs);
  return {
    rows: perSecond(first.rows, last.rows),
    bytes: perSecond(first.bytes, last.bytes),
    done: perSecond(first.done, last.done),
  };
}

/** The seconds until a stream is read, at its present speed; undefined where nobody can know. */
export function secondsLeft(meter: Meter, { stream, progress }: StreamStatus): number | undefined {
  const speed = speedOf(meter, stream);
  if (progress === undefined || speed === undefined || speed.done <= 0) return undefined;
  return Math.max(0, progress.total - progress.done) / speed.done;
}

/** How much of a stream is read, from 0 to 1; undefined where nobody can know. */
export function fractionOf({ progress }: StreamStatus): number | undefined {
  if (progress === undefined || progress.total <= 0) return undefined;
  return Math.min(1, progress.done / progress.total);
}
