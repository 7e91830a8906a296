import { describe, expect, test } from 'vitest';
import { error, scriptedServer, type Reply } from '../client/testing/scripted-server.ts';
import { readOnce, type Members } from './testing/reading.ts';
import { documentRef, page, pagesAsked, row, scripted } from './testing/script.ts';

const foo = { collection: 'foo', index: 'foo_ts' };
const now = 1_700_000_000_000_000;
const refusal = error(400, 'invalid argument', 'This is refused.');

const after5 = [123, documentRef('5'), documentRef('5')];
const after10 = [999, documentRef('10'), documentRef('10')];
const threePages: readonly Reply[] = [
  page([row('3', 99)], after5),
  page([row('5', 123)], after10),
  page([row('10', 999)]),
];

/** A question for a page: where its range begins, and its cursor. */
type Question = readonly [from: unknown, after?: unknown];

/** The range of a question for a page, as it is sent. */
function range(from: unknown) {
  return { range: { match: { index: 'foo_ts' }, terms: [] }, from, to: [] };
}

const from10 = [999, { ref: { collection: 'foo' }, id: '10' }];

interface Case {
  /** Undefined when it is read for the first time. */
  readonly state: Members | undefined;
  readonly replies: readonly Reply[];
  readonly asked: readonly Question[];
  readonly story: readonly string[];
  readonly end: Members;
  readonly isRefused?: boolean;
}

/** Of a reading that begins with the state of a connector that has read nothing. */
const none = { updates_cursor: {} };

describe('updates', () => {
  test.each<[string, Case]>([
    [
      'I9: of three pages come in order, from the beginning on',
      {
        state: undefined,
        replies: threePages,
        asked: [[[0]], [[0], after5], [[0], after10]],
        story: ['begins foo', 'row foo 3@99', 'row foo 5@123', 'row foo 10@999', 'ends foo'],
        end: { updates_cursor: { ts: 999, ref: '10' } },
      },
    ],
    [
      'I9: of three pages come in order to a state that has nothing yet',
      {
        state: none,
        replies: threePages,
        asked: [[[0]], [[0], after5], [[0], after10]],
        story: ['row foo 3@99', 'row foo 5@123', 'row foo 10@999'],
        end: { updates_cursor: { ts: 999, ref: '10' } },
      },
    ],
    [
      'I10: that were read do not come again',
      {
        state: { updates_cursor: { ts: 999, ref: '10' } },
        replies: [page([row('10', 999)])],
        asked: [[from10]],
        story: [],
        end: { updates_cursor: { ts: 999, ref: '10' } },
      },
    ],
    [
      'I11: after those that were read come alone',
      {
        state: { updates_cursor: { ts: 999, ref: '10' } },
        replies: [page([row('10', 999), row('11', 1000)])],
        asked: [[from10]],
        story: ['row foo 11@1000'],
        end: { updates_cursor: { ts: 1000, ref: '11' } },
      },
    ],
    [
      'of a document that was written again come',
      {
        state: { updates_cursor: { ts: 999, ref: '10' } },
        replies: [page([row('10', 1001)])],
        asked: [[from10]],
        story: ['row foo 10@1001'],
        end: { updates_cursor: { ts: 1001, ref: '10' } },
      },
    ],
    [
      'I12: leave where the next page begins when that is refused',
      {
        state: none,
        replies: [page([row('3', 99)], after5), refusal],
        asked: [[[0]], [[0], after5]],
        story: ['row foo 3@99'],
        end: { updates_cursor: { after: JSON.stringify(after5) } },
        isRefused: true,
      },
    ],
    [
      'I12: leave beside it where they began',
      {
        state: { updates_cursor: { ts: 999, ref: '10' } },
        replies: [page([row('3', 1099)], after5), refusal],
        asked: [[from10], [from10, after5]],
        story: ['row foo 3@1099'],
        end: { updates_cursor: { ts: 999, ref: '10', after: JSON.stringify(after5) } },
        isRefused: true,
      },
    ],
    [
      'I12: of the first reading leave when that began, too',
      {
        state: undefined,
        replies: [page([row('3', 99)], after5), refusal],
        asked: [[[0]], [[0], after5]],
        story: ['begins foo', 'row foo 3@99'],
        end: { updates_cursor: { load_ts: now, after: JSON.stringify(after5) } },
        isRefused: true,
      },
    ],
    [
      'I13: go on there',
      {
        state: { updates_cursor: { after: JSON.stringify(after5) } },
        replies: threePages.slice(1),
        asked: [
          [[0], after5],
          [[0], after10],
        ],
        story: ['row foo 5@123', 'row foo 10@999'],
        end: { updates_cursor: { ts: 999, ref: '10' } },
      },
    ],
    [
      'I13: go on there when the state has the cursor as JSON',
      {
        state: { updates_cursor: { after: after5 } },
        replies: threePages.slice(1),
        asked: [
          [[0], after5],
          [[0], after10],
        ],
        story: ['row foo 5@123', 'row foo 10@999'],
        end: { updates_cursor: { ts: 999, ref: '10' } },
      },
    ],
    [
      'I13: go on with the range that they began with',
      {
        state: { updates_cursor: { ts: 7, ref: '10', after: JSON.stringify(after5) } },
        replies: [page([row('5', 123)])],
        asked: [[[7, { ref: { collection: 'foo' }, id: '10' }], after5]],
        story: ['row foo 5@123'],
        end: { updates_cursor: { ts: 123, ref: '5' } },
      },
    ],
    [
      'begin at a time that a state has without a document',
      {
        state: { updates_cursor: { ts: 99 } },
        replies: [page([row('3', 99)])],
        asked: [[[99]]],
        story: ['row foo 3@99'],
        end: { updates_cursor: { ts: 99, ref: '3' } },
      },
    ],
    [
      'I2: come without deletions, when those are ignored',
      {
        state: { updates_cursor: {}, remove_cursor: { ts: 1, ref: '1' } },
        replies: [page([row('555', 5), row('123', 6)])],
        asked: [[[0]]],
        story: ['row foo 555@5', 'row foo 123@6'],
        end: { updates_cursor: { ts: 6, ref: '123' }, remove_cursor: { ts: 1, ref: '1' } },
      },
    ],
    [
      'that do not come at all leave the state as it is',
      {
        state: { updates_cursor: { ts: 999, ref: '10' } },
        replies: [page([])],
        asked: [[from10]],
        story: [],
        end: { updates_cursor: { ts: 999, ref: '10' } },
      },
    ],
    [
      'come from the beginning on when a full refresh was not finished before',
      {
        state: { full_sync_cursor: { ts: 5, after: JSON.stringify([documentRef('3')]) } },
        replies: [page([row('3', 99)])],
        asked: [[[0]]],
        story: ['begins foo', 'row foo 3@99', 'ends foo'],
        end: { updates_cursor: { ts: 99, ref: '3' } },
      },
    ],
    [
      'after a time in the far future are none',
      {
        state: { updates_cursor: { ts: 253_370_764_800_000_000, ref: '10' } },
        replies: [page([])],
        asked: [[[253_370_764_800_000_000, { ref: { collection: 'foo' }, id: '10' }]]],
        story: [],
        end: { updates_cursor: { ts: 253_370_764_800_000_000, ref: '10' } },
      },
    ],
  ])('%s', async (_, { state, replies, asked, story, end, isRefused = false }) => {
    await using server = await scriptedServer(scripted({ now, updates: replies }));
    const reading = await readOnce({
      port: server.port,
      collection: { page_size: 3 },
      bindings: [foo],
      ...(state === undefined ? {} : { state: { foo: state } }),
    });
    expect(pagesAsked(server.requests, 'updates')).toEqual(
      asked.map(([from, after]) => ({
        paginate: range(from),
        ...(after === undefined ? {} : { after }),
        size: 3,
      })),
    );
    expect(pagesAsked(server.requests, 'removals')).toEqual([]);
    expect(reading.story).toEqual(story);
    expect(reading.state).toEqual({ foo: end });
    expect(reading.failure?.message).toEqual(
      isRefused ? expect.stringContaining('This is refused.') : undefined,
    );
  });
});
