import { Failure } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import type { AccessToken } from './access-token.ts';
import type { TokenRequest } from './credentials.ts';
import { surroundings } from './surroundings.ts';
import { never } from './testing/open-for-test.ts';
import { TokenCache } from './token-cache.ts';

const hour = 3_600_000;

describe('a token', () => {
  test('is asked for once by a hundred who want it at the same time', async () => {
    const server = deferredServer();
    const all = Array.from({ length: 100 }, () => server.cache.token(never));
    expect(server.requests).toHaveLength(1);
    server.answer(0, 'a', hour);
    expect(new Set(await Promise.all(all))).toEqual(new Set(['a']));
    expect(await server.cache.token(never)).toBe('a');
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    { random: 0, earlyMs: 225_000 },
    { random: 0.999_999, earlyMs: 180_001 },
  ])('is renewed before its end, spread by chance ($random)', async ({ random, earlyMs }) => {
    const server = deferredServer({ random });
    await server.give('a', hour);
    server.clock.nowMs += hour - earlyMs - 1_000;
    expect(await server.cache.token(never)).toBe('a');
    server.clock.nowMs += 2_000;
    expect(await server.give('b', hour)).toBe('b');
    expect(server.requests.map(({ attempts }) => attempts)).toEqual([undefined, 1]);
  });

  test('that is short is renewed after three quarters of its life', async () => {
    const server = deferredServer();
    await server.give('a', 40_000);
    server.clock.nowMs += 29_999;
    expect(await server.cache.token(never)).toBe('a');
    server.clock.nowMs += 1;
    expect(await server.give('b', hour)).toBe('b');
  });

  test('that is over when it comes serves those who wait, and no others', async () => {
    const server = deferredServer();
    expect(await server.give('a', 0)).toBe('a');
    expect(await server.give('b', hour)).toBe('b');
  });

  test('serves on while it is good and the server is away, and the server is left in peace', async () => {
    const server = deferredServer();
    await server.give('a', hour);
    server.clock.nowMs += hour - 200_000;
    expect(await server.fail(new Failure('transient', 'away'))).toBe('a');
    expect(await server.cache.token(never)).toBe('a');
    expect(server.requests).toHaveLength(2);

    server.clock.nowMs += 30_000;
    expect(await server.fail(new Failure('transient', 'away'))).toBe('a');

    server.clock.nowMs += 161_000;
    await expect(server.fail(new Failure('transient', 'away'))).rejects.toThrow('away');
    expect(await server.give('b', hour)).toBe('b');
  });

  test('that the server refuses to renew is used no longer', async () => {
    const server = deferredServer();
    await server.give('a', hour);
    server.clock.nowMs += hour - 200_000;
    await expect(server.fail(new Failure('access', 'gone'))).rejects.toThrow('gone');
  });

  test('that failed is asked for again by the next', async () => {
    const server = deferredServer();
    await expect(server.fail(new Failure('transient', 'away'))).rejects.toThrow('away');
    expect(await server.give('a', hour)).toBe('a');
  });
});

describe('a token that was refused', () => {
  test('is forgotten, and the next request knows', async () => {
    const server = deferredServer();
    await server.give('a', hour);
    server.cache.forget();
    expect(await server.give('b', hour)).toBe('b');
    server.cache.forget();
    await server.give('c', hour);
    expect(server.requests.map(({ wasRefused }) => wasRefused)).toEqual([false, true, true]);
    server.clock.nowMs += hour;
    await server.give('d', hour);
    expect(server.requests[3]?.wasRefused).toBe(false);
  });

  test('is forgotten only once by all who name it', async () => {
    const server = deferredServer();
    await server.give('a', hour);
    server.cache.forget('a');
    await server.give('b', hour);
    server.cache.forget('a');
    expect(await server.cache.token(never)).toBe('b');
    server.cache.forget('b');
    expect(await server.give('c', hour)).toBe('c');
  });

  test('is known as such to the request after one that was on its way', async () => {
    const server = deferredServer();
    const waiting = server.cache.token(never);
    server.cache.forget();
    server.answer(0, 'a', 0);
    await waiting;
    await server.give('b', hour);
    expect(server.requests.map(({ wasRefused }) => wasRefused)).toEqual([false, true]);
  });

  test('is not used again though its renewal fails in passing', async () => {
    const server = deferredServer();
    await server.give('a', hour);
    server.clock.nowMs += hour - 200_000;
    const waiting = server.cache.token(never);
    server.cache.forget('a');
    server.reject(1, new Failure('transient', 'away'));
    await expect(waiting).rejects.toThrow('away');
  });
});

describe('an abort', () => {
  test('before the request makes none', async () => {
    const server = deferredServer();
    await expect(server.cache.token(AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    expect(server.requests).toHaveLength(0);
  });

  test('of one leaves the others their request', async () => {
    const server = deferredServer();
    const one = new AbortController();
    const first = server.cache.token(one.signal);
    const second = server.cache.token(never);
    one.abort(new Error('stop'));
    await expect(first).rejects.toThrow('stop');
    expect(server.requests[0]?.signal.aborted).toBe(false);
    server.answer(0, 'a', hour);
    expect(await second).toBe('a');
  });

  test('of all ends the request, and the next makes another', async () => {
    const server = deferredServer();
    const [one, two] = [new AbortController(), new AbortController()];
    const both = [server.cache.token(one.signal), server.cache.token(two.signal)];
    one.abort(new Error('stop'));
    two.abort(new Error('stop'));
    await Promise.all(both.map(async (token) => await expect(token).rejects.toThrow('stop')));
    expect(server.requests[0]?.signal.aborted).toBe(true);
    const next = server.cache.token(never);
    expect(server.requests).toHaveLength(2);
    server.reject(0, new Error('stop'));
    server.answer(1, 'b', hour);
    expect(await next).toBe('b');
  });
});

/** A cache before a server whose answers the test gives. */
function deferredServer({ random = 0 } = {}) {
  const clock = { nowMs: 1_000_000 };
  const requests: (TokenRequest & {
    resolve: (token: AccessToken) => void;
    reject: (error: unknown) => void;
  })[] = [];
  const cache = new TokenCache(
    async (request) =>
      await new Promise((resolve, reject) => requests.push({ ...request, resolve, reject })),
    surroundings({ now: () => clock.nowMs, random: () => random }),
  );
  const answer = (index: number, value: string, lifetimeMs: number) =>
    requests[index]!.resolve({ value, expiresAtMs: clock.nowMs + lifetimeMs });
  const reject = (index: number, error: unknown) => requests[index]!.reject(error);
  return {
    clock,
    requests,
    cache,
    answer,
    reject,
    /** Asks, and answers the request that this must make. */
    async give(value: string, lifetimeMs: number): Promise<string> {
      const token = cache.token(never);
      answer(requests.length - 1, value, lifetimeMs);
      return await token;
    },
    async fail(error: Failure): Promise<string> {
      const token = cache.token(never);
      reject(requests.length - 1, error);
      return await token;
    },
  };
}
