import { describe, expect, test } from 'vitest';
import { callFunction, type FunctionEndpoint, testFunction } from './caller.ts';
import { ModelTables } from './caller-tables.ts';
import type { EndpointAnswer } from './caller-answer.ts';

/** A function that gives these answers, one after the other, and the last one for ever. */
function answering(...answers: readonly (object | string | Partial<EndpointAnswer>)[]) {
  const requests: unknown[] = [];
  const endpoint: FunctionEndpoint = async (request) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)] ?? '';
    requests.push(JSON.parse(Buffer.from(request).toString()));
    if (typeof answer === 'object' && 'body' in answer)
      return { status: 200, ...answer } as EndpointAnswer;
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    return { status: 200, contentType: 'application/json', body: Buffer.from(text) };
  };
  return { endpoint, requests };
}

const done = { state: {}, hasMore: false };

describe('a sync', () => {
  test('is called on with the state of each answer while there is more', async () => {
    const { endpoint, requests } = answering(
      { state: { at: 1, big: 1 }, insert: { a: [{ id: 1 }] }, hasMore: true },
      '{"state":{"at":12345678901234567890},"insert":{"a":[{"id":2}]},"hasMore":true}',
      { ...done, state: { at: 3 } },
    );
    const tables = new ModelTables();
    const report = await callFunction(endpoint, tables, {
      secrets: { token: 't' },
      customPayload: { region: 'eu' },
      agent: 'a/b/c',
      syncId: 's',
    });
    expect(report).toEqual({
      ended: 'caught-up',
      state: { at: 3 },
      calls: 3,
      inserted: 2,
      deleted: 0,
    });
    expect(requests[0]).toEqual({
      agent: 'a/b/c',
      secrets: { token: 't' },
      customPayload: { region: 'eu' },
      sync_id: 's',
      state: {},
    });
    expect(requests[1]).toMatchObject({ state: { at: 1, big: 1 } });
  });

  test('hands on a state with all its digits', async () => {
    const seen: string[] = [];
    const state = '{"at":12345678901234567890,"n":1.10000000000000000000001}';
    const endpoint: FunctionEndpoint = async (request) => {
      seen.push(Buffer.from(request).toString());
      const body = Buffer.from(`{"state":${state},"hasMore":${seen.length < 2}}`);
      return { status: 200, body };
    };
    await callFunction(endpoint, new ModelTables());
    expect(seen[1]).toContain(`"state":${state}`);
  });

  test('takes six hours at most', async () => {
    let nowMs = 0;
    const more = { state: { a: 1 }, insert: { a: [{ id: 1 }] }, hasMore: true };
    const now = () => (nowMs += 3_600_000);
    const report = await callFunction(answering(more).endpoint, new ModelTables(), { now });
    expect(report).toMatchObject({ ended: 'out-of-time', calls: 6, state: { a: 1 } });
  });

  test('ends when more than ten answers in a row have no rows', async () => {
    const empty = { state: {}, hasMore: true };
    const rows = { ...empty, insert: { a: [{}] } };
    const tenEmpty = Array.from({ length: 10 }, () => empty);
    const fine = await callFunction(answering(...tenEmpty, rows, done).endpoint, new ModelTables());
    expect(fine.ended).toBe('caught-up');
    const endless = await callFunction(answering(empty).endpoint, new ModelTables());
    expect(endless).toMatchObject({ ended: 'failed', calls: 11 });
    expect(endless.failure?.message).toMatch(/more than 10 answers in a row had no rows/);
  });

  test('that fails keeps the state of what was taken', async () => {
    const { endpoint } = answering(
      { state: { at: 1 }, insert: { a: [{ id: 1 }] }, hasMore: true },
      { errorMessage: 'out of order', errorType: 'access', stackTrace: [] },
    );
    const report = await callFunction(endpoint, new ModelTables());
    expect(report).toMatchObject({ ended: 'failed', calls: 1, state: { at: 1 } });
    expect(report.failure).toMatchObject({ kind: 'access', message: 'out of order' });
  });

  test('waits no longer than a platform lets a call run', async () => {
    const endpoint: FunctionEndpoint = (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    const limits = { timeoutMs: 20, requestBytes: 1_000, responseBytes: 1_000 };
    const report = await callFunction(endpoint, new ModelTables(), { limits });
    expect(report.failure).toMatchObject({
      kind: 'transient',
      message: 'there was no answer within 20 ms',
    });
  });

  test('does not send a state that is larger than a request may be', async () => {
    const limits = { timeoutMs: 1_000, requestBytes: 100, responseBytes: 1_000 };
    const { endpoint } = answering({
      state: { x: 'x'.repeat(100) },
      insert: { a: [{}] },
      hasMore: true,
    });
    const report = await callFunction(endpoint, new ModelTables(), { limits });
    expect(report.failure?.message).toMatch(/the request has \d+ bytes, and may have 100/);
  });

  test('that nobody wants any more ends', async () => {
    const stop = new AbortController();
    const endpoint: FunctionEndpoint = async () => {
      stop.abort(new Error('enough'));
      throw new Error('cut');
    };
    const call = callFunction(endpoint, new ModelTables(), { signal: stop.signal });
    await expect(call).rejects.toThrow('enough');
  });
});

describe('an answer is refused', () => {
  const keyed = (insert: object, more: object = {}) => ({
    ...done,
    insert: { a: [insert] },
    schema: { a: { primary_key: ['id'] } },
    ...more,
  });

  test.each<{ what: string; answer: object | string; says: RegExp }>([
    { what: 'that is nothing', answer: '', says: /it is not JSON/ },
    { what: 'that is a page', answer: '<html>', says: /it is not JSON/ },
    { what: 'that is a list', answer: '[]', says: /it is no JSON object/ },
    { what: 'without a state', answer: { hasMore: false }, says: /no object as its state/ },
    {
      what: 'with a text as its state',
      answer: { ...done, state: 'x' },
      says: /no object as its state/,
    },
    { what: 'without hasMore', answer: { state: {} }, says: /as its hasMore$/ },
    { what: 'with has_more', answer: { state: {}, has_more: true }, says: /has_more is not known/ },
    {
      what: 'with a text as hasMore',
      answer: { state: {}, hasMore: 'true' },
      says: /as its hasMore$/,
    },
    {
      what: 'whose insert is a list',
      answer: { ...done, insert: [] },
      says: /its insert is no object/,
    },
    {
      what: 'whose rows are one',
      answer: { ...done, insert: { a: {} } },
      says: /no array of rows/,
    },
    { what: 'with a row that is none', answer: { ...done, insert: { a: [1] } }, says: /no object/ },
    { what: 'with a row without its key', answer: keyed({ x: 1 }), says: /a row without id/ },
    { what: 'with a row whose key is null', answer: keyed({ id: null }), says: /a row without id/ },
    {
      what: 'that deletes without a key',
      answer: { ...done, delete: { a: [{}] } },
      says: /without primary_key/,
    },
    {
      what: 'that deletes without the key',
      answer: keyed({ id: 1 }, { delete: { a: [{ x: 1 }] } }),
      says: /its delete has a row without id/,
    },
    {
      what: 'with another schema',
      answer: { ...done, schema: { a: ['id'] } },
      says: /its schema has no/,
    },
    {
      what: 'with another key',
      answer: { ...done, schema: { a: { primary_key: 'id' } } },
      says: /list of names/,
    },
    {
      what: 'with another softDelete',
      answer: { ...done, softDelete: true },
      says: /list of names/,
    },
    {
      what: 'that is too large',
      answer: { ...done, x: 'x'.repeat(2_000) },
      says: /has \d+ bytes, and may have 1000/,
    },
    {
      what: 'of another type',
      answer: { contentType: 'text/html', body: Buffer.from('{}') },
      says: /type is text\/html/,
    },
    {
      what: 'with a status and no message',
      answer: { status: 502, body: Buffer.from('{}') },
      says: /status is 502/,
    },
  ])('$what', async ({ answer, says }) => {
    const limits = { timeoutMs: 1_000, requestBytes: 1_000, responseBytes: 1_000 };
    const report = await callFunction(answering(answer).endpoint, new ModelTables(), { limits });
    expect(report.ended).toBe('failed');
    expect(report.failure?.message).toMatch(says);
    expect(report.calls).toBe(0);
  });
});

describe('a test', () => {
  test('has no state, and says that it is one', async () => {
    const { endpoint, requests } = answering(done);
    await testFunction(endpoint, { agent: 'x', secrets: { a: 'b' } });
    expect(requests).toEqual([{ agent: 'x', secrets: { a: 'b' }, setup_test: true }]);
  });

  test.each([
    { what: 'with rows', answer: { ...done, insert: { a: [{}] } }, says: /has rows/ },
    {
      what: 'that is too large for its way',
      answer: { ...done, x: 'x'.repeat(65_536) },
      says: /may have 65536/,
    },
    { what: 'that is an error', answer: { errorMessage: 'no' }, says: /^no$/ },
  ])('has failed by an answer $what', async ({ answer, says }) => {
    await expect(testFunction(answering(answer).endpoint)).rejects.toThrow(says);
  });
});

describe('tables', () => {
  const apply = (
    tables: ModelTables,
    content: Partial<Record<'insert' | 'delete', object[]>>,
    softDelete: string[] = [],
  ) => {
    const of = (rows: object[] | undefined) =>
      new Map(rows === undefined ? [] : [['a', rows as Record<string, unknown>[]]]);
    tables.apply({
      state: {},
      insert: of(content.insert),
      delete: of(content.delete),
      keys: new Map([['a', ['id']]]),
      softDelete,
      hasMore: false,
    });
  };

  test.each([
    { first: 'insert', rows: [] },
    { first: 'delete', rows: [{ id: 1 }] },
  ] as const)('where $first comes first', ({ first, rows }) => {
    const tables = new ModelTables({ first });
    apply(tables, { insert: [{ id: 1 }], delete: [{ id: 1 }] });
    expect(tables.rowsOf('a')).toEqual(rows);
  });

  test.each([
    { counts: 'first', n: 1 },
    { counts: 'last', n: 2 },
  ] as const)('where of rows of one key the $counts one counts', ({ counts, n }) => {
    const tables = new ModelTables({ counts });
    apply(tables, { insert: [{ id: 5, n: 0 }] });
    apply(tables, {
      insert: [
        { id: 5, n: 1 },
        { id: 5, n: 2 },
      ],
    });
    expect(tables.rowsOf('a')).toEqual([{ id: 5, n }]);
  });

  test('where rows are marked at once', () => {
    const tables = new ModelTables();
    apply(tables, { insert: [{ id: 1 }, { id: 2 }] });
    apply(tables, { insert: [{ id: 2, n: 1 }] }, ['a']);
    expect(tables.rowsOf('a')).toEqual([{ id: 2, n: 1 }]);
    expect(tables.names).toEqual(['a']);
  });

  test('where rows are marked at the end of a sync', () => {
    const tables = new ModelTables({ marks: 'at-end' });
    apply(tables, { insert: [{ id: 1 }, { id: 2 }, { id: 3 }] });
    tables.endSync();
    apply(tables, { insert: [{ id: 2 }] }, ['a']);
    apply(tables, { insert: [{ id: 3 }] });
    expect(tables.rowsOf('a')).toHaveLength(3);
    tables.endSync();
    expect(tables.rowsOf('a')).toEqual([{ id: 2 }, { id: 3 }]);
  });
});
