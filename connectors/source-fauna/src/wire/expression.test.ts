import { EncodeError } from '@fairlead/json';
import { expect, test } from 'vitest';
import {
  abort,
  at,
  collection,
  collections,
  documents,
  encodeExpression,
  equals,
  exists,
  filter,
  format,
  get,
  index,
  indexes,
  lambda,
  let_,
  map,
  match,
  now,
  object,
  paginate,
  range,
  raw,
  ref,
  select,
  toMicros,
  var_,
  type Expression,
} from './expression.ts';

const foo = collection('foo');
const x = var_('x');

test.each<[string, Expression, string]>([
  ['Now', now(), '{"now":null}'],
  ['ToMicros', toMicros(now()), '{"to_micros":{"now":null}}'],
  ['Collections', collections(), '{"collections":null}'],
  ['Indexes', indexes(), '{"indexes":null}'],
  ['Collection', foo, '{"collection":"foo"}'],
  ['Index', index('ts'), '{"index":"ts"}'],
  ['Ref', ref(foo, '10'), '{"ref":{"collection":"foo"},"id":"10"}'],
  ['Documents', documents(foo), '{"documents":{"collection":"foo"}}'],
  ['Match', match(index('ts')), '{"match":{"index":"ts"},"terms":[]}'],
  ['Range', range(x, [1], []), '{"range":{"var":"x"},"from":[1],"to":[]}'],
  ['Paginate', paginate(x), '{"paginate":{"var":"x"}}'],
  ['Paginate with a size', paginate(x, { size: 64 }), '{"paginate":{"var":"x"},"size":64}'],
  [
    'Paginate with everything',
    paginate(x, { size: 1, after: [1], before: [2], events: true }),
    '{"paginate":{"var":"x"},"events":true,"after":[1],"before":[2],"size":1}',
  ],
  ['Get', get(x), '{"get":{"var":"x"}}'],
  ['Exists', exists(x), '{"exists":{"var":"x"}}'],
  ['Select', select(['ref', 'id'], x), '{"select":["ref","id"],"from":{"var":"x"}}'],
  ['Select of an element', select(1, x), '{"select":1,"from":{"var":"x"}}'],
  ['Select or null', select('a', x, null), '{"select":"a","from":{"var":"x"},"default":null}'],
  ['Let', let_({ a: 1, b: x }, x), '{"let":[{"a":1},{"b":{"var":"x"}}],"in":{"var":"x"}}'],
  ['Map', map(lambda('x', x), []), '{"map":{"lambda":"x","expr":{"var":"x"}},"collection":[]}'],
  [
    'Filter',
    filter(lambda('x', true), []),
    '{"filter":{"lambda":"x","expr":true},"collection":[]}',
  ],
  ['Equals', equals(1, 'a'), '{"equals":[1,"a"]}'],
  ['At', at(1_658_504_456_881_000, x), '{"at":1658504456881000,"expr":{"var":"x"}}'],
  ['At in bigint', at(2n ** 62n, x), '{"at":4611686018427387904,"expr":{"var":"x"}}'],
  ['an object', object({ '@a': 1, 'b"': 'é\n' }), String.raw`{"object":{"@a":1,"b\"":"é\n"}}`],
  ['an empty object', object({}), '{"object":{}}'],
  ['an empty form', {}, '{}'],
  ['Abort', abort('no'), '{"abort":"no"}'],
  ['Format', format('%s', x), '{"format":"%s","values":[{"var":"x"}]}'],
  ['values', [null, true, false, 0, -0, -1, 1.5, 'a'], '[null,true,false,0,0,-1,1.5,"a"]'],
  ['a raw text', [raw('{"@ref":1}')], '[{"@ref":1}]'],
  ['raw bytes', [raw(Buffer.from('[1.0]'))], '[[1.0]]'],
])('%s has the JSON that Fauna takes', (_, expression, json) => {
  expect(Buffer.from(encodeExpression(expression)).toString()).toBe(json);
});

test.each([Number.NaN, Infinity, '\ud800'])('%j has none', (value) => {
  expect(() => encodeExpression([value])).toThrow(EncodeError);
});
