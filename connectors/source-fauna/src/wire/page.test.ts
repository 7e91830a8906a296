import { validateJson } from '@fairlead/json';
import { isFailure } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { Action, PageReader } from './page.ts';
import { linesOf, pageOf, refsOf, rowValue } from './testing/pages.ts';
import { slowPage } from './testing/slow-row.ts';

const foo = '{"@ref":{"id":"foo","collection":{"@ref":{"id":"collections"}}}}';

function native(parent: string, id: string): string {
  return `{"@ref":{"id":"${id}","collection":{"@ref":{"id":"${parent}"}}}}`;
}

/** Values of Fauna and what they are in a row. */
const values: readonly (readonly [string, string, string])[] = [
  ['null', 'null', 'null'],
  ['true', 'true', 'true'],
  ['false', 'false', 'false'],
  ['a string', '"x"', '"x"'],
  ['an empty string', '""', '""'],
  ['an integer', '12', '12'],
  ['minus zero', '-0', '-0'],
  ['a double', '1.5', '1.5'],
  ['a whole double', '1.0', '1.0'],
  ['a double with an exponent', '-1.25E-10', '-1.25E-10'],
  ['a double of seventeen digits', '0.30000000000000004', '0.30000000000000004'],
  ['an integer past 2^53', '9007199254740993', '9007199254740993'],
  ['the largest integer', '9223372036854775807', '9223372036854775807'],
  ['the least integer', '-9223372036854775808', '-9223372036854775808'],
  ['more than a double holds', `1${'0'.repeat(400)}`, `1${'0'.repeat(400)}`],
  ['NaN', '"NaN"', '"NaN"'],
  ['infinity', '"Infinity"', '"Infinity"'],
  ['an empty array', '[]', '[]'],
  ['an array', '[1,"a",null]', '[1,"a",null]'],
  ['an empty object', '{}', '{}'],
  ['an object, its names in order', '{"b":1,"a":{"2":1,"1":2}}', '{"b":1,"a":{"2":1,"1":2}}'],
  ['an object with names that begin with @', '{"@obj":{"@ref":1,"b":2}}', '{"@ref":1,"b":2}'],
  ['an object that looks like a tag', '{"@obj":{"@ts":"x"}}', '{"@ts":"x"}'],
  ['an object in a wrapper that looks like one', '{"@obj":{"@obj":{"a":1}}}', '{"@obj":{"a":1}}'],
  ['a tag in a wrapper', '{"@obj":{"@a":{"@date":"2022-08-01"}}}', '{"@a":"2022-08-01"}'],
  ['an empty wrapper', '{"@obj":{}}', '{}'],
  [
    'a reference to a document',
    `{"@ref":{"id":"101","collection":${foo}}}`,
    '{"id":"101","collection":"foo","type":"document"}',
  ],
  [
    'a reference into another database',
    `{"@ref":{"id":"101","collection":${foo},"database":${native('databases', 'db')}}}`,
    '{"id":"101","collection":"foo","type":"document"}',
  ],
  ['a reference to a collection', foo, '{"id":"foo","type":"collection"}'],
  ['… a database', native('databases', 'db'), '{"id":"db","type":"database"}'],
  ['… an index', native('indexes', 'i'), '{"id":"i","type":"index"}'],
  ['… a function', native('functions', 'f'), '{"id":"f","type":"function"}'],
  ['… a role', native('roles', 'r'), '{"id":"r","type":"role"}'],
  ['… an access provider', native('access_providers', 'a'), '{"id":"a","type":"access_provider"}'],
  ['… a key', native('keys', '1'), '{"id":"1","type":"key"}'],
  ['… a token', native('tokens', '1'), '{"id":"1","type":"token"}'],
  ['… a credential', native('credentials', '1'), '{"id":"1","type":"credential"}'],
  ['… a thing of another kind', native('zzz', '1'), '{"id":"1","type":"zzz"}'],
  ['a native reference', '{"@ref":{"id":"collections"}}', '{"id":"collections","type":"unknown"}'],
  [
    'a reference whose outermost is not collections',
    `{"@ref":{"id":"1","collection":${native('indexes', 'i')}}}`,
    '{"id":"1","type":"unknown"}',
  ],
  [
    'a reference that goes deeper',
    `{"@ref":{"id":"1","collection":{"@ref":{"id":"2","collection":${foo}}}}}`,
    '{"id":"1","type":"unknown"}',
  ],
  [
    'a reference whose collection comes first',
    `{"@ref":{"collection":${foo},"id":"101"}}`,
    '{"id":"101","collection":"foo","type":"document"}',
  ],
  ['a time', '{"@ts":"2022-08-01T23:59:19.360Z"}', '"2022-08-01T23:59:19.360Z"'],
  [
    'a time with nanoseconds',
    '{"@ts":"2022-08-01T23:59:19.360123456Z"}',
    '"2022-08-01T23:59:19.360123456Z"',
  ],
  ['a date', '{"@date":"2022-08-01"}', '"2022-08-01"'],
  ['bytes', '{"@bytes":"aGVsbG8gd29ybGQ="}', '"aGVsbG8gd29ybGQ="'],
  ['bytes with plus and slash', '{"@bytes":"+/8="}', '"-_8="'],
  ['bytes with an escaped slash', String.raw`{"@bytes":"+\/8="}`, '"-_8="'],
  ['no bytes', '{"@bytes":""}', '""'],
  ['many bytes', `{"@bytes":"${'+/ab'.repeat(50)}"}`, `"${'-_ab'.repeat(50)}"`],
  ['a UUID', '{"@uuid":"0b5e4a10-96a1"}', '"0b5e4a10-96a1"'],
  [
    'a set',
    `{"@set":{"match":${native('indexes', 'i')},"terms":"a"}}`,
    JSON.stringify(`{"@set":{"match":${native('indexes', 'i')},"terms":"a"}}`),
  ],
  [
    'a set with quotes, backslashes and line breaks in it',
    String.raw`{"@set":{"match":1,"terms":["\"","\\\"","\n","é"]}}`,
    String.raw`"{\"@set\":{\"match\":1,\"terms\":[\"\\\"\",\"\\\\\\\"\",\"\\n\",\"é\"]}}"`,
  ],
  [
    'a query',
    '{"@query":{"api_version":"4","lambda":"x","expr":{"var":"x"}}}',
    String.raw`"{\"@query\":{\"api_version\":\"4\",\"lambda\":\"x\",\"expr\":{\"var\":\"x\"}}}"`,
  ],
];

describe.each(values)('%s', (_, wire, row) => {
  test('is written as it should be', () => {
    expect(rowValue(wire)).toBe(row);
  });

  test('is written so in an object, after and before others', () => {
    expect(rowValue(`{"a":1,"b":${wire},"c":{"d":${wire}}}`)).toBe(
      `{"a":1,"b":${row},"c":{"d":${row}}}`,
    );
  });

  test('is written so in an array', () => {
    expect(rowValue(`[${wire},[${wire},${wire}]]`)).toBe(`[${row},[${row},${row}]]`);
  });

  test('is written so in a wrapper', () => {
    expect(rowValue(`{"@obj":{"@a":${wire}}}`)).toBe(`{"@a":${row}}`);
  });

  test('is written so in spite of white space', () => {
    // No value here has a space in a string.
    const spaced = wire.replaceAll(/("(?:[^"\\]|\\.)*")|([[\]{},:])/g, '$1 \r\n\t$2 ');
    expect(rowValue(spaced)).toBe(row);
  });
});

describe('what is no tag', () => {
  test.each([
    ['a reference without an id', `{"@ref":{"collection":{}}}`],
    ['a reference with a number for an id', '{"@ref":{"id":1}}'],
    ['a reference that is a string', '{"@ref":"classes/foo/1"}'],
    ['a reference to something in a string', '{"@ref":{"id":"1","collection":"foo"}}'],
    ['an empty reference', '{"@ref":{}}'],
    ['a reference and something else', '{"@ref":{"id":"1"},"a":1}'],
    ['something else and a reference', '{"a":1,"@ref":{"id":"1"}}'],
    ['a time that is a number', '{"@ts":1}'],
    ['two times', '{"@ts":"a","@date":"b"}'],
    ['bytes that are an array', '{"@bytes":[1,2]}'],
    ['a wrapper around an array', '{"@obj":[1]}'],
    ['a wrapper and something else', '{"@obj":{"a":1},"b":2}'],
    ['a tag that nobody knows', '{"@what":"x"}'],
    ['a tag of v10', '{"@int":"1"}'],
    ['a name that is only @', '{"@":"x"}'],
    ['a name that begins like a tag', '{"@tsx":"x"}'],
    ['a long name', '{"@aVeryLongNameOfWhichNobodyHasEverHeardAnything":"x"}'],
  ])('%s is kept as it is', (_, wire) => {
    expect(rowValue(wire)).toBe(wire);
  });

  test('tags within it mean what they mean', () => {
    expect(rowValue('{"@ref":{"id":1,"at":{"@date":"2022-08-01"}}}')).toBe(
      '{"@ref":{"id":1,"at":"2022-08-01"}}',
    );
  });
});

test('a tag may be written with escapes', () => {
  expect(rowValue(String.raw`{"\u0040ts":"a"}`)).toBe('"a"');
  expect(rowValue(String.raw`{"@\u0072ef":{"\u0069d":"a"}}`)).toBe('{"id":"a","type":"unknown"}');
});

test('bytes may stay in the alphabet that Fauna uses', () => {
  const options = { base64: 'standard' } as const;
  expect(rowValue('{"@bytes":"+/8="}', options)).toBe('"+/8="');
  expect(rowValue(String.raw`{"@bytes":"\u002b\/8="}`, options)).toBe('"+/8="');
});

test('strings keep their escapes, and may have any character', () => {
  const text = String.raw`"\u0000\u001f\"\\\/\b\f\n\r\t\ud83d\ude00 é 😀 ${'long '.repeat(20)}"`;
  expect(rowValue(text)).toBe(text);
});

test.each([0, 1, 13, 14, 15, 16, 17, 30, 31, 32, 33])('a string may have %i bytes', (size) => {
  const text = `"${'x'.repeat(size)}"`;
  expect(rowValue(`[${text},{${text}:${text}}]`)).toBe(`[${text},{${text}:${text}}]`);
});

test('a value may lie very deep', () => {
  const depth = 20_000;
  const arrays = `${'['.repeat(depth)}{"@date":"d"}${']'.repeat(depth)}`;
  expect(rowValue(arrays) === arrays.replace('{"@date":"d"}', '"d"')).toBe(true);
  const wrapped = '{"@obj":{"a":'.repeat(200) + '1' + '}}'.repeat(200);
  expect(rowValue(wrapped)).toBe(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`);
});

test('a page may be of what grows most', () => {
  const quotes = JSON.stringify('"'.repeat(300_000));
  const set = `{"@set":${quotes}}`;
  expect(rowValue(set) === JSON.stringify(set)).toBe(true);
});

test.each([
  ['all of a reference', `{"@ref":{"id":"101","collection":${foo}}}`],
  ['all of a time', '{"@ts":"2022-08-01T23:59:19.360Z"}'],
])('%s has to be there', (_, tag) => {
  for (let i = 0; i < tag.length; i++) {
    const changed = `${tag.slice(0, i)}${tag[i] === 'x' ? 'y' : 'x'}${tag.slice(i + 1)}`;
    if (isJson(changed)) {
      const [line] = slowPage(`{"resource":{"data":[{"ref":"1","ts":1,"data":${changed}}]}}`, {
        dialect: 'v4',
        base64: 'url',
      }).lines;
      expect(`{"ref":"1","ts":1,"data":${rowValue(changed)}}`).toBe(line);
    } else expect(() => rowValue(changed)).toThrow("Fauna's answer cannot be read");
  }
});

describe('a page', () => {
  test('has a line for each of its elements', () => {
    const page = new PageReader().read(
      pageOf([
        '{"ref":"1","ts":10,"data":{"a":1},"ttl":null}',
        '{ "ref" : "2" , "ts" : 20 , "data" : { } , "ttl" : {"@ts":"2030-01-01T00:00:00Z"} }',
      ]),
    );
    expect(Buffer.from(page.lines).toString()).toBe(
      '{"ref":"1","ts":10,"data":{"a":1},"ttl":null}\n' +
        '{"ref":"2","ts":20,"data":{},"ttl":"2030-01-01T00:00:00Z"}\n',
    );
    expect(page.count).toBe(2);
    expect([...page.ends]).toEqual([46, 46 + 59]);
    expect([...page.ts]).toEqual([10n, 20n]);
    expect(refsOf(page)).toEqual(['1', '2']);
    expect([...page.actions]).toEqual([Action.none, Action.none]);
    expect(page.after).toBeUndefined();
  });

  test('may be empty, and still not the last', () => {
    const page = new PageReader().read(pageOf([], `[ ${foo} ]`));
    expect(page.count).toBe(0);
    expect(page.lines).toHaveLength(0);
    expect(Buffer.from(page.after ?? []).toString()).toBe(`[ ${foo} ]`);
  });

  test('may have its members in any order, and others', () => {
    const body = `{"x":[{}],"resource":{"data":[{"ts":1,"ref":"a"}],"before":[1],"after":{"ts":2}},"y":1}\n`;
    const page = new PageReader().read(Buffer.from(body));
    expect(linesOf(page)).toEqual(['{"ts":1,"ref":"a"}']);
    expect(Buffer.from(page.after ?? []).toString()).toBe('{"ts":2}');
  });

  test('has the id of a ref that came as a reference', () => {
    const row = `{"ref":{"@ref":{"id":"101","collection":${foo}}},"ts":5}`;
    const page = new PageReader().read(pageOf([row]));
    expect(linesOf(page)).toEqual(['{"ref":"101","ts":5}']);
    expect(refsOf(page)).toEqual(['101']);
  });

  test('says what events tell of', () => {
    const actions = ['add', 'remove', 'create', 'update', 'delete', 'other', 'removes'];
    const rows = actions.map((action, i) => `{"ref":"${i}","ts":1,"action":"${action}"}`);
    expect([...new PageReader().read(pageOf(rows)).actions]).toEqual([1, 3, 1, 2, 3, 0, 0]);
  });

  test('may have columns whose names begin with @', () => {
    const page = new PageReader().read(pageOf(['{"@obj":{"ref":"1","ts":1,"@a":{"@date":"d"}}}']));
    expect(linesOf(page)).toEqual(['{"ref":"1","ts":1,"@a":"d"}']);
  });

  test('has times up to the last microsecond that 64 bits hold', () => {
    const times = ['9223372036854775807', '-9223372036854775808', '253370764800000000', '-1', '0'];
    const page = new PageReader().read(pageOf(times.map((ts) => `{"ref":"1","ts":${ts}}`)));
    expect([...page.ts].map(String)).toEqual(times);
  });

  test('may be large, and after it others small', () => {
    const reader = new PageReader();
    const text = 'x'.repeat(1000);
    const rows = Array.from(
      { length: 20_000 },
      (_, i) => `{"ref":"${i}","ts":${i},"data":"${text}"}`,
    );
    expect(linesOf(reader.read(pageOf(rows))).join() === rows.join()).toBe(true);
    for (let i = 0; i < 100; i++) {
      expect(linesOf(reader.read(pageOf(rows.slice(i, i + 1))))).toEqual(rows.slice(i, i + 1));
    }
  });

  test('stays as it is while other readers read', () => {
    const page = new PageReader().read(pageOf(['{"ref":"1","ts":1}']));
    new PageReader().read(pageOf(['{"ref":"22","ts":2}']));
    expect(linesOf(page)).toEqual(['{"ref":"1","ts":1}']);
    expect([...page.ts]).toEqual([1n]);
    expect(refsOf(page)).toEqual(['1']);
  });
});

describe('what is wrong', () => {
  const row = '{"ref":"7","ts":1,"data":';
  test.each([
    ['no JSON', '<html>', 'no page where one was asked for at byte 0'],
    ['nothing', '', 'no page where one was asked for at byte 0'],
    ['no page', '{"resource":12}', 'no page where one was asked for at byte 12'],
    ['no elements', '{"resource":{"after":[]}}', 'no page where one was asked for at byte 12'],
    ['an error', '{"errors":[]}', 'no page where one was asked for at byte 0'],
    ['a cut', '{"resource":{"data":[{"ref":"1","ts":1', 'unexpected end at byte 38'],
    ['a cut in a string', '{"resource":{"data":[{"ref":"1', 'unexpected end at byte 30'],
    [
      'something after the end',
      '{"resource":{"data":[]}} x',
      "unexpected character 'x' at byte 25",
    ],
    ['a comma too many', '{"resource":{"data":[],}}', "unexpected character '}' at byte 23"],
    ['a number for a row', '{"resource":{"data":[1]}}', 'an element that is no object at byte 21'],
    [
      'a row without ref',
      '{"resource":{"data":[{"ts":1}]}}',
      'no ref that names a document at byte 21',
    ],
    ['a row without ts', '{"resource":{"data":[{"ref":"1"}]}}', 'no ts of a document at byte 21'],
    [
      'a ref that is a number',
      '{"resource":{"data":[{"ref":1,"ts":1}]}}',
      'no ref that names a document at byte 28',
    ],
    [
      'a ts that is no integer',
      '{"resource":{"data":[{"ts":1.5,"ref":"1"}]}}',
      'no ts of a document at byte 27',
    ],
    [
      'a ts beyond 64 bits',
      '{"resource":{"data":[{"ts":9223372036854775808,"ref":"1"}]}}',
      'no ts of a document at byte 27',
    ],
  ])('%s is told of', (_, body, reason) => {
    expect(() => new PageReader().read(Buffer.from(body))).toThrow(
      `Fauna's answer cannot be read: ${reason}`,
    );
  });

  test.each([
    ['a bad escape', String.raw`"\x"`, 'invalid escape'],
    ['half a character', String.raw`"\ud800"`, 'lone surrogate'],
    ['a control character', '"\u0001"', 'control character in a string'],
    ['a bad literal', 'nul', "unexpected character '}'"],
    ['a bad number', '01', "unexpected character '1'"],
    ['a trailing comma', '[1,]', "unexpected character ']'"],
    ['a wrong bracket', '[1}', "unexpected character '}'"],
    ['no colon', '{"a" 1}', "unexpected character '1'"],
    ['a bad tag', '{"@ts":"a"', "unexpected character ']'"],
  ])('%s is told of, and in which document', (_, value, reason) => {
    const body = pageOf(['{"ref":"1","ts":1}', `${row}${value}}`]);
    expect(failureOf(() => new PageReader().read(body))).toMatchObject({
      kind: 'data',
      where: 'document 7',
      message: expect.stringContaining(reason),
    });
  });

  test('bytes that are no UTF-8 are told of', () => {
    const body = Buffer.from(pageOf([`${row}"x"}`]));
    body[body.indexOf('x')] = 0xff;
    expect(failureOf(() => new PageReader().read(body))).toMatchObject({
      where: 'document 7',
      message: expect.stringContaining('invalid UTF-8'),
    });
  });

  test('too many levels are told of', () => {
    const depth = 70_000;
    const body = pageOf([`${row}${'['.repeat(depth)}${']'.repeat(depth)}}`]);
    expect(() => new PageReader().read(body)).toThrow('more than 65,536 levels of nesting');
  });

  test('a reader reads on after a failure', () => {
    const reader = new PageReader();
    expect(() => reader.read(Buffer.from('{'))).toThrow('unexpected end');
    expect(linesOf(reader.read(pageOf(['{"ref":"1","ts":1}'])))).toEqual(['{"ref":"1","ts":1}']);
  });
});

function failureOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
  return undefined;
}

function isJson(text: string): boolean {
  return validateJson(Buffer.from(text)) === undefined;
}
