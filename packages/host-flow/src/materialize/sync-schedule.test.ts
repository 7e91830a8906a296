import { memoryDestination } from '@fairlead/testkit';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { launchInProcess } from '../preview/launch.ts';
import { converseMaterialize } from './connection.ts';
import { serveMaterialize } from './serve.ts';
import { paceOf } from './pace.ts';
import { delayMs, readSyncSchedule } from './sync-schedule.ts';

const minute = 60_000;
const hour = 60 * minute;
const scheduleOf = (syncSchedule: object) => {
  const found = readSyncSchedule({ syncSchedule });
  if (found === undefined) throw new Error('there is no schedule');
  return found;
};
const office = {
  syncFrequency: '5m',
  timezone: 'America/New_York',
  fastSyncStartTime: '09:00',
  fastSyncStopTime: '17:00',
  fastSyncEnabledDays: 'M-F',
};

describe('a schedule', () => {
  test.each([
    [{ syncFrequency: '3m' }, /syncFrequency/],
    [{ ...office, timezone: 'Mars/Olympus' }, 'there is no time zone "Mars/Olympus"'],
    [{ ...office, timezone: undefined }, 'a window needs'],
    [{ ...office, fastSyncStopTime: '25:00' }, 'a window needs'],
    [{ ...office, fastSyncEnabledDays: 'Mo-Fr' }, 'there are no days "Mo-Fr"'],
  ])('of %j is refused', (syncSchedule, message) => {
    expect(() => readSyncSchedule({ syncSchedule })).toThrow(message);
  });

  test('that is not there is none', () => {
    expect(readSyncSchedule({})).toBeUndefined();
    expect(readSyncSchedule(null)).toBeUndefined();
  });

  test.each([
    ['0s', 0],
    ['30s', 30_000],
    ['4h', 4 * hour],
  ])('of %s makes tasks wait that long at most, at points of their own', (syncFrequency, most) => {
    const schedule = scheduleOf({ syncFrequency });
    for (const at of [0, 1, 12_345_678, Date.UTC(2026, 7, 21)]) {
      const wait = delayMs(schedule, 'acmeCo/a', at);
      expect(wait).toBeGreaterThanOrEqual(Math.min(1, most));
      expect(wait).toBeLessThanOrEqual(most);
      // The next point after one is a whole interval away.
      if (most > 0) expect(delayMs(schedule, 'acmeCo/a', at + wait)).toBe(most);
    }
  });

  test.each([
    // A Friday in summer, when New York is four hours behind.
    ['within its window', Date.UTC(2026, 7, 21, 13, 0), 5 * minute],
    ['just before it ends', Date.UTC(2026, 7, 21, 20, 59), 5 * minute],
    ['after it', Date.UTC(2026, 7, 21, 21, 0), 4 * hour],
    ['shortly before it', Date.UTC(2026, 7, 21, 12, 59), minute],
    ['on a day without one', Date.UTC(2026, 7, 22, 13, 0), 4 * hour],
    // A Friday in winter, when it is five hours behind.
    ['within it in winter', Date.UTC(2026, 11, 18, 14, 0), 5 * minute],
    ['before it in winter', Date.UTC(2026, 11, 18, 13, 59), minute],
  ])('%s has its frequency', (_what, at, most) => {
    const wait = delayMs(scheduleOf(office), 'acmeCo/a', at);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(most);
  });

  test('may have a window over midnight, which belongs to the day on which it begins', () => {
    const night = {
      syncFrequency: '30s',
      timezone: '+02:00',
      fastSyncStartTime: '22:00',
      fastSyncStopTime: '06:00',
      fastSyncEnabledDays: 'S',
    };
    const waitAt = (at: number) => delayMs(scheduleOf(night), 'x', at);
    expect(waitAt(Date.UTC(2026, 7, 22, 21, 0))).toBeLessThanOrEqual(30_000);
    expect(waitAt(Date.UTC(2026, 7, 23, 3, 59))).toBeLessThanOrEqual(30_000);
    expect(waitAt(Date.UTC(2026, 7, 23, 4, 0))).toBeGreaterThan(30_000);
  });
});

test('a task waits once its last five transactions were small', async () => {
  const slept: number[] = [];
  const sleep = async (ms: number) => void slept.push(ms);
  const pace = paceOf({ everyMs: minute }, 'acmeCo/a', { now: () => 0, sleep });
  const { signal } = new AbortController();
  for (const stores of [1_000_000, 0, 1, 2, 3, 4]) {
    pace.committing(stores);
    await pace.wait(signal);
  }
  expect(slept).toEqual([]);
  pace.committing(5);
  await pace.wait(signal);
  expect(slept).toEqual([delayMs({ everyMs: minute }, 'acmeCo/a', 0)]);
});

test('an acknowledgement waits, but not the first one, and not when the input ends', async () => {
  const memory = memoryDestination({ commits: 'in-destination' });
  const launch = launchInProcess((io) => serveMaterialize(memory, io));
  await using talk = converseMaterialize(launch, 'json');
  const config = Buffer.from('{"syncSchedule":{"syncFrequency":"4h"}}');
  await talk.send({ is: 'open', materialization: { name: 'acmeCo/a', config } });
  await talk.expect('opened');
  await talk.send({ is: 'acknowledge' });
  await talk.expect('acknowledged');
  await talk.send({ is: 'flush' });
  await talk.expect('flushed');
  await talk.send({ is: 'startCommit' });
  await talk.expect('startedCommit');
  await talk.send({ is: 'acknowledge' });
  let isAnswered = false;
  const answered = talk.expect('acknowledged').finally(() => (isAnswered = true));
  for (let turns = 0; turns < 50; turns++) await turn();
  expect(isAnswered).toBe(false);
  talk.end();
  await answered;
  expect(await talk.exited).toMatchObject({ code: 0 });
});
