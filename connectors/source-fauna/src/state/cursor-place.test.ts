import { describe, expect, test } from 'vitest';
import { databaseOfFoo, fill } from '../scenarios/testing/database.ts';
import { readOnce } from '../scenarios/testing/reading.ts';
import type { Cursor } from './cursor.ts';
import { eventTime, positionOf, refuseForeign } from './cursor-place.ts';

const refTo = (collection: string) => ({
  '@ref': {
    id: '3',
    collection: { '@ref': { id: collection, collection: { '@ref': { id: 'collections' } } } },
  },
});

test('a place in an index is that of its row, as text or as JSON', () => {
  const after = [5, refTo('foo'), refTo('foo')];
  for (const cursor of [after, JSON.stringify(after)]) {
    expect(positionOf(cursor)).toEqual({ ts: 5, ref: '3' });
  }
  for (const none of [undefined, '[5]', [refTo('foo')], '{"ts":5}', 'no JSON']) {
    expect(positionOf(none)).toBeUndefined();
  }
});

test('a place among events is its time', () => {
  expect(eventTime({ ts: 5, action: 'remove', document: refTo('foo') })).toBe(5);
  for (const none of [undefined, '[5]', '{}', 'no JSON']) expect(eventTime(none)).toBeUndefined();
});

const places: readonly (readonly [string, (collection: string) => Cursor])[] = [
  ['a full refresh', (of) => ({ full_sync_cursor: { ts: 5, after: JSON.stringify([refTo(of)]) } })],
  ['updates', (of) => ({ updates_cursor: { after: [5, refTo(of), refTo(of)] } })],
  [
    'deletions',
    (of) => ({ remove_cursor: { after: { ts: 5, action: 'remove', document: refTo(of) } } }),
  ],
];

describe('a state of another collection', () => {
  test.each(places)('amid %s is refused', (_, cursorOf) => {
    expect(() => refuseForeign(cursorOf('foo'), 'foo')).not.toThrow();
    expect(() => refuseForeign(cursorOf('bar'), 'foo')).toThrow(
      "the saved state is of the collection 'bar'",
    );
  });

  test('is not that of an index with references as its third value', () => {
    const after = [5, refTo('foo'), refTo('bar'), refTo('foo')];
    expect(() => refuseForeign({ updates_cursor: { after } }, 'foo')).not.toThrow();
  });

  test.each([
    ['by an index', 'foo_ts', places[1]?.[1]('bar')],
    ['as a whole', undefined, places[0]?.[1]('bar')],
  ])('ends a reading %s in plain words', async (_, index, cursor) => {
    await using fake = await databaseOfFoo();
    fill(fake, 3);
    const { failure, rows } = await readOnce({
      port: fake.port,
      bindings: [{ collection: 'foo', ...(index === undefined ? {} : { index }) }],
      state: { foo: JSON.parse(JSON.stringify(cursor)) },
    });
    expect(rows).toEqual([]);
    expect(failure).toMatchObject({
      kind: 'state',
      where: 'collection foo',
      message: "the saved state is of the collection 'bar'",
    });
  });

  test('or one that nobody has given, is refused in FQL v10 too', async () => {
    await using fake = await databaseOfFoo();
    fill(fake, 3);
    const { failure } = await readOnce({
      port: fake.port,
      apiVersion: '10',
      bindings: [{ collection: 'foo' }],
      state: { foo: { feed_cursor: { start_ts: 5, loaded: false, after: 'no JSON' } } },
    });
    expect(failure).toMatchObject({
      kind: 'state',
      message: 'the saved state has a cursor that Fauna has not given',
    });
  });
});
