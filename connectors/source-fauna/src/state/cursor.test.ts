import { describe, expect, test } from 'vitest';
import { Cursor } from './cursor.ts';

const after = { ts: 5, action: 'remove' };

describe('a state', () => {
  test.each<[string, object]>([
    ['of a stream that was read as a whole', {}],
    ['of a full refresh', { full_sync_cursor: { ts: 5, after: '[{"@ref":{"id":"1"}}]' } }],
    ['with a place that is JSON', { remove_cursor: { after } }],
    ['of updates alone, as without deletions', { updates_cursor: { ts: 5, ref: '1' } }],
    ['of nothing yet', { updates_cursor: {}, remove_cursor: {} }],
    [
      'of the far future',
      { updates_cursor: { ts: 253_370_764_800_000_000, ref: '10' }, remove_cursor: { ts: 1 } },
    ],
    ['with members that nobody knows', { updates_cursor: { more: 1 }, more: [1] }],
    ['of an event feed', { feed_cursor: { start_ts: 5, loaded: true, cursor: 'abc' } }],
  ])('%s is taken as it is', (_, state) => {
    expect(Cursor.parse(state)).toEqual(state);
  });

  test.each<[string, unknown, string]>([
    ['of another connector', { cursor: 'abc' }, 'it is not of a Fauna source'],
    ['that is a text', '5', 'expected object'],
    ['with a time that is a text', { updates_cursor: { ts: '5' } }, 'expected number'],
    ['with a part of a microsecond', { updates_cursor: { ts: 0.5 } }, 'write microseconds'],
    ['with a time before 1970', { full_sync_cursor: { ts: -1 } }, 'write microseconds'],
    ['of a full refresh without its time', { full_sync_cursor: {} }, 'expected number'],
  ])('%s is refused', (_, state, message) => {
    const { error } = Cursor.safeParse(state);
    expect(error?.issues[0]?.message).toContain(message);
  });
});
