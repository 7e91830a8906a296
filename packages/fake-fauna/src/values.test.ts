import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startFakeFauna } from './fake-fauna.ts';
import { JsonError, parseJson } from './json/parse-json.ts';
import { doubleText } from './json/write-double.ts';
import { compareValues } from './values/compare.ts';
import { parseTime, timeText } from './values/time-text.ts';
import { objectOf, time, type Value } from './values/value.ts';
import { post } from './testing/post.ts';

describe('values on the wire', () => {
  test.each([
    ['9223372036854775807'],
    ['-9223372036854775808'],
    ['9007199254740993'],
    ['1.0'],
    ['1.5E10'],
    ['-0.0'],
    ['"NaN"'],
    ['{"@ts":"2022-11-22T01:23:45Z"}'],
    ['{"@ts":"2022-11-22T01:23:45.120Z"}'],
    ['{"@ts":"2022-11-22T01:23:45.123456Z"}'],
    ['{"@ts":"2022-11-22T01:23:45.123456789Z"}'],
    ['{"@date":"2022-11-22"}'],
    ['{"@bytes":"+/8="}'],
    ['{"@uuid":"3825db3e-c94b-42ac-bd53-b5a9507ace2b"}'],
    ['{"@ref":{"id":"collections"}}'],
    ['{"@ref":{"id":"foo","collection":{"@ref":{"id":"collections"}}}}'],
    ['{"@ref":{"id":"by","collection":{"@ref":{"id":"indexes"}}}}'],
    [
      '{"@ref":{"id":"9007199254740993","collection":{"@ref":{"id":"foo","collection":{"@ref":{"id":"collections"}}}}}}',
    ],
    [
      '{"@set":{"match":{"@ref":{"id":"by","collection":{"@ref":{"id":"indexes"}}}},"terms":["a",1]}}',
    ],
    ['{"@set":{"documents":{"@ref":{"id":"foo","collection":{"@ref":{"id":"collections"}}}}}}'],
    ['{"@query":{"api_version":"4","lambda":"x","expr":{"add":[{"var":"x"},1]}}}'],
    ['[null,true,"text \\u0001 \\\\ \\""]'],
  ])('%s comes back as it went', async (text) => {
    await using fake = await startFakeFauna();
    fake.store.createCollection('foo');
    fake.store.createIndex('by', { source: 'foo', terms: ['data.a', 'data.b'] });
    expect((await post(fake, text)).text).toBe(`{"resource":${text}}`);
  });

  test('objects keep the order of their keys, and are escaped where one looks like a tag', async () => {
    await using fake = await startFakeFauna();
    const text = '{"object":{"b":1,"1":2,"a":{"object":{"@ref":"no ref","@ts":1}}}}';
    expect((await post(fake, text)).text).toBe(
      '{"resource":{"b":1,"1":2,"a":{"@obj":{"@ref":"no ref","@ts":1}}}}',
    );
  });

  test('the store takes values as they are on the wire, and gives them so', async () => {
    await using fake = await startFakeFauna();
    fake.store.createCollection('foo');
    const data = {
      at: { '@ts': '2022-11-22T01:23:45.100Z' },
      odd: { '@obj': { '@ref': 1 } },
      big: 9_223_372_036_854_775_807n,
      list: [1.5, { x: 1 }],
    };
    const ts = fake.store.set('foo', 5, {
      ...data,
      gone: null,
      whole: { '@double': 1 },
      nan: Number.NaN,
    });
    expect(fake.store.documents('foo')).toEqual([
      { id: '5', ts, fields: { data: { ...data, whole: 1, nan: 'NaN' } } },
    ]);
    expect(() => fake.store.set('no', 6, {})).toThrow(RangeError);
  });
});

describe('the order of values', () => {
  test('is that of their classes, then their own', () => {
    const ordered: Value[] = [
      -1n,
      -0.5,
      0n,
      1n,
      1.5,
      2n ** 62n,
      { kind: 'bytes', base64: 'AQ==' },
      'a',
      'B',
      'c',
      [1n],
      [1n, 2n],
      [2n],
      objectOf({ a: 1n }),
      time(0n),
      time(1n),
      false,
      true,
      null,
    ];
    const shuffled = ordered
      .map((value, i) => ({ value, i }))
      .toSorted((a, b) => ((a.i * 7) % 19) - ((b.i * 7) % 19));
    expect(shuffled.map(({ value }) => value).toSorted(compareValues)).toEqual(ordered);
  });
});

describe('texts', () => {
  test('an instant is what its text says, in nanoseconds', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -62_000_000_000_000_000_000n, max: 253_000_000_000_000_000_000n }),
        (nanos) => {
          expect(parseTime(timeText(nanos))?.nanos).toBe(nanos);
        },
      ),
    );
  });

  test('a double is what its text says', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseJson(doubleText(value))).toBe(value);
      }),
    );
  });

  test('JSON is read as JSON.parse reads it, but for integers', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const plain = (json: unknown): unknown => {
          if (Array.isArray(json)) return json.map(plain);
          if (json instanceof Map) {
            return Object.fromEntries(
              [...(json as Map<string, unknown>)].map(([key, value]) => [key, plain(value)]),
            );
          }
          return typeof json === 'bigint' ? Number(json) : json;
        };
        expect(JSON.stringify(plain(parseJson(text)))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  test.each(['', '{', '[1,]', '{"a"}', '01', '"\n"', 'nul', '1 2', '{"a":1,}'])(
    '%j is no JSON',
    (text) => {
      expect(() => parseJson(text)).toThrow(JsonError);
    },
  );
});
