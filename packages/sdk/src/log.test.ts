import { expect, test } from 'vitest';
import { createLog, type LogFields, type LogLevel, silentLog } from './log.ts';

test('each level reaches the sink with its message and fields', () => {
  const { lines, log } = recorded();
  log.debug('batch read', { rowCount: 3 });
  log.info('backfill finished');
  log.warn('trying again', { ms: 500 });
  log.error('stopped', { error: 'no' });
  expect(lines).toEqual([
    ['debug', 'batch read', { rowCount: 3 }],
    ['info', 'backfill finished', {}],
    ['warn', 'trying again', { ms: 500 }],
    ['error', 'stopped', { error: 'no' }],
  ]);
});

test('fixed fields are on every line, and nearer ones win', () => {
  const { lines, log } = recorded({ task: 'a' });
  const table = log.with({ table: 'orders', rowCount: 0 });
  table.info('one', { rowCount: 7 });
  table.with({ table: 'items' }).info('two');
  log.info('three');
  expect(lines).toEqual([
    ['info', 'one', { task: 'a', table: 'orders', rowCount: 7 }],
    ['info', 'two', { task: 'a', table: 'items', rowCount: 0 }],
    ['info', 'three', { task: 'a' }],
  ]);
});

test('the silent log takes all', () => {
  expect(silentLog.with({ a: 1 }).error('nothing')).toBeUndefined();
});

function recorded(fixed?: LogFields) {
  const lines: [LogLevel, string, LogFields][] = [];
  return { lines, log: createLog((...line) => void lines.push(line), fixed) };
}
