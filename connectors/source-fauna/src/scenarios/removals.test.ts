import { describe, expect, test } from 'vitest';
import { error, scriptedServer, type Reply } from '../client/testing/scripted-server.ts';
import { readOnce, type Members } from './testing/reading.ts';
import {
  askedBy,
  documentRef,
  page,
  pagesAsked,
  removal,
  row,
  scripted,
} from './testing/script.ts';

const foo = { collection: 'foo', index: 'foo_ts' };
const deletions = { deletion_mode: 'deleted_field' };
const now = 1_700_000_000_000_000;
const midnight = Date.UTC(2022, 3, 3) * 1000;
const refusal = error(400, 'invalid argument', 'This is refused.');

const first = { ts: 999, action: 'remove', document: documentRef('5') };
const second = { ts: 1234, action: 'add', document: documentRef('3') };

/** The cursor of events at a time, as it is sent. */
function from(ts: number, id?: string): unknown {
  const resource = id === undefined ? {} : { resource: { ref: { collection: 'foo' }, id } };
  return { object: { ts, action: 'remove', ...resource } };
}

interface Case {
  readonly cursor: Members;
  readonly replies: readonly Reply[];
  /** The cursors that are sent. */
  readonly asked: readonly unknown[];
  readonly rows: readonly unknown[];
  readonly end: Members;
  readonly isRefused?: boolean;
}

describe('deletions', () => {
  test.each<[string, Case]>([
    [
      'I1: come in the order of the server',
      {
        cursor: {},
        replies: [page([removal('555', 5), removal('123', 3)])],
        asked: [from(0)],
        rows: [
          { ref: '555', ts: 5, deleted_at: '1970-01-01T00:00:00.000005Z' },
          { ref: '123', ts: 3, deleted_at: '1970-01-01T00:00:00.000003Z' },
        ],
        end: { ts: 3, ref: '123', seen_ts: now },
      },
    ],
    [
      'I3: leave where the third page begins when that is refused',
      {
        cursor: {},
        replies: [page([removal('100', 99)], first), page([removal('5', 999)], second), refusal],
        asked: [from(0), { object: first }, { object: second }],
        rows: [
          { ref: '100', ts: 99, deleted_at: '1970-01-01T00:00:00.000099Z' },
          { ref: '5', ts: 999, deleted_at: '1970-01-01T00:00:00.000999Z' },
        ],
        end: { after: JSON.stringify(second) },
        isRefused: true,
      },
    ],
    [
      'I3: leave beside it where they began',
      {
        cursor: { ts: 12, ref: '7' },
        replies: [page([removal('100', 99)], first), refusal],
        asked: [from(12, '7'), { object: first }],
        rows: [{ ref: '100', ts: 99, deleted_at: '1970-01-01T00:00:00.000099Z' }],
        end: { ts: 12, ref: '7', after: JSON.stringify(first) },
        isRefused: true,
      },
    ],
    [
      'I4: go on there',
      {
        cursor: { after: JSON.stringify(second) },
        replies: [page([removal('3', 12_345)])],
        asked: [{ object: second }],
        rows: [{ ref: '3', ts: 12_345, deleted_at: '1970-01-01T00:00:00.012345Z' }],
        end: { ts: 12_345, ref: '3', seen_ts: now },
      },
    ],
    [
      'I4: go on there when the state has the cursor as JSON',
      {
        cursor: { after: second },
        replies: [page([removal('3', 12_345)])],
        asked: [{ object: second }],
        rows: [{ ref: '3', ts: 12_345, deleted_at: '1970-01-01T00:00:00.012345Z' }],
        end: { ts: 12_345, ref: '3', seen_ts: now },
      },
    ],
    [
      'I5: that were read do not come again',
      {
        cursor: { ts: 12_345, ref: '3' },
        replies: [page([removal('3', 12_345)])],
        asked: [from(12_345, '3')],
        rows: [],
        end: { ts: 12_345, ref: '3', seen_ts: now },
      },
    ],
    [
      'I6: have the time of the deletion in their column',
      {
        cursor: {},
        replies: [page([removal('100', midnight)])],
        asked: [from(0)],
        rows: [{ ref: '100', ts: midnight, deleted_at: '2022-04-03T00:00:00Z' }],
        end: { ts: midnight, ref: '100', seen_ts: now },
      },
    ],
    [
      'I7: at a time that was read do not come again',
      {
        cursor: { ts: midnight, ref: '100' },
        replies: [page([removal('100', midnight)])],
        asked: [from(midnight, '100')],
        rows: [],
        end: { ts: midnight, ref: '100', seen_ts: now },
      },
    ],
    [
      'I8: after those that were read come alone',
      {
        cursor: { ts: midnight, ref: '100' },
        replies: [page([removal('100', midnight), removal('300', midnight + 1_000_000)])],
        asked: [from(midnight, '100')],
        rows: [{ ref: '300', ts: midnight + 1_000_000, deleted_at: '2022-04-03T00:00:01Z' }],
        end: { ts: midnight + 1_000_000, ref: '300', seen_ts: now },
      },
    ],
    [
      'of one document that was deleted again come',
      {
        cursor: { ts: midnight, ref: '100' },
        replies: [page([removal('100', midnight + 360_000)])],
        asked: [from(midnight, '100')],
        rows: [{ ref: '100', ts: midnight + 360_000, deleted_at: '2022-04-03T00:00:00.360000Z' }],
        end: { ts: midnight + 360_000, ref: '100', seen_ts: now },
      },
    ],
    [
      'begin strictly after a time that a state has with an empty document',
      {
        cursor: { ts: 12_345, ref: '' },
        replies: [page([])],
        asked: [from(12_345)],
        rows: [],
        end: { ts: 12_345, ref: '', seen_ts: now },
      },
    ],
    [
      'of pages that are empty are looked for on the next one (defect 11)',
      {
        cursor: { ts: 12, ref: '7' },
        replies: [page([], first), page([], second), page([removal('3', 12_345)])],
        asked: [from(12, '7'), { object: first }, { object: second }],
        rows: [{ ref: '3', ts: 12_345, deleted_at: '1970-01-01T00:00:00.012345Z' }],
        end: { ts: 12_345, ref: '3', seen_ts: now },
      },
    ],
    [
      'before a last page without any are not forgotten (defect 10)',
      {
        cursor: {},
        replies: [page([removal('100', 99)], first), page([])],
        asked: [from(0), { object: first }],
        rows: [{ ref: '100', ts: 99, deleted_at: '1970-01-01T00:00:00.000099Z' }],
        end: { ts: 99, ref: '100', seen_ts: now },
      },
    ],
    [
      'begin where all were read up to',
      {
        cursor: { ts: 12_345, ref: '3', seen_ts: midnight },
        replies: [page([removal('9', midnight + 1)])],
        asked: [from(midnight)],
        rows: [{ ref: '9', ts: midnight + 1, deleted_at: '2022-04-03T00:00:00.000001Z' }],
        end: { ts: midnight + 1, ref: '9', seen_ts: now },
      },
    ],
    [
      'after a time in the far future are none',
      {
        cursor: { ts: 253_370_764_800_000_000, ref: '10' },
        replies: [page([])],
        asked: [from(253_370_764_800_000_000, '10')],
        rows: [],
        end: { ts: 253_370_764_800_000_000, ref: '10', seen_ts: now },
      },
    ],
  ])('%s', async (_, { cursor, replies, asked, rows, end, isRefused = false }) => {
    await using server = await scriptedServer(scripted({ now, removals: replies }));
    const reading = await readOnce({
      port: server.port,
      collection: { page_size: 2, deletions },
      bindings: [foo],
      state: { foo: { updates_cursor: { ts: 1, ref: '1' }, remove_cursor: cursor } },
    });
    const pages = pagesAsked(server.requests, 'removals');
    expect(pages.map(({ after }) => after)).toEqual(asked);
    expect(reading.rows).toEqual(rows);
    expect(reading.story.every((line) => line.startsWith('delete foo '))).toBe(true);
    expect(reading.state).toEqual({
      foo: { updates_cursor: { ts: 1, ref: '1' }, remove_cursor: end },
    });
    expect(reading.failure?.message).toEqual(
      isRefused ? expect.stringContaining('This is refused.') : undefined,
    );
  });

  test('are asked for at the present, without documents that are there again (defects 12, 14)', async () => {
    await using server = await scriptedServer(scripted({ now }));
    await readOnce({
      port: server.port,
      collection: { page_size: 2, deletions },
      bindings: [foo],
      state: { foo: { updates_cursor: {}, remove_cursor: {} } },
    });
    const queries = server.requests.map(askedBy).filter(({ kind }) => kind === 'removals');
    const x = { var: 'x' };
    const documentOfX = { select: 'document', from: x };
    const isRemoval = { equals: [{ select: ['action'], from: x }, 'remove'] };
    const events = {
      paginate: { documents: { collection: 'foo' } },
      events: true,
      after: { object: { ts: 0, action: 'remove' } },
      size: 2,
    };
    expect(queries.map(({ body }) => body)).toEqual([
      {
        at: now,
        expr: {
          map: {
            lambda: 'x',
            expr: { object: { ref: documentOfX, ts: { select: 'ts', from: x } } },
          },
          collection: {
            filter: { lambda: 'x', expr: { equals: [{ exists: documentOfX }, false] } },
            collection: { filter: { lambda: 'x', expr: isRemoval }, collection: events },
          },
        },
      },
    ]);
  });

  test('come before updates, with neither data nor ttl (I1)', async () => {
    await using server = await scriptedServer(
      scripted({ now, removals: [page([removal('5', 20)])], updates: [page([row('6', 10)])] }),
    );
    const { story, rows } = await readOnce({
      port: server.port,
      collection: { deletions: { ...deletions, column: 'gone "at"' } },
      bindings: [foo],
      state: { foo: { updates_cursor: {}, remove_cursor: {} } },
    });
    expect(story).toEqual(['delete foo 5@20', 'row foo 6@10']);
    expect(rows[0]).toEqual({ ref: '5', ts: 20, 'gone "at"': '1970-01-01T00:00:00.000020Z' });
  });

  test('of the time before the first reading are not told of (defect 20)', async () => {
    await using server = await scriptedServer(scripted({ now }));
    const { state } = await readOnce({
      port: server.port,
      collection: { deletions },
      bindings: [foo],
    });
    expect(pagesAsked(server.requests, 'removals').map(({ after }) => after)).toEqual([]);
    expect(state).toEqual({ foo: { updates_cursor: {}, remove_cursor: { seen_ts: now } } });
  });

  test('from the beginning on are told of when they were ignored up to now', async () => {
    await using server = await scriptedServer(scripted({ now }));
    const { state } = await readOnce({
      port: server.port,
      collection: { deletions },
      bindings: [foo],
      state: { foo: { updates_cursor: { ts: 999, ref: '10' } } },
    });
    expect(pagesAsked(server.requests, 'removals').map(({ after }) => after)).toEqual([from(0)]);
    expect(state).toEqual({
      foo: { updates_cursor: { ts: 999, ref: '10' }, remove_cursor: { seen_ts: now } },
    });
  });
});
