import { Failure } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { flowLog } from './flow-log.ts';

const at = new Date('2026-08-21T10:00:00Z');

function record(level: string | undefined, write: (log: ReturnType<typeof flowLog>) => void) {
  const lines: string[] = [];
  write(
    flowLog(
      (line) => lines.push(line),
      level,
      () => at,
    ),
  );
  return lines;
}

test('a record is one line of JSON', () => {
  const lines = record('info', (log) =>
    log.with({ stream: 'users' }).warn('two\nlines', { rows: 2n ** 60n, ms: 5 }),
  );
  expect(lines).toEqual([
    '{"ts":"2026-08-21T10:00:00.000Z","level":"warn","message":"two\\nlines","fields":{"stream":"users","rows":"1152921504606846976","ms":5}}\n',
  ]);
});

test('a failure is told by its message, a bug by its stack', () => {
  const [failure = '', bug = ''] = record('info', (log) => {
    log.error('failed', { error: new Failure('access', 'refused') });
    log.error('failed', { error: new TypeError('wrong') });
  });
  expect(JSON.parse(failure)).toMatchObject({ fields: { error: 'refused' } });
  expect(JSON.parse(bug)).toMatchObject({
    fields: { error: expect.stringMatching(/wrong\n +at /) },
  });
});

test.each([
  [undefined, 3],
  ['trace', 4],
  ['debug', 4],
  ['INFO', 3],
  ['warn', 2],
  ['warning', 2],
  ['error', 1],
  ['panic', 1],
  ['loud', 3],
])('at level %s there are %d of four records', (level, count) => {
  const lines = record(level, (log) => {
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');
  });
  expect(lines).toHaveLength(count);
});
