import { expect, test } from 'vitest';
import { measure, newMeter } from './meter.ts';
import { widthOf } from './printable.ts';
import { progressFields, renderProgress, type FrameOptions } from './render-progress.ts';
import { statusOf } from './testing/status.ts';

const wide: FrameOptions = {
  nowMs: 10_000,
  columns: 100,
  rows: 24,
  color: false,
  unicode: true,
};

const progress = (done: number) => ({ unit: 'bytes' as const, done, total: 400_000_000 });
const at = (done: number, rows: number) =>
  statusOf(
    [
      {
        stream: 'orders',
        phase: 'reading',
        rows,
        bytes: done,
        progress: progress(done),
      },
      { stream: 'events', phase: 'reading', rows: 7, bytes: 70 },
      { stream: 'customers', phase: 'caught up', rows: 1_000, bytes: 30_000 },
      { stream: 'notes' },
    ],
    { commits: 3, activity: 'reading' },
  );
const status = at(250_000_000, 1_200_000);
const meter = measure(measure(newMeter(), at(50_000_000, 200_000), 8_000), status, 10_000);

test('a frame shows what is read, what is not, and the whole', () => {
  expect(renderProgress(status, meter, wide)).toEqual([
    'orders                   ━━━━━━━━━━──────  62% 1.20M rows   250 MB   100 MB/s 0:02 left',
    'events                                             7 rows     70 B      0 B/s',
    '1 waiting, 1 caught up',
    'reading, 1.20M rows, 250 MB, 3 commits, 0:10',
  ]);
});

test('without Unicode bars are of ASCII', () => {
  const [first] = renderProgress(status, meter, { ...wide, unicode: false });
  expect(first).toBe(
    'orders                   ##########------  62% 1.20M rows   250 MB   100 MB/s 0:02 left',
  );
});

test('in color only the bar is', () => {
  const [first = ''] = renderProgress(status, meter, { ...wide, color: true });
  expect(first).toContain('\u001b[36m━━━━━━━━━━\u001b[39m\u001b[2m──────\u001b[22m  62%');
  expect(first.split('\u001b')).toHaveLength(5);
});

test('before anything is known only the whole is shown', () => {
  const nothing = statusOf([], { activity: 'connecting', retries: 2, commits: 1 });
  expect(renderProgress(nothing, newMeter(), wide)).toEqual([
    'connecting, 0 rows, 0 B, 1 commit, 2 retries, 0:10',
  ]);
});

test('a low window shows as many streams as it holds, and counts the rest', () => {
  const many = statusOf(
    Array.from({ length: 50 }, (_, index) => ({ stream: `s${index}`, phase: 'reading' as const })),
  );
  const frame = renderProgress(many, newMeter(), { ...wide, rows: 6 });
  expect(frame.map((line) => line.split(/ {2,}|,/)[0])).toEqual([
    's0',
    's1',
    's2',
    '47 more reading',
    'connecting',
  ]);
});

test.each([20, 40, 60, 80])('no line fills a window of %i columns', (columns) => {
  const odd = statusOf([
    { stream: '漢字'.repeat(40), phase: 'reading', rows: 5, progress: progress(1_000) },
    { stream: 'a\u001b[2J\n', phase: 'reading' },
  ]);
  for (const line of renderProgress(odd, newMeter(), { ...wide, columns, color: true })) {
    // oxlint-disable-next-line no-control-regex -- color codes begin with ESC
    expect(widthOf(line.replace(/\u001b\[\d+m/g, ''))).toBeLessThan(columns);
    expect(line).not.toContain('\u001b[2J');
  }
});

test('a log line has the same facts as plain numbers', () => {
  const [orders, events] = status.streams;
  expect(progressFields(orders!, meter)).toEqual({
    stream: 'orders',
    rows: 1_200_000,
    bytes: 250_000_000,
    bytesPerSecond: 100_000_000,
    percent: 62,
    secondsLeft: 2,
  });
  expect(progressFields(events!, newMeter())).toEqual({ stream: 'events', rows: 7, bytes: 70 });
});
