import { silentLog } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { LinkError } from './link-error.ts';
import { retrying, type RetryContext } from './retrying.ts';
import { failing, signal } from './testing/opened.ts';

function context(hasAnswered: boolean): RetryContext {
  return {
    log: silentLog,
    random: () => 1,
    sleep: async () => {},
    closed: new AbortController().signal,
    hasAnswered,
  };
}

describe('a host that is not found', () => {
  const error = new LinkError('no-host', 'there is no host named db.test');
  const give = async () => {
    throw error;
  };

  test('is a wrong name, as long as it never answered', async () => {
    expect(await failing(retrying(context(false), signal, give))).toBe(error);
  });

  test('is out of reach, once it has answered', async () => {
    expect(await failing(retrying(context(true), signal, give))).toMatchObject({
      reason: 'unreachable',
      message: 'there is no host named db.test',
      cause: error,
    });
  });
});

test('a bug is thrown at once, and so is what nobody knows', async () => {
  let calls = 0;
  const bug = new TypeError('x');
  const give = async () => {
    calls++;
    throw bug;
  };
  expect(await failing(retrying(context(true), signal, give))).toBe(bug);
  expect(calls).toBe(1);
});

test('a result shows that the server has answered', async () => {
  const shared = context(false);
  expect(await retrying(shared, signal, async () => 'x')).toBe('x');
  expect(shared.hasAnswered).toBe(true);
});
