import { Failure, hash32, parseDuration } from '@fairlead/sdk';
import { z } from 'zod';
import { activeDays, clockTime, minutesOfDay, zonedTime } from './zoned-time.ts';

/**
 * How often a user wants a destination to be written to, as the setting `syncSchedule` of a
 * materialization says it. Without a window the frequency holds always; with one only within it, and
 * outside it is every four hours.
 */
export interface SyncSchedule {
  readonly everyMs: number;
  readonly window?: {
    readonly timeZone: string;
    /** Minutes of the day; a window that begins later than it ends goes over midnight. */
    readonly begin: number;
    readonly end: number;
    /** Of the day on which the window begins, Sunday being 0. */
    readonly days: ReadonlySet<number>;
  };
}

/**
 * The schedule among the settings of a materialization; undefined when there is none.
 * @throws {Failure} config
 */
export function readSyncSchedule(config: unknown): SyncSchedule | undefined {
  if (typeof config !== 'object' || config === null || !('syncSchedule' in config))
    return undefined;
  const parsed = Settings.safeParse(config.syncSchedule);
  if (!parsed.success) throw wrong(z.prettifyError(parsed.error));
  const { syncFrequency, timezone, fastSyncStartTime, fastSyncStopTime, fastSyncEnabledDays } =
    parsed.data;
  const everyMs = parseDuration(syncFrequency ?? '30m');
  const given = [timezone, fastSyncStartTime, fastSyncStopTime, fastSyncEnabledDays];
  if (given.every((value) => (value ?? '') === '')) return { everyMs };
  const begin = clockTime(fastSyncStartTime ?? '');
  const end = clockTime(fastSyncStopTime ?? '');
  if (begin === undefined || end === undefined || !timezone || syncFrequency === undefined) {
    throw wrong('a window needs syncFrequency, timezone, fastSyncStartTime and fastSyncStopTime');
  }
  const days = activeDays(fastSyncEnabledDays ?? '');
  if (days === undefined) throw wrong(`there are no days "${String(fastSyncEnabledDays)}"`);
  if (zonedTime(0, timezone) === undefined) throw wrong(`there is no time zone "${timezone}"`);
  return { everyMs, window: { timeZone: timezone, begin, end, days } };
}

/**
 * How long an acknowledgement waits. Tasks wake at multiples of the interval, shifted by what
 * `seed` decides; one that would wake only after a window has opened wakes when it does.
 */
export function delayMs(schedule: SyncSchedule, seed: string, atEpochMs: number): number {
  const { window, everyMs } = schedule;
  if (window === undefined || isWithin(window, atEpochMs))
    return untilNext(everyMs, seed, atEpochMs);
  const wait = untilNext(outsideMs, seed, atEpochMs);
  for (let ms = minuteMs - (atEpochMs % minuteMs); ms < wait; ms += minuteMs) {
    if (isWithin(window, atEpochMs + ms)) return ms;
  }
  return wait;
}

const Settings = z.looseObject({
  syncFrequency: z.enum(['0s', '30s', '5m', '15m', '30m', '1h', '2h', '4h']).optional(),
  timezone: z.string().optional(),
  fastSyncStartTime: z.string().optional(),
  fastSyncStopTime: z.string().optional(),
  fastSyncEnabledDays: z.string().optional(),
});

const minuteMs = 60_000;
const outsideMs = 4 * 60 * minuteMs;

function untilNext(everyMs: number, seed: string, atEpochMs: number): number {
  if (everyMs === 0) return 0;
  const shift = hash32(seed) % everyMs;
  return everyMs - ((((atEpochMs - shift) % everyMs) + everyMs) % everyMs);
}

function isWithin(window: NonNullable<SyncSchedule['window']>, atEpochMs: number): boolean {
  const now = zonedTime(atEpochMs, window.timeZone);
  if (now === undefined) return false;
  const { begin, end, days } = window;
  const minute = minutesOfDay(now);
  const isOn = (day: number) => days.has((day + 7) % 7);
  if (begin <= end) return isOn(now.day) && minute >= begin && minute < end;
  return (isOn(now.day) && minute >= begin) || (isOn(now.day - 1) && minute < end);
}

function wrong(what: string): Failure {
  return new Failure('config', what.replaceAll('\n', ' '), { where: 'settings: syncSchedule' });
}
