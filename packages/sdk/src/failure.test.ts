import { describe, expect, test } from 'vitest';
import {
  describeFailure,
  exitCode,
  exitCodes,
  Failure,
  type FailureKind,
  isFailure,
  within,
} from './failure.ts';

test.each<[FailureKind, number]>([
  ['config', 2],
  ['access', 3],
  ['transient', 4],
  ['data', 5],
  ['state', 6],
])('a failure of kind %s ends the process with %d', (kind, code) => {
  expect(exitCode(new Failure(kind, 'no'))).toBe(code);
  expect(exitCodes[kind]).toBe(code);
});

test.each([new Error('bug'), 'text', undefined, null, { kind: 'config' }])(
  '%s is a bug, which ends the process with 1',
  (error) => {
    expect(exitCode(error)).toBe(1);
    expect(isFailure(error)).toBe(false);
  },
);

test('a failure of another copy of this package is one too', () => {
  class Failure2 extends Error {
    override readonly name = 'Failure';
    readonly kind = 'access';
  }
  expect(isFailure(new Failure2('no'))).toBe(true);
  expect(exitCode(new Failure2('no'))).toBe(3);
});

describe('one line for a failure', () => {
  test.each<[string, Failure, string]>([
    ['the message', new Failure('data', 'a number is too large'), 'a number is too large'],
    [
      'where it happened',
      new Failure('data', 'a number is too large', { where: 'orders.csv, row 7' }),
      'orders.csv, row 7: a number is too large',
    ],
    [
      'what to do',
      new Failure('access', 'role "flow" may not replicate', { hint: 'Run: ALTER ROLE flow;' }),
      'role "flow" may not replicate. Run: ALTER ROLE flow;',
    ],
    [
      'what to do after a sentence',
      new Failure('access', 'Who are you?', { hint: 'Log in.' }),
      'Who are you? Log in.',
    ],
    [
      'all of it, without line breaks',
      new Failure('config', 'first\n  second', { where: 'a\r\nb', hint: 'Do this\nand that.' }),
      'a b: first second. Do this and that.',
    ],
  ])('has %s', (_what, failure, line) => {
    expect(describeFailure(failure)).toBe(line);
  });

  test('leaves out the cause', () => {
    const failure = new Failure('access', 'refused', { cause: new Error('password hunter2') });
    expect(describeFailure(failure)).toBe('refused');
    expect(failure.cause).toMatchObject({ message: 'password hunter2' });
  });
});

describe('within', () => {
  test('puts a place in front of the place that is known, and keeps the rest', () => {
    const cause = new Error('why');
    const inner = new Failure('transient', 'busy', {
      where: 'row 7',
      hint: 'Wait.',
      retryAfterMs: 5,
      cause,
    });
    expect(within('stream orders', inner)).toMatchObject({
      name: 'Failure',
      kind: 'transient',
      message: 'busy',
      where: 'stream orders: row 7',
      hint: 'Wait.',
      retryAfterMs: 5,
      cause,
    });
  });

  test('gives a place to a failure that has none', () => {
    expect(within('stream orders', new Failure('data', 'no'))).toMatchObject({
      where: 'stream orders',
      hint: undefined,
    });
  });

  test('leaves a bug as it is', () => {
    const bug = new TypeError('x is not a function');
    expect(within('stream orders', bug)).toBe(bug);
  });
});
