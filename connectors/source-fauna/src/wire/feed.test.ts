import { expect, test } from 'vitest';
import { FeedReader } from './feed.ts';
import { Action } from './page.ts';
import { linesOf, refsOf } from './testing/pages.ts';

const stats = '"stats":{"read_ops":1}';

function documentOf(id: string, more = ''): string {
  return `{"@doc":{"id":"${id}","coll":{"@mod":"Foo"},"ts":{"@time":"1970-01-01T00:00:00.000009Z"}${more}}}`;
}

function event(type: string, data: string, txnTs: number): string {
  return `{"type":"${type}","data":${data},"txn_ts":${txnTs},"cursor":"c${txnTs}",${stats}}`;
}

function feedOf(events: readonly string[], hasNext = false): Uint8Array {
  return Buffer.from(
    `{"events":[${events.join(',')}],"cursor":"next","has_next":${hasNext},${stats}}`,
  );
}

test('events are rows, and say what they tell of', () => {
  const page = new FeedReader().read(
    feedOf(
      [
        event('add', documentOf('1', ',"a":{"@int":"1"}'), 9),
        event('update', documentOf('2', ',"ttl":{"@time":"2030-01-01T00:00:00Z"}'), 9),
        event('remove', documentOf('3', ',"a":{"@int":"1"}'), 12),
      ],
      true,
    ),
  );
  expect(linesOf(page)).toEqual([
    '{"ref":"1","ts":9,"data":{"a":1},"ttl":null}',
    '{"ref":"2","ts":9,"data":{},"ttl":"2030-01-01T00:00:00Z"}',
    '{"ref":"3","ts":12}',
  ]);
  expect([...page.actions]).toEqual([Action.add, Action.update, Action.remove]);
  expect([...page.ts]).toEqual([9n, 9n, 12n]);
  expect(refsOf(page)).toEqual(['1', '2', '3']);
  expect(page).toMatchObject({ count: 3, cursor: 'next', hasNext: true, error: undefined });
});

test.each([
  ['a document', documentOf('3')],
  ['a document in a wrapper', '{"@doc":{"@object":{"@a":1,"id":"3","coll":{"@mod":"F"}}}}'],
  ['a reference', '{"@ref":{"id":"3","coll":{"@mod":"Foo"},"exists":false,"cause":"deleted"}}'],
  ['a row', '{"ref":"3","ts":{"@time":"1970-01-01T00:00:00Z"},"data":{"id":"4"}}'],
  ['a row in a wrapper', '{"@object":{"@a":1,"ref":"3"}}'],
  ['a row with a reference', '{"ref":{"@ref":{"id":"3","coll":{"@mod":"Foo"}}}}'],
  ['an object with an id', '{"id":"3","a":1}'],
])('what is gone may be told of by %s', (_, data) => {
  const page = new FeedReader().read(feedOf([event('remove', data, 12)]));
  expect(linesOf(page)).toEqual(['{"ref":"3","ts":12}']);
  expect(refsOf(page)).toEqual(['3']);
});

test('events may be rows that a projection has made', () => {
  const row = '{"ref":"1","ts":{"@time":"1970-01-01T00:00:00.000005Z"},"data":{"a":{"@int":"1"}}}';
  const page = new FeedReader().read(feedOf([event('add', row, 5)]));
  expect(linesOf(page)).toEqual(['{"ref":"1","ts":5,"data":{"a":1}}']);
});

test('members may come in any order', () => {
  const body = `{"has_next":true,"cursor":"a\\nb","events":[{"data":${documentOf('1')},"txn_ts":9,"type":"remove"}]}`;
  const page = new FeedReader().read(Buffer.from(body));
  expect(linesOf(page)).toEqual(['{"ref":"1","ts":9}']);
  expect(page).toMatchObject({ cursor: 'a\nb', hasNext: true });
});

test('signs of life are no rows', () => {
  const status = `{"type":"status","txn_ts":5,"cursor":"c5",${stats}}`;
  const page = new FeedReader().read(feedOf([status, event('add', documentOf('1'), 9), status]));
  expect(page.count).toBe(1);
  expect([...page.actions]).toEqual([Action.add]);
});

test('an idle feed has only a cursor', () => {
  expect(new FeedReader().read(feedOf([]))).toMatchObject({
    count: 0,
    cursor: 'next',
    hasNext: false,
  });
});

test('an error comes after the rows before it', () => {
  const error = `{"type":"error","error":{"code":"invalid_stream_start_time","message":"too old","abort":null},${stats}}`;
  const page = new FeedReader().read(feedOf([event('add', documentOf('1'), 9), error]));
  expect(page.count).toBe(1);
  expect(page.error).toEqual({ code: 'invalid_stream_start_time', message: 'too old' });
});

test('an error may say nothing', () => {
  const page = new FeedReader().read(feedOf([`{"type":"error","error":{}}`]));
  expect(page.error).toEqual({ code: 'unknown', message: 'no reason was given' });
});

test.each([
  ['no feed', '{"data":[]}', 'no page where one was asked for'],
  ['no cursor', '{"events":[],"has_next":false}', 'an event feed without a cursor'],
  ['a cursor that is none', '{"events":[],"cursor":1}', 'an event feed without a cursor'],
  ['an event that is none', '{"events":[1],"cursor":"c"}', 'an event of an unknown kind'],
  [
    'an event without a type',
    '{"events":[{"data":{}}],"cursor":"c"}',
    'an event of an unknown kind',
  ],
  [
    'an unknown event',
    `{"events":[${event('move', documentOf('1'), 1)}]}`,
    'an event of an unknown kind',
  ],
  ['an event without data', '{"events":[{"type":"add"}]}', 'an event of an unknown kind'],
  [
    'a removal at no time',
    `{"events":[{"type":"remove","data":${documentOf('1')}}]}`,
    'an event of an unknown kind',
  ],
  [
    'a removal of nothing',
    `{"events":[${event('remove', '{"a":1}', 1)}]}`,
    'an event of an unknown kind',
  ],
  [
    'a row of nothing',
    `{"events":[${event('add', '{"a":1}', 1)}]}`,
    'no ref that names a document',
  ],
  ['a cut', '{"events":[{"type":"add","data":{"@doc":{"id":"1"', 'unexpected end'],
])('%s is a failure', (_, body, reason) => {
  expect(() => new FeedReader().read(Buffer.from(body))).toThrow(
    `Fauna's answer cannot be read: ${reason}`,
  );
});
