import { Failure, Secret } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { formatLogLine } from './format-log-line.ts';

const line = {
  level: 'info' as const,
  message: 'schema changed',
  fields: {
    stream: 'orders',
    change: 'add "x" = y',
    rows: 3,
    big: 2n ** 64n,
    none: undefined,
    token: new Secret('hunter2'),
    error: new Failure('access', 'no\nentry'),
    list: [1n],
    odd: '\u001b[31m',
  },
  at: new Date(0),
};

test('as text it has the time and its facts', () => {
  expect(formatLogLine('text', line)).toBe(
    '1970-01-01T00:00:00.000Z info  schema changed stream=orders change="add \\"x\\" = y" rows=3 big=18446744073709551616 none=undefined token="••••••" error="no\\nentry" list=["1"] odd=\\u001b[31m',
  );
});

test('on a terminal it has no time', () => {
  expect(formatLogLine('terminal', { ...line, level: 'warn', fields: {} })).toBe(
    'warn  schema changed',
  );
});

test('as JSON it is one object', () => {
  expect(JSON.parse(formatLogLine('json', line))).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    level: 'info',
    message: 'schema changed',
    stream: 'orders',
    change: 'add "x" = y',
    rows: 3,
    big: '18446744073709551616',
    token: '••••••',
    error: 'no\nentry',
    list: ['1'],
    odd: '\u001b[31m',
  });
});
