import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { heedSignals } from './interruption.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function heed() {
  const listeners = new Map<string, () => void>();
  const ended: number[] = [];
  const interruption = heedSignals(
    { on: (signal, listener) => listeners.set(signal, listener) },
    (exitCode) => ended.push(exitCode),
  );
  const send = (signal: string) => listeners.get(signal)?.();
  const state = () => [interruption.stop.aborted, interruption.now.aborted];
  return { interruption, ended, send, state };
}

test('the first signal ends a verb at once that has nothing to finish', () => {
  const { interruption, send, state, ended } = heed();
  expect(state()).toEqual([false, false]);
  send('SIGINT');
  expect(state()).toEqual([true, true]);
  expect([interruption.exitCode, ended]).toEqual([130, []]);
});

test('the first signal stops a verb gently that has asked for it, the second at once', () => {
  const { interruption, send, state, ended } = heed();
  let notices = 0;
  interruption.stopGently(() => notices++);
  send('SIGINT');
  expect([state(), notices]).toEqual([[true, false], 1]);
  send('SIGTERM');
  expect([state(), notices]).toEqual([[true, true], 1]);
  expect([interruption.exitCode, ended]).toEqual([143, []]);
});

test('a verb that does not end at once is ended after three seconds', () => {
  const { send, ended } = heed();
  send('SIGTERM');
  vi.advanceTimersByTime(2_999);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(ended).toEqual([143]);
});

test('one more signal ends the process', () => {
  const { send, ended } = heed();
  send('SIGINT');
  send('SIGINT');
  expect(ended).toEqual([130]);
});
