import { describe, expect, test } from 'vitest';
import { error, resource, scriptedServer, type Reply } from '../client/testing/scripted-server.ts';
import { readOnce, type Members } from './testing/reading.ts';
import { page, row } from './testing/script.ts';

const at = 12_342_134;
const first = ['some magical', 3, 'data'];
const second = ['even more', { '@ref': { id: '7' } }, 1.5];
const foo = { collection: 'foo' };
const refusal = error(400, 'invalid argument', 'This is refused.');

/** The query of a page, word by word. */
function query(after?: unknown): unknown {
  const document = { var: 'document' };
  const members = {
    ref: { select: ['ref', 'id'], from: document },
    ts: { select: 'ts', from: document },
    data: { select: 'data', from: document, default: { object: {} } },
    ttl: { select: 'ttl', from: document, default: null },
  };
  const documents = { documents: { collection: 'foo' } };
  return {
    at,
    expr: {
      map: {
        lambda: 'x',
        expr: { let: [{ document: { get: { var: 'x' } } }], in: { object: members } },
      },
      collection: { paginate: documents, ...(after === undefined ? {} : { after }), size: 2 },
    },
  };
}

interface Case {
  readonly state?: Members;
  readonly replies: readonly Reply[];
  readonly queries: readonly unknown[];
  readonly rows: readonly unknown[];
  readonly story: readonly string[];
  readonly end: Members;
  readonly isRefused?: boolean;
}

const present = { to_micros: { now: null } };

describe('a full refresh', () => {
  test.each<[string, Case]>([
    [
      'F1: reads page after page at one time, and keeps nothing of it in the state',
      {
        replies: [
          resource(at),
          page([row('1', 5), row('2', 4)], first),
          page([row('3', 6, { a: 1 })]),
        ],
        queries: [present, query(), query(first)],
        rows: [row('1', 5), row('2', 4), row('3', 6, { a: 1 })],
        story: ['begins foo', 'row foo 1@5', 'row foo 2@4', 'row foo 3@6', 'ends foo'],
        end: {},
      },
    ],
    [
      'F2: hands out data that is null as it is',
      {
        replies: [resource(at), page([row('1', 5, null), row('2', 4, { a: null, b: [null] })])],
        queries: [present, query()],
        rows: [row('1', 5, null), row('2', 4, { a: null, b: [null] })],
        story: ['begins foo', 'row foo 1@5', 'row foo 2@4', 'ends foo'],
        end: {},
      },
    ],
    [
      'F3: has handed out two pages and says where the third begins when that is refused',
      {
        replies: [
          resource(at),
          page([row('1', 5), row('2', 4)], first),
          page([row('3', 6)], second),
          refusal,
        ],
        queries: [present, query(), query(first), query(second)],
        rows: [row('1', 5), row('2', 4), row('3', 6)],
        story: ['begins foo', 'row foo 1@5', 'row foo 2@4', 'row foo 3@6'],
        end: { full_sync_cursor: { ts: at, after: JSON.stringify(second) } },
        isRefused: true,
      },
    ],
    [
      'F4: goes on there, at the same time',
      {
        state: { full_sync_cursor: { ts: at, after: JSON.stringify(second) } },
        replies: [page([row('9', 1)])],
        queries: [query(second)],
        rows: [row('9', 1)],
        story: ['row foo 9@1', 'ends foo'],
        end: {},
      },
    ],
    [
      'F4: goes on there when the state has the cursor as JSON',
      {
        state: { full_sync_cursor: { ts: at, after: second } },
        replies: [page([row('9', 1)])],
        queries: [query(second)],
        rows: [row('9', 1)],
        story: ['row foo 9@1', 'ends foo'],
        end: {},
      },
    ],
    [
      'goes on at a time that a state has without a cursor',
      {
        state: { full_sync_cursor: { ts: at } },
        replies: [page([row('9', 1)])],
        queries: [query()],
        rows: [row('9', 1)],
        story: ['row foo 9@1', 'ends foo'],
        end: {},
      },
    ],
  ])('%s', async (_, { state, replies, queries, rows, story, end, isRefused = false }) => {
    await using server = await scriptedServer(replies);
    const reading = await readOnce({
      port: server.port,
      collection: { page_size: 2 },
      bindings: [foo],
      ...(state === undefined ? {} : { state: { foo: state } }),
    });
    expect(server.requests.map(({ body }) => body)).toEqual(queries);
    expect(reading.rows).toEqual(rows);
    expect(reading.story).toEqual(story);
    expect(reading.state).toEqual({ foo: end });
    expect(reading.failure?.message).toEqual(
      isRefused ? expect.stringContaining('This is refused.') : undefined,
    );
  });

  test('says after each page where the next one begins (defect 17)', async () => {
    await using server = await scriptedServer([
      resource(at),
      page([row('1', 5)], first),
      page([row('3', 6)], second),
      page([row('9', 1)]),
    ]);
    const { port } = server;
    const { states } = await readOnce({ port, collection: { page_size: 2 }, bindings: [foo] });
    expect(states).toEqual([
      { foo: { full_sync_cursor: { ts: at, after: JSON.stringify(first) } } },
      { foo: { full_sync_cursor: { ts: at, after: JSON.stringify(second) } } },
      { foo: {} },
    ]);
  });

  test('names the collection when it is refused', async () => {
    await using server = await scriptedServer([resource(at), refusal]);
    const { failure } = await readOnce({ port: server.port, bindings: [foo] });
    expect(failure).toMatchObject({ kind: 'config', where: expect.stringContaining('foo') });
  });

  test.each([
    ['text', '{"no json'],
    ['null', 'null'],
  ])(
    'fails for a state whose cursor is %s, and not as if it were at the front',
    async (_, after) => {
      await using server = await scriptedServer([page([row('1', 5)])]);
      const state = { foo: { full_sync_cursor: { ts: at, after } } };
      const { failure, rows } = await readOnce({ port: server.port, bindings: [foo], state });
      expect(failure).toMatchObject({ kind: 'state' });
      expect(rows).toEqual([]);
    },
  );
});
