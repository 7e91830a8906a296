import { expect, test } from 'vitest';
import { collection, encodeExpression, ref, var_, type Expression } from './expression.ts';
import {
  eventsFrom,
  goneQuery,
  idsQuery,
  projection,
  snapshotQuery,
  updatesQuery,
} from './queries.ts';

/** What every row has, of the document that an expression refers to. */
function row(reference: string): string {
  return `{"let":[{"document":{"get":${reference}}}],"in":{"object":{"ref":{"select":["ref","id"],"from":{"var":"document"}},"ts":{"select":"ts","from":{"var":"document"}},"data":{"select":"data","from":{"var":"document"},"default":{"object":{}}},"ttl":{"select":"ttl","from":{"var":"document"},"default":null}}}}`;
}

const x = '{"var":"x"}';
const isRemoval =
  '{"lambda":"x","expr":{"equals":[{"select":["action"],"from":{"var":"x"}},"remove"]}}';
const isGone =
  '{"lambda":"x","expr":{"equals":[{"exists":{"select":"document","from":{"var":"x"}}},false]}}';

/** Removals of documents that are not there any more. */
function gone(after: string, size: number): string {
  const page = `{"paginate":{"documents":{"collection":"foo"}},"events":true,"after":${after},"size":${size}}`;
  const event =
    '{"object":{"ref":{"select":"document","from":{"var":"x"}},"ts":{"select":"ts","from":{"var":"x"}}}}';
  return `{"map":{"lambda":"x","expr":${event}},"collection":{"filter":${isGone},"collection":{"filter":${isRemoval},"collection":${page}}}}`;
}

test.each<[string, Expression, string]>([
  [
    'a full refresh at a fixed time',
    snapshotQuery({ collection: 'foo', at: 1_658_504_456_881_000, size: 64, row: projection() }),
    `{"at":1658504456881000,"expr":{"map":{"lambda":"x","expr":${row(x)}},"collection":{"paginate":{"documents":{"collection":"foo"}},"size":64}}}`,
  ],
  [
    'the next page of one, at no time',
    snapshotQuery({ collection: 'foo', size: 2, after: ['c'], row: projection() }),
    `{"map":{"lambda":"x","expr":${row(x)}},"collection":{"paginate":{"documents":{"collection":"foo"}},"after":["c"],"size":2}}`,
  ],
  [
    'ids',
    idsQuery({ collection: 'foo', at: 5, size: 2 }),
    '{"at":5,"expr":{"map":{"lambda":"x","expr":{"object":{"ref":{"var":"x"},"ts":0}}},"collection":{"paginate":{"documents":{"collection":"foo"}},"size":2}}}',
  ],
  [
    'updates after a document',
    updatesQuery({
      index: 'foo_ts',
      from: [999, ref(collection('foo'), '10')],
      size: 64,
      row: projection(),
    }),
    `{"map":{"lambda":"x","expr":${row('{"select":1,"from":{"var":"x"}}')}},"collection":{"paginate":{"range":{"match":{"index":"foo_ts"},"terms":[]},"from":[999,{"ref":{"collection":"foo"},"id":"10"}],"to":[]},"size":64}}`,
  ],
  [
    'updates from a cursor on, at a time',
    updatesQuery({ index: 'i', from: [0], at: 5n, size: 1, after: ['c'], row: () => 'row' }),
    '{"at":5,"expr":{"map":{"lambda":"x","expr":"row"},"collection":{"paginate":{"range":{"match":{"index":"i"},"terms":[]},"from":[0],"to":[]},"after":["c"],"size":1}}}',
  ],
  [
    'deletions from the beginning',
    goneQuery({ collection: 'foo', at: 7, after: eventsFrom(0, 'foo'), size: 64 }),
    `{"at":7,"expr":${gone('{"object":{"ts":0,"action":"remove"}}', 64)}}`,
  ],
  [
    'deletions from one on',
    goneQuery({ collection: 'foo', at: 7n, after: eventsFrom(12_345n, 'foo', '3'), size: 1 }),
    `{"at":7,"expr":${gone('{"object":{"ts":12345,"action":"remove","resource":{"ref":{"collection":"foo"},"id":"3"}}}', 1)}}`,
  ],
])('%s is asked for as the reference says', (_, expression, json) => {
  expect(JSON.parse(textOf(expression))).toEqual(JSON.parse(json));
});

const columns = [
  { name: 'a', path: ['data', 'a', 0], required: false },
  { name: 'b', path: ['data', 'b'], required: true },
];

test('columns are values of the document or null, or end the query', () => {
  expect(rowOf({ columns, dataColumn: false, ttl: false })).toEqual({
    ref: { select: ['ref', 'id'], from: { var: 'document' } },
    ts: { select: 'ts', from: { var: 'document' } },
    a: { select: ['data', 'a', 0], from: { var: 'document' }, default: null },
    b: {
      select: ['data', 'b'],
      from: { var: 'document' },
      default: {
        abort: {
          format: 'Column %s: the path %s does not exist in document Ref(%s, collection=%s)',
          values: [
            'b',
            'data.b',
            { select: ['ref', 'id'], from: { var: 'document' } },
            { select: ['ref', 'collection', 'id'], from: { var: 'document' } },
          ],
        },
      },
    },
  });
});

test('columns come last, and one called ttl takes the place of ttl', () => {
  expect(Object.keys(rowOf({ columns }))).toEqual(['ref', 'ts', 'data', 'ttl', 'a', 'b']);
  const ttl = { name: 'ttl', path: ['data', 'x'], required: false };
  expect(rowOf({ columns: [ttl] })['ttl']).toEqual({
    select: ['data', 'x'],
    from: { var: 'document' },
    default: null,
  });
});

function rowOf(options: Parameters<typeof projection>[0]): Record<string, unknown> {
  return JSON.parse(textOf(projection(options)(var_('x')))).in.object;
}

function textOf(expression: Expression): string {
  return Buffer.from(encodeExpression(expression)).toString();
}
