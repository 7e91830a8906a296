import { describe, expect, test } from 'vitest';
import { FqlPageReader } from './page.ts';
import { fqlPageOf, fqlRowValue, linesOf, refsOf } from './testing/pages.ts';

/** Values in the tagged format of FQL v10, and what they are in a row. */
const values: readonly (readonly [string, string, string])[] = [
  ['null', 'null', 'null'],
  ['a boolean', 'true', 'true'],
  ['a string', '"x"', '"x"'],
  ['an integer', '{"@int":"12"}', '12'],
  ['a negative integer', '{"@int":"-1"}', '-1'],
  ['a long', '{"@long":"9223372036854775807"}', '9223372036854775807'],
  ['a double', '{"@double":"1.0E-10"}', '1.0E-10'],
  ['NaN', '{"@double":"NaN"}', '"NaN"'],
  ['infinity', '{"@double":"-Infinity"}', '"-Infinity"'],
  ['a number', '5', '5'],
  ['an array', '[{"@int":"1"},[]]', '[1,[]]'],
  ['an object', '{"a":{"@int":"1"},"b":{}}', '{"a":1,"b":{}}'],
  ['an object with names that begin with @', '{"@object":{"@int":{"@int":"1"}}}', '{"@int":1}'],
  ['a time', '{"@time":"2022-08-01T23:59:19.360Z"}', '"2022-08-01T23:59:19.360Z"'],
  ['a date', '{"@date":"2022-08-01"}', '"2022-08-01"'],
  ['bytes', '{"@bytes":"+/8="}', '"-_8="'],
  ['a UUID', '{"@uuid":"0b5e"}', '"0b5e"'],
  ['a collection', '{"@mod":"Foo"}', '{"id":"Foo","type":"collection"}'],
  [
    'a reference to a document',
    '{"@ref":{"id":"101","coll":{"@mod":"Foo"}}}',
    '{"id":"101","collection":"Foo","type":"document"}',
  ],
  [
    'a reference to a document that is gone',
    '{"@ref":{"id":"101","coll":{"@mod":"Foo"},"exists":false,"cause":"not found"}}',
    '{"id":"101","collection":"Foo","type":"document"}',
  ],
  [
    'a document',
    '{"@doc":{"id":"101","coll":{"@mod":"Foo"},"ts":{"@time":"2022-08-01T00:00:00Z"},"name":"x","coll2":1}}',
    '{"id":"101","collection":"Foo","type":"document"}',
  ],
  [
    'a document with names that begin with @',
    '{"@doc":{"@object":{"id":"101","coll":{"@mod":"Foo"},"@a":1}}}',
    '{"id":"101","collection":"Foo","type":"document"}',
  ],
  ...[
    ['Collection', 'collection'],
    ['Database', 'database'],
    ['Function', 'function'],
    ['Role', 'role'],
    ['AccessProvider', 'access_provider'],
    ['Zzz', 'Zzz'],
  ].map(
    ([module = '', type = '']) =>
      [
        `a reference to a thing of ${module}`,
        `{"@ref":{"name":"a","coll":{"@mod":"${module}"}}}`,
        `{"id":"a","type":"${type}"}`,
      ] as const,
  ),
  ...[
    ['Key', 'key'],
    ['Token', 'token'],
    ['Credential', 'credential'],
  ].map(
    ([module = '', type = '']) =>
      [
        `a reference to a ${type}`,
        `{"@ref":{"id":"1","coll":{"@mod":"${module}"}}}`,
        `{"id":"1","type":"${type}"}`,
      ] as const,
  ),
  ['a set', '{"@set":"token"}', String.raw`"{\"@set\":\"token\"}"`],
  ['a set with a page', '{"@set":{"data":[1]}}', String.raw`"{\"@set\":{\"data\":[1]}}"`],
  ['an event source', '{"@stream":"token"}', String.raw`"{\"@stream\":\"token\"}"`],
];

describe.each(values)('%s', (_, wire, row) => {
  test('is written as v4 has it, wherever it is', () => {
    expect(fqlRowValue(wire)).toBe(row);
    expect(fqlRowValue(`{"a":${wire},"b":[${wire},1]}`)).toBe(`{"a":${row},"b":[${row},1]}`);
    expect(fqlRowValue(`{"@object":{"@a":${wire}}}`)).toBe(`{"@a":${row}}`);
  });
});

test.each([
  ['a tag of v4', '{"@ts":"x"}'],
  ['a wrapper of v4', '{"@obj":{"a":1}}'],
  ['a reference of v4', '{"@ref":{"id":"1","collection":{}}}'],
  ['a reference without a collection', '{"@ref":{"id":"1"}}'],
  ['a reference without an id', '{"@ref":{"coll":"a"}}'],
  ['a reference into no module', '{"@ref":{"id":"1","coll":"Foo"}}'],
  ['a number that is one', '{"@int":1}'],
  ['a module that is a number', '{"@mod":1}'],
])('%s is kept as it is', (_, wire) => {
  expect(fqlRowValue(wire)).toBe(wire);
});

const head = '"id":"101","coll":{"@mod":"Foo"},"ts":{"@time":"2022-08-01T00:00:00.123456Z"}';

describe('a document', () => {
  test.each<[string, string, string]>([
    [
      'has its fields in data',
      `${head},"a":{"@int":"1"},"b":{"c":2}`,
      '{"a":1,"b":{"c":2}},"ttl":null',
    ],
    ['may have no fields', head, '{},"ttl":null'],
    [
      'may have a time to live',
      `${head},"ttl":{"@time":"2030-01-01T00:00:00Z"},"a":1`,
      '{"a":1},"ttl":"2030-01-01T00:00:00Z"',
    ],
    [
      'may have its members in any order',
      `"a":1,"ttl":null,"ts":{"@time":"2022-08-01T00:00:00.123456Z"},"coll":{"@mod":"F"},"id":"101"`,
      '{"a":1},"ttl":null',
    ],
    [
      'has fields whose names v10 needs itself beside the others',
      `${head},"a":1,"data":{"id":"x","data":{"ts":{"@int":"2"}}},"b":2`,
      '{"a":1,"id":"x","data":{"ts":2},"b":2},"ttl":null',
    ],
    ['may have only such fields', `${head},"data":{"ttl":1}`, '{"ttl":1},"ttl":null'],
    ['may have such an object that is empty', `${head},"data":{},"b":2`, '{"b":2},"ttl":null'],
    [
      'may have such an object in a wrapper',
      `${head},"data":{"@object":{"@id":{"@int":"1"}}},"b":2`,
      '{"@id":1,"b":2},"ttl":null',
    ],
    ['may have data that is no object', `${head},"data":[1]`, '{"data":[1]},"ttl":null'],
    [
      'may have a field called ref or name',
      `${head},"ref":1,"name":{"@date":"d"}`,
      '{"ref":1,"name":"d"},"ttl":null',
    ],
  ])('%s', (_, members, rest) => {
    const line = `{"ref":"101","ts":1659312000123456,"data":${rest}}`;
    for (const element of [
      `{"@doc":{${members}}}`,
      `{"@doc":{"@object":{${members}}}}`,
      ` { "@doc" : {${members.replaceAll(',', ' , ')} } } `,
    ]) {
      const page = new FqlPageReader().read(fqlPageOf([element]));
      expect(linesOf(page)).toEqual([line]);
      expect(refsOf(page)).toEqual(['101']);
      expect([...page.ts]).toEqual([1_659_312_000_123_456n]);
    }
  });

  test.each([
    ['without an id', '"coll":{"@mod":"Foo"},"ts":{"@time":"2022-08-01T00:00:00Z"}', 'no ref'],
    [
      'with a name',
      '"name":"a","coll":{"@mod":"Role"},"ts":{"@time":"2022-08-01T00:00:00Z"}',
      'no ref',
    ],
    ['without a time', '"id":"1","coll":{"@mod":"Foo"}', 'no ts'],
    ['with another time', '"id":"1","coll":{"@mod":"Foo"},"ts":{"@time":"yesterday"}', 'no ts'],
    ['with a date for a time', '"id":"1","ts":{"@date":"2022-08-01"}', 'no ts'],
  ])('%s is a failure', (_, members, reason) => {
    const body = fqlPageOf([`{"@doc":{${members}}}`]);
    expect(() => new FqlPageReader().read(body)).toThrow(
      `Fauna's answer cannot be read: ${reason}`,
    );
  });
});

test.each<[string, bigint]>([
  ['1970-01-01T00:00:00Z', 0n],
  ['1970-01-01T00:00:00.000001Z', 1n],
  ['1969-12-31T23:59:59.999999Z', -1n],
  ['2000-02-29T12:34:56.7Z', 951_827_696_700_000n],
  ['2000-03-01T00:00:00Z', 951_868_800_000_000n],
  ['2100-02-28T23:59:59Z', 4_107_542_399_000_000n],
  ['2100-03-01T00:00:00Z', 4_107_542_400_000_000n],
  ['1900-03-01T00:00:00Z', -2_203_891_200_000_000n],
  ['0000-01-01T00:00:00Z', -62_167_219_200_000_000n],
  ['0001-01-01T00:00:00Z', -62_135_596_800_000_000n],
  ['9999-12-31T23:59:59.999999999Z', 253_402_300_799_999_999n],
])('%s is %i microseconds', (text, micros) => {
  const page = new FqlPageReader().read(fqlPageOf([`{"ref":"1","ts":{"@time":"${text}"}}`]));
  expect([...page.ts]).toEqual([micros]);
  expect(linesOf(page)).toEqual([`{"ref":"1","ts":${micros}}`]);
});

test.each([
  '2022-13-01T00:00:00Z',
  '2022-00-01T00:00:00Z',
  '2022-01-32T00:00:00Z',
  '2022-01-01T24:00:00Z',
  '2022-01-01T00:60:00Z',
  '2022-01-01T00:00:00.Z',
  '2022-01-01T00:00:00',
  '2022-01-01T00:00:00+01:00',
  '2022/01/01T00:00:00Z',
  '2022-01-01 00:00:00Z',
  '+12022-01-01T00:00:00Z',
  '2022-01-01T00:00:0xZ',
])('%s is no time of a document', (text) => {
  const body = fqlPageOf([`{"ref":"1","ts":{"@time":"${text}"}}`]);
  expect(() => new FqlPageReader().read(body)).toThrow('no ts of a document');
});

describe('a page', () => {
  const one = '{"ref":"1","ts":{"@long":"5"},"data":{"a":{"@int":"1"}},"ttl":null}';
  const line = '{"ref":"1","ts":5,"data":{"a":1},"ttl":null}';

  test.each([
    ['a set', `{"data":{"@set":{"data":[${one}],"after":"tok"}},"txn_ts":1}`],
    ['an object with a cursor', `{"txn_ts":1,"data":{"after":"tok","data":[${one}]}}`],
    [
      'a set in white space',
      ` { "data" : { "@set" : { "data" : [ ${one} ] , "after" : "tok" } } } `,
    ],
  ])('may be %s', (_, body) => {
    const page = new FqlPageReader().read(Buffer.from(body));
    expect(linesOf(page)).toEqual([line]);
    expect(Buffer.from(page.after ?? []).toString()).toBe('"tok"');
  });

  test.each([
    ['an array', `{"data":[${one}]}`],
    ['a set without more', `{"data":{"@set":{"data":[${one}]}}}`],
    ['an object with null for a cursor', `{"data":{"data":[${one}],"after":null}}`],
  ])('may be %s, and the last', (_, body) => {
    const page = new FqlPageReader().read(Buffer.from(body));
    expect(linesOf(page)).toEqual([line]);
    expect(page.after).toBeUndefined();
  });

  test.each([
    ['a set that was not read', '{"data":{"@set":"token"}}'],
    ['a document', '{"data":{"@doc":{"id":"1"}}}'],
    ['null', '{"data":null}'],
    ['an error', '{"error":{"code":"abort"}}'],
    ['a string', '{"data":"x"}'],
  ])('cannot be %s', (_, body) => {
    expect(() => new FqlPageReader().read(Buffer.from(body))).toThrow(
      'no page where one was asked for',
    );
  });

  test('has the ids of documents and references that stand for a ref', () => {
    const page = new FqlPageReader().read(
      fqlPageOf([
        `{"ref":{"@doc":{${head}}},"ts":{"@int":"1"}}`,
        '{"ref":{"@ref":{"id":"7","coll":{"@mod":"Foo"}}},"ts":1}',
      ]),
    );
    expect(linesOf(page)).toEqual(['{"ref":"101","ts":1}', '{"ref":"7","ts":1}']);
  });
});

test('a page may be of what grows most', () => {
  const modules = (module: string): string => `[${Array(100_000).fill(module).join(',')}]`;
  const row = fqlRowValue(modules('{"@mod":""}'));
  expect(row === modules('{"id":"","type":"collection"}')).toBe(true);
});
