import { Failure } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { renderReport, reportJson } from './render-report.ts';
import { statusOf } from './testing/status.ts';

const failure = new Failure('data', 'a row is torn', { where: 'orders.csv:7' });
const status = statusOf(
  [
    { stream: 'orders', table: 'shop.orders', phase: 'caught up', rows: 12_345, bytes: 1_200_000 },
    { stream: 'notes', phase: 'caught up', quarantined: 2, bytes: 20 },
    { stream: 'events', phase: 'reading', rows: 1, bytes: 9 },
    { stream: 'old', phase: 'caught up' },
    { stream: 'torn', phase: 'failed', failure },
  ],
  { commits: 4 },
);

test('a person sees a line for each stream and one for the whole', () => {
  expect(renderReport({ status, durationMs: 2_000, stopped: false })).toBe(
    [
      'stream  table        new rows  set aside    bytes  status',
      'orders  shop.orders    12,345          0  1.20 MB  caught up',
      'notes   notes               0          2     20 B  caught up',
      'events  events              1          0      9 B  unfinished',
      'old     old                 0          0      0 B  nothing new',
      'torn    torn                0          0      0 B  failed',
      '',
      '12,346 new rows, 1.20 MB in 2.0 s (600 kB/s), 4 commits',
      '',
    ].join('\n'),
  );
});

test('nothing new is said plainly, also of a run that was stopped', () => {
  const idle = statusOf([{ stream: 'old', phase: 'caught up' }]);
  expect(renderReport({ status: idle, durationMs: 5, stopped: true })).toBe(
    [
      'stream  table  new rows  bytes  status',
      'old     old           0    0 B  nothing new',
      '',
      'nothing new; stopped at a commit, the next run goes on from there',
      '',
    ].join('\n'),
  );
  expect(renderReport({ status: statusOf([]), durationMs: 5, stopped: false })).toBe(
    'nothing new\n',
  );
});

test('a machine gets all of it as numbers', () => {
  expect(reportJson('shop', { status, durationMs: 2_000, stopped: false })).toMatchObject({
    pipeline: 'shop',
    rows: 12_346,
    bytes: 1_200_029,
    commits: 4,
    retries: 0,
    durationMs: 2_000,
    stopped: false,
    streams: [
      { stream: 'orders', table: 'shop.orders', status: 'caught up', rows: 12_345, quarantined: 0 },
      { stream: 'notes', quarantined: 2 },
      { stream: 'events', status: 'unfinished' },
      { stream: 'old', status: 'nothing new' },
      {
        stream: 'torn',
        status: 'failed',
        failure: { kind: 'data', message: 'orders.csv:7: a row is torn' },
      },
    ],
  });
});
