import { Failure } from '@fairlead/sdk';
import { checkpoint, documents, memorySource, waits } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { callFunction, testFunction } from './caller.ts';
import { ModelTables } from './caller-tables.ts';
import { sourceEndpoint } from './endpoints.ts';
import { call, quiet, stateOf } from './testing/sync.ts';

const rows = [documents([{ id: 1 }]), checkpoint];
const source = (script = rows) => memorySource({ streams: [{ name: 'a', script }] });

describe('a request', () => {
  test.each([
    { what: 'without a state', request: {} },
    { what: 'with an empty state', request: { state: {} } },
    { what: 'with a state that is null', request: { state: null } },
    { what: 'with nulls', request: { secrets: null, customPayload: null, bucket: null } },
    { what: 'that says that it is no test', request: { setup_test: false } },
  ])('$what is answered from the beginning', async ({ request }) => {
    const { status, content } = await call(source(), request);
    expect(status).toBe(200);
    expect(content.insert).toEqual({ a: [{ id: 1 }] });
  });

  test.each([
    { what: 'no JSON', request: '{"secrets":{"token":"hidden"', says: 'the request is not JSON' },
    { what: 'no object', request: '[]', says: 'the request is no JSON object' },
    { what: 'empty', request: '', says: 'the request is not JSON' },
    {
      what: 'without an object of secrets',
      request: '{"secrets":"hidden"}',
      says: 'secrets is no',
    },
  ])('that is $what is refused without being quoted', async ({ request, says }) => {
    const { status, text, content } = await call(source(), request);
    expect(status).toBe(400);
    expect(content.errorMessage).toContain(says);
    expect(text).not.toContain('hidden');
  });

  test.each([
    {
      what: 'of another connector',
      state: { ...stateOf({}), connector: 'source-other' },
      says: /belongs to source-other, and this is source-memory/,
    },
    {
      what: 'of another make',
      state: { since_id: 5, offset: 2 },
      says: /it is not one of Fairlead/,
    },
    { what: 'that is a text', state: 'abc', says: /it is not one of Fairlead/ },
    {
      what: 'of a later version',
      state: { ...stateOf({}), version: 2 },
      says: /has version 2, and 1 is known/,
    },
    { what: 'without its bindings', state: stateOf(null), says: /it is damaged/ },
    {
      what: 'with a cursor of another form',
      state: stateOf({ a: { at: 'x' } }),
      says: /does not fit this connector/,
    },
  ])('with a state $what is refused in one line that says what to do', async ({ state, says }) => {
    const { status, content } = await call(source(), { state });
    expect(status).toBe(400);
    expect(content.errorType).toBe('state');
    expect(content.errorMessage).toMatch(says);
    expect(content.errorMessage).toMatch(/Start a full re-sync of the connection in Fivetran\.$/);
    expect(content.errorMessage).not.toContain('\n');
  });
});

describe('a test of the settings', () => {
  test('checks, reads nothing and leaves the state as it was', async () => {
    const tested = source();
    const state = { since_id: 5 };
    const { status, content } = await call(tested, { setup_test: true, state });
    expect(status).toBe(200);
    expect(content).toEqual({ state, hasMore: false });
    expect(tested.pulls).toBe(0);
    await testFunction(sourceEndpoint(tested, quiet));
  });

  test('that fails says why', async () => {
    const refuses = new Failure('access', 'the token is refused', { hint: 'Make a new one.' });
    const refusing = memorySource({ streams: [], refuses });
    const { status, content } = await call(refusing, { setup_test: true });
    expect(status).toBe(400);
    expect(content).toEqual({
      errorMessage: 'the token is refused. Make a new one.',
      errorType: 'access',
      stackTrace: [],
    });
    await expect(testFunction(sourceEndpoint(refusing, quiet))).rejects.toMatchObject({
      kind: 'access',
    });
  });

  test('ends in time, also when the source does not', async () => {
    const deaf = { ...source(), check: () => new Promise<void>(() => {}) };
    const options = { limits: { timeoutMs: 50 } };
    const { status, content } = await call(deaf, { setup_test: true }, options);
    expect(status).toBe(500);
    expect(content.errorMessage).toBe('the settings could not be checked within 45 ms');
  });
});

describe('the log', () => {
  const logged = async (request: object, from = source()) => {
    const lines: string[] = [];
    await call(from, request, { write: (line) => void lines.push(line), level: 'debug' });
    return lines.map((line) => JSON.parse(line));
  };

  test('has the sync and the connection in each line, and how the call has ended', async () => {
    const lines = await logged({ agent: 'a/b/c', sync_id: 's' });
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.every((line) => line.agent === 'a/b/c' && line.sync_id === 's')).toBe(true);
    expect(lines.at(-1)).toMatchObject({
      severity: 'INFO',
      message: 'answered',
      status: 200,
      rowCount: 1,
      hasMore: false,
    });
  });

  test('has no secrets, and says which settings nobody knows', async () => {
    const talkative = {
      ...source(),
      async check(scope: Parameters<ReturnType<typeof source>['check']>[0]) {
        scope.log.warn('hunter2', {
          token: 'hunter2',
          nested: { of: 'xhunter2' },
          error: new Error('hunter2'),
        });
      },
    };
    const secrets = { token: 'hunter2', acount: 'x' };
    const lines = await logged({ setup_test: true, secrets }, talkative);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(lines).toContainEqual(
      expect.objectContaining({
        severity: 'WARNING',
        warning: 'nobody knows acount, perhaps account was meant',
      }),
    );
  });
});

test('a call that nobody waits for any more ends', async () => {
  const leaving = new AbortController();
  const waiting = source([...rows, waits(() => new Promise(() => {}))]);
  const ended = call(waiting, {}, { signal: leaving.signal });
  while (waiting.open === 0) await new Promise((resolve) => setImmediate(resolve));
  leaving.abort(new Error('gone'));
  expect((await ended).status).toBe(500);
  expect(waiting.open).toBe(0);
});

test('calls that run at the same time know nothing of each other', async () => {
  const shared = source([documents([{ id: 1 }]), checkpoint, documents([{ id: 2 }]), checkpoint]);
  const syncs = await Promise.all(
    [1, 2, 3].map(async () => {
      const tables = new ModelTables();
      const endpoint = sourceEndpoint(shared, { ...quiet, budget: { stopBytes: 1 } });
      const { calls } = await callFunction(endpoint, tables);
      return [calls, tables.rowsOf('a')];
    }),
  );
  for (const one of syncs) expect(one).toEqual([2, [{ id: 1 }, { id: 2 }]]);
});
