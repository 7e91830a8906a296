import { Decimal, JsonSyntaxError } from '@fairlead/json';
import { describe, expect, test } from 'vitest';
import {
  decodeAnswer,
  decodeValue,
  FaunaRef,
  FaunaTagged,
  isFaunaObject,
  valueAt,
  type FaunaValue,
} from './value.ts';

const collections = new FaunaRef('collections');
const foo = new FaunaRef('foo', collections);
const fooJson = '{"@ref":{"id":"foo","collection":{"@ref":{"id":"collections"}}}}';

test.each<[string, string, FaunaValue]>([
  ['null', 'null', null],
  ['a boolean', 'true', true],
  ['a string', '"é"', 'é'],
  ['an integer', '12', 12],
  ['an integer past 2^53', '9007199254740993', 9_007_199_254_740_993n],
  ['a double', '1.5', 1.5],
  ['a long double', '1e999', new Decimal('1e999')],
  ['an array', '[1,[2]]', [1, [2]]],
  ['an object', '{"a":{"b":1}}', { a: { b: 1 } }],
  ['a wrapper', '{"@obj":{"@ref":1}}', { '@ref': 1 }],
  ['a wrapper around what looks like a tag', '{"@obj":{"@ts":"x"}}', { '@ts': 'x' }],
  ['a tag in a wrapper', '{"@obj":{"@a":{"@ts":"x"}}}', { '@a': new FaunaTagged('@ts', 'x') }],
  ['a native reference', '{"@ref":{"id":"collections"}}', collections],
  ['a reference', fooJson, foo],
  [
    'a reference to a document',
    `{"@ref":{"id":"1","collection":${fooJson}}}`,
    new FaunaRef('1', foo),
  ],
  [
    'a reference into another database',
    `{"@ref":{"id":"1","collection":${fooJson},"database":${fooJson}}}`,
    new FaunaRef('1', foo, foo),
  ],
  ['a time', '{"@ts":"2022-08-01T00:00:00Z"}', new FaunaTagged('@ts', '2022-08-01T00:00:00Z')],
  ['a date', '{"@date":"2022-08-01"}', new FaunaTagged('@date', '2022-08-01')],
  ['bytes', '{"@bytes":"AQID"}', new FaunaTagged('@bytes', 'AQID')],
  ['a UUID', '{"@uuid":"a"}', new FaunaTagged('@uuid', 'a')],
  ['a set', `{"@set":{"match":${fooJson}}}`, new FaunaTagged('@set', { match: foo })],
  ['a query', '{"@query":{"lambda":"x"}}', new FaunaTagged('@query', { lambda: 'x' })],
  ['a reference without an id', '{"@ref":{"a":1}}', { '@ref': { a: 1 } }],
  [
    'a reference to nothing',
    '{"@ref":{"id":"1","collection":1}}',
    { '@ref': { id: '1', collection: 1 } },
  ],
  ['a reference that is a string', '{"@ref":"a"}', { '@ref': 'a' }],
  ['a time that is a number', '{"@ts":1}', { '@ts': 1 }],
  ['two tags', '{"@ts":"a","@date":"b"}', { '@ts': 'a', '@date': 'b' }],
])('%s is decoded', (_, json, value) => {
  expect(decodeValue(Buffer.from(json))).toStrictEqual(value);
});

test('a name may be __proto__', () => {
  const value = decodeValue(Buffer.from('{"__proto__":{"a":1}}'));
  expect(Object.keys(isFaunaObject(value) ? value : {})).toEqual(['__proto__']);
});

test('a part of the bytes may be decoded', () => {
  expect(decodeValue(Buffer.from('xx[1]yy'), 2, 5)).toEqual([1]);
});

test('what is no JSON is told of', () => {
  expect(() => decodeValue(Buffer.from('[1'))).toThrow(JsonSyntaxError);
});

test('an answer has a resource, or has not', () => {
  expect(decodeAnswer(Buffer.from(`{"resource":${fooJson}}`))).toStrictEqual(foo);
  expect(decodeAnswer(Buffer.from('{"resource":null}'))).toBeNull();
  expect(decodeAnswer(Buffer.from('{"errors":[]}'))).toBeUndefined();
  expect(decodeAnswer(Buffer.from('[]'))).toBeUndefined();
});

describe('valueAt', () => {
  const value = decodeValue(Buffer.from(`{"a":[{"b":${fooJson}}],"n":null}`));

  test.each<[readonly (string | number)[], FaunaValue | undefined]>([
    [['a', 0, 'b'], foo],
    [['n'], null],
    [[], value],
    [['a', 1], undefined],
    [['a', 'b'], undefined],
    [['a', 0, 'b', 'id'], undefined],
    [['n', 'a'], undefined],
    [['toString'], undefined],
  ])('%j', (path, found) => {
    expect(valueAt(value, ...path)).toStrictEqual(found);
  });

  test('is undefined in nothing', () => {
    expect(valueAt(undefined, 'a')).toBeUndefined();
  });
});
