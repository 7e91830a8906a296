import { expect, test } from 'vitest';
import { defaultSettings, type ListenSettings } from '../settings.ts';
import { Store } from '../store/store.ts';
import { frozenClock } from '../time/clock.ts';
import { beginningOf } from './beginning.ts';
import type { Watch } from './watch.ts';

const hour = 3_600_000;

test.each<{ ageMs: number; listen: Partial<ListenSettings>; begins: string }>([
  { ageMs: 0, listen: {}, begins: 'since' },
  { ageMs: hour, listen: {}, begins: 'since' },
  { ageMs: hour + 1, listen: {}, begins: 'FAILED_PRECONDITION' },
  { ageMs: hour + 1, listen: { tooOldResume: 'reset' }, begins: 'reset' },
  { ageMs: 60_000, listen: { resumeLimitMs: 59_999 }, begins: 'FAILED_PRECONDITION' },
  { ageMs: 60_000, listen: { resumeLimitMs: 59_999, tooOldResume: 'full' }, begins: 'full' },
  { ageMs: -1, listen: {}, begins: 'INVALID_ARGUMENT' },
])('a resume from $ageMs ms ago with $listen: $begins', ({ ageMs, listen, begins }) => {
  const store = new Store(frozenClock(), { retentionMs: hour, pointInTimeRecovery: false });
  const settings = defaultSettings();
  Object.assign(settings.listen, listen);
  const resumeAt = store.readNow() - ageMs * 1000;
  const watch: Watch = {
    id: 1,
    what: { paths: [] },
    windowed: false,
    once: false,
    resumeAt,
    expectedCount: undefined,
  };
  const begin = () => beginningOf(watch, store, settings);
  if (begins === begins.toUpperCase()) expect(begin).toThrow(begins);
  else expect(begin()).toEqual(begins === 'since' ? { since: resumeAt } : begins);
});
