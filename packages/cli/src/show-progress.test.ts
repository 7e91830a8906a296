import { createLog } from '@fairlead/sdk';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { showProgress } from './show-progress.ts';
import { Terminal } from './terminal.ts';
import { statusOf } from './testing/status.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const display = { color: false, unicode: true, columns: () => 80, rows: () => 24 };

function show(interactive: boolean, quiet = false) {
  const drawn: string[] = [];
  const logged: string[] = [];
  const status = statusOf([{ stream: 'orders' }, { stream: 'notes' }]);
  const progress = showProgress({
    status,
    display: { ...display, interactive },
    terminal: new Terminal({ write: (text: string) => drawn.push(text), on: () => {} }),
    log: createLog((_level, message, fields) => {
      logged.push(`${message} ${JSON.stringify(fields)}`);
    }),
    quiet,
  });
  return { status, progress, drawn, logged };
}

test('a person sees at most ten frames a second, and none is left', () => {
  const { progress, drawn, logged } = show(true);
  vi.advanceTimersByTime(1_000);
  expect(drawn).toHaveLength(10);
  progress[Symbol.dispose]();
  vi.advanceTimersByTime(1_000);
  expect(drawn).toHaveLength(11);
  expect(drawn.at(-1)).toBe('\u001b[2A\u001b[J');
  expect(logged).toEqual([]);
});

test('elsewhere streams are told of when they begin, end, and every ten seconds between', () => {
  const { status, progress, drawn, logged } = show(false);
  const [orders] = status.streams;
  vi.advanceTimersByTime(5_000);
  expect(logged).toEqual([]);
  orders!.phase = 'reading';
  orders!.stored = { documents: 5, bytes: 50, quarantined: 0 };
  vi.advanceTimersByTime(6_000);
  expect(logged).toEqual([
    'reading {"stream":"orders"}',
    'progress {"stream":"orders","rows":5,"bytes":50,"bytesPerSecond":0}',
  ]);
  orders!.phase = 'caught up';
  progress[Symbol.dispose]();
  expect(logged.slice(2)).toEqual(['caught up {"stream":"orders","rows":5,"bytes":50}']);
  vi.advanceTimersByTime(60_000);
  expect(logged).toHaveLength(3);
  expect(drawn).toEqual([]);
});

test('a stream with nothing new is passed over', () => {
  const { status, progress, logged } = show(false);
  status.streams[1]!.phase = 'caught up';
  progress[Symbol.dispose]();
  expect(logged).toEqual([]);
});

test('nobody is told anything who wants quiet', () => {
  const { status, progress, drawn, logged } = show(true, true);
  status.streams[0]!.phase = 'reading';
  vi.advanceTimersByTime(20_000);
  progress[Symbol.dispose]();
  expect([drawn, logged]).toEqual([[], []]);
});
