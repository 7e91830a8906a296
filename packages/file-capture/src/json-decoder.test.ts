import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecodeError } from './decoder.ts';
import { createJsonDecoder } from './json-decoder.ts';
import { fileMember } from './member.ts';

/** Decodes `text` as a file, given `size` bytes more at a time. */
function decode(text: string, path: readonly string[] = [], size = 1_000_000): unknown[] {
  const decoder = createJsonDecoder({ path, begins: 'file' });
  const bytes = Buffer.from(text);
  const documents: unknown[] = [];
  let at = 0;
  for (let end = Math.min(size, bytes.length); ; end = Math.min(end + size, bytes.length)) {
    for (;;) {
      const final = end === bytes.length;
      const { lines, consumed, records } = decoder.decode(bytes.subarray(at, end), final);
      const found = Buffer.from(lines.bytes).toString().split('\n').slice(0, -1);
      expect(found).toHaveLength(records);
      documents.push(...found.map((line) => JSON.parse(line)));
      at += consumed;
      if (consumed === 0 || at === end) break;
    }
    if (end < bytes.length) continue;
    if (at < end) throw new Error('left something undecoded');
    if (decoder.unfinished === undefined) return documents;
    throw new DecodeError(decoder.unfinished, { offset: 0, record: -1 });
  }
}

const sizes = [1, 2, 3, 5, 8, 1000];

describe('a JSON decoder', () => {
  test.each([
    ['JSON lines', '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    ['no line break at the end', '{"a":1}\r\n{"a":2}', [{ a: 1 }, { a: 2 }]],
    ['concatenated objects', '{"a":1}{"a":2}', [{ a: 1 }, { a: 2 }]],
    ['pretty-printed objects', '{\n  "a": 1\n}\n{\n  "a": [\n 2 ]}\n', [{ a: 1 }, { a: [2] }]],
    ['an array', ' [ {"a":1} , {"a":2} ] ', [{ a: 1 }, { a: 2 }]],
    ['an empty array', '[]', []],
    [
      'arrays and objects',
      '[{"a":1}]\n{"a":2}[][{"a":3},{"a":4}]',
      [1, 2, 3, 4].map((a) => ({ a })),
    ],
    ['a single object', '{"a":{"b":[]}}', [{ a: { b: [] } }]],
    ['a byte-order mark', '\uFEFF{"a":1}', [{ a: 1 }]],
    ['a byte-order mark before an array', '\uFEFF[{"a":1}]', [{ a: 1 }]],
    ['nothing', '', []],
  ])('reads %s', (_, text, expected) => {
    for (const size of sizes) {
      if (text.startsWith('\uFEFF') && size < 3) continue;
      expect(decode(text, [], size)).toEqual(expected);
    }
  });

  test.each([
    ['an array', '{"n":2,"data":{"items":[{"a":1},{"a":2}],"z":[1]}}', '/data/items', [1, 2]],
    ['an object', '{"data":{"items":{"a":1}, "more": {"a":9}}}', '/data/items', [1]],
    ['one in each of several values', '{"d":[{"a":1}]}\n{"d":{"a":2}} {"d":[]}', '/d', [1, 2]],
    ['null', '{"d":null}{"d":[{"a":1}]}', '/d', [1]],
    ['an element', '[[{"a":1}], [{"a":2}, {"a":3}]]', '/1', [2, 3]],
    ['behind look-alikes', '{"x":"\\"d\\":[{","y":{"d":[{"a":8}]},"d":[{"a":1}]}', '/d', [1]],
    ['behind escapes in its name', '{"\\u0064":[{"a":1}]}', '/d', [1]],
    ['behind other values', '{"a":1.5e3,"b":true,"c":[[],{}],"e":"]}","d":[{"a":1}]}', '/d', [1]],
    ['the first of two', '{"d":[{"a":1}],"d":[{"a":2}]}', '/d', [1]],
    ['behind a byte-order mark', '\uFEFF{"d":[{"a":1}]}', '/d', [1]],
  ])('finds %s at a path', (_, text, pointer, numbers) => {
    const path = pointer.split('/').slice(1);
    for (const size of sizes) {
      if (text.startsWith('\uFEFF') && size < 3) continue;
      expect(decode(text, path, size)).toEqual(numbers.map((a) => ({ a })));
    }
  });

  test.each([
    ['a scalar', '{"a":1} 5', 'a number, where an object is expected', 8],
    ['scalars in an array', '[1,2]', 'a number, where an object is expected', 1],
    ['an array in an array', '[[]]', 'an array, where an object is expected', 1],
    ['a missing comma', '[{"a":1} {"a":2}]', "unexpected character '{'", 9],
    ['an object that is cut off', '{"a":', 'unexpected end', 5],
    ['a stray bracket', '{"a":1}]', "unexpected character ']'", 7],
  ])('refuses %s, and says where', (_, text, reason, offset) => {
    const decoder = createJsonDecoder({ path: [] });
    const bytes = Buffer.from(text);
    let at = 0;
    let found: unknown;
    for (let turns = 0; turns < 20 && found === undefined; turns++) {
      try {
        at += decoder.decode(bytes.subarray(at), true).consumed;
      } catch (error) {
        found = error;
      }
    }
    expect(found).toBeInstanceOf(DecodeError);
    expect(found).toMatchObject({ message: reason, offset: offset - at, record: 0 });
  });

  test.each([
    ['an array that is cut off', '[{"a":1},'],
    ['an array without its end', '[{"a":1}'],
    ['an array without anything', ' ['],
  ])('refuses %s', (_, text) => {
    for (const size of sizes) expect(() => decode(text, [], size)).toThrow('unexpected end');
  });

  test.each([
    ['nothing there', '{"data":{}}', '/data/items', 'there is nothing at /data/items'],
    ['nothing on the way', '{"x":1}', '/data/items', 'there is nothing at /data'],
    ['a scalar on the way', '{"data":5}', '/data/items', 'there is nothing at /data/items'],
    ['too few elements', '[{}]', '/1', 'there is nothing at /1'],
    ['a scalar', '{"d":5}', '/d', 'a number, where an object is expected'],
    ['an end on the way', '{"data":{"x":[1,2', '/data/items', 'unexpected end of the file'],
    ['an end after it', '{"d":[{"a":1}]', '/d', 'unexpected end of the file'],
    ['two values', '{"d":{"a":1}{"a":2}}', '/d', /two values|unexpected character/],
    ['something behind it', '{"d":[] 5}', '/d', "unexpected character '5'"],
    ['a broken object', '{"d" 5}', '/d', "unexpected character '5'"],
    ['a member without quotes', '{d:5}', '/d', "unexpected character 'd'"],
  ])('with a path refuses %s', (_, text, pointer, reason) => {
    for (const size of sizes) {
      expect(() => decode(text, pointer.split('/').slice(1), size)).toThrow(reason);
    }
  });

  test('says where to look when the documents are no objects', () => {
    const decoder = createJsonDecoder({ path: [] });
    decoder.decode(Buffer.from('['), false);
    expect(() => decoder.decode(Buffer.from('1]'), true)).toThrowError(
      expect.objectContaining({ hint: expect.stringContaining('format.path') }),
    );
  });

  test('numbers the documents of all arrays and values in one go', () => {
    const member = fileMember('_meta', 'a "b".json', 5);
    const decoder = createJsonDecoder({ path: [], member });
    const bytes = Buffer.from('[{"a":1},{}]{"a":3}');
    let text = '';
    for (let at = 0; at < bytes.length;) {
      const { lines, consumed } = decoder.decode(bytes.subarray(at), true);
      text += Buffer.from(lines.bytes).toString();
      at += consumed;
    }
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { _meta: { file: 'a "b".json', offset: 5 }, a: 1 },
      { _meta: { file: 'a "b".json', offset: 6 } },
      { _meta: { file: 'a "b".json', offset: 7 }, a: 3 },
    ]);
  });

  test('says what to change when a document has the member already', () => {
    const decoder = createJsonDecoder({ path: [], member: fileMember('_meta', 'a', 0) });
    expect(() => decoder.decode(Buffer.from('{"_meta":1}'), true)).toThrowError(
      expect.objectContaining({ hint: expect.stringContaining('metadata') }),
    );
  });

  test('finds the same documents whatever surrounds them and however they are cut', () => {
    const documents = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 6 });
    const names = fc.uniqueArray(fc.string({ maxLength: 4 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        documents,
        names,
        fc.jsonValue(),
        fc.integer({ min: 3, max: 200 }),
        fc.boolean(),
        (all, [a = '', b = '', c = ''], other, size, pretty) => {
          const value = { [c]: other, [a]: { [c]: other, [b]: all }, [`${a}${c}z`]: other };
          const text = JSON.stringify(value, undefined, pretty ? 2 : 0);
          const path = [a, b];
          const expected = JSON.parse(JSON.stringify(all));
          expect(decode(text, path, size)).toEqual(expected);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('any bytes give documents or a DecodeError', () => {
    const piece = fc.constantFrom(...'{ } [ ] " , : \\ 1 d "d" "d": null {}'.split(' '), ' ');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.nat(5),
        fc.boolean(),
        (pieces, size, withPath) => {
          const error = errorOf(() => decode(pieces.join(''), withPath ? ['d'] : [], size + 1));
          expect(error === undefined || error instanceof DecodeError).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function errorOf(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}
