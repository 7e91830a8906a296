import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeValue } from './decode.ts';
import { extract } from './extract.ts';
import { JsonSyntaxError } from './json-syntax-error.ts';
import { members } from './members.ts';
import { parsePointer } from './pointer.ts';

function textAt(json: string, pointer: string): string | undefined {
  const bytes = Buffer.from(json);
  const place = extract(bytes, 0, bytes.length, parsePointer(pointer));
  return place && bytes.toString('utf8', place.start, place.end);
}

test.each([
  { json: ' {"a": {"b/c": [10, "x,]", {}]}}\n', pointer: '/a/b~1c/1', text: '"x,]"' },
  { json: ' {"a":1} ', pointer: '', text: '{"a":1}' },
  { json: '{"a":1,"a":2}', pointer: '/a', text: '1' },
  { json: '{"\\u0061b":1,"ab":2}', pointer: '/ab', text: '1' },
  { json: '{"ab":0,"a":1}', pointer: '/a', text: '1' },
  { json: '{"é😀":1}', pointer: '/é😀', text: '1' },
  { json: '{"":{"":1}}', pointer: '//', text: '1' },
  { json: '[[0],[1.50 ]]', pointer: '/1/0', text: '1.50' },
  { json: '{"0":"name"}', pointer: '/0', text: '"name"' },
  { json: '{"a":"\\\\","b":2}', pointer: '/b', text: '2' },
  { json: '{"__proto__":3}', pointer: '/__proto__', text: '3' },
  { json: '{"a":1} trailing', pointer: '/a', text: '1' },
  { json: '[1,2]', pointer: '/2', text: undefined },
  { json: '[1,2]', pointer: '/01', text: undefined },
  { json: '[1,2]', pointer: '/-', text: undefined },
  { json: '[1,2]', pointer: '/length', text: undefined },
  { json: '{"a":1}', pointer: '/b', text: undefined },
  { json: '{"a":1}', pointer: '/a/b', text: undefined },
  { json: '{"a":"text"}', pointer: '/a/0', text: undefined },
  { json: '{}', pointer: '/', text: undefined },
])('$pointer of $json is $text', ({ json, pointer, text }) => {
  expect(textAt(json, pointer)).toBe(text);
});

test('what lies past the end is not seen', () => {
  const bytes = Buffer.from('{"a":1}');
  expect(() => extract(bytes, 0, 6, ['b'])).toThrow(JsonSyntaxError);
  expect(() => extract(bytes, 0, 3, ['a'])).toThrow(JsonSyntaxError);
});

/** Every path that leads somewhere in `value`, with where it leads. */
function* places(value: unknown, path: string[] = []): Generator<[string[], unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [step, inner] of Object.entries(value)) yield* places(inner, [...path, step]);
}

test('every path of a document leads to the value that JSON.parse has there', () => {
  const keys = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.constantFrom('a', 'ab', '"\\/'),
  );
  const document = fc.object({ key: keys, values: [fc.string(), fc.integer(), fc.constant(null)] });
  fc.assert(
    fc.property(document, fc.constantFrom(undefined, 1), (object, indent) => {
      const bytes = Buffer.from(JSON.stringify(object, undefined, indent));
      for (const [path, value] of places(JSON.parse(bytes.toString()))) {
        const place = extract(bytes, 0, bytes.length, path);
        expect(place && decodeValue(bytes, place.start, place.end)).toStrictEqual(value);
      }
    }),
  );
});

test('any bytes give a place within them, nothing, or a JsonSyntaxError', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    fc.stringMatching(/^[{}[\]":,\\a01 ]{0,24}$/).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(bytes, fc.array(fc.constantFrom('a', '0', '1', '')), (input, path) => {
      let place: { start: number; end: number } | undefined;
      let error: unknown;
      try {
        place = extract(input, 0, input.length, path);
      } catch (thrown) {
        error = thrown;
      }
      const { start, end } = place ?? { start: 0, end: 1 };
      expect(error === undefined || error instanceof JsonSyntaxError).toBe(true);
      expect(start >= 0 && start < end && end <= Math.max(1, input.length)).toBe(true);
    }),
    { numRuns: 1500 },
  );
});

test('the members of an object are all there, in order', () => {
  const json = ' { "a" : 1 , "b\\n":[ ] ,"a":{"x":2}}\n';
  const bytes = Buffer.from(json);
  const found = [...members(bytes)].map(({ name, nameStart, start, end }) => [
    name,
    json.slice(nameStart, start),
    json.slice(start, end),
  ]);
  expect(found).toEqual([
    ['a', '"a" : ', '1'],
    ['b\n', '"b\\n":', '[ ]'],
    ['a', '"a":', '{"x":2}'],
  ]);
  expect([...members(Buffer.from('{ }'))]).toEqual([]);
});

test.each([
  '',
  '[]',
  '1',
  '{"a":1',
  '{"a"}',
  '{a:1}',
  '{"a":1,}',
  '{"a":1}x',
  '{,}',
  '{"a":1 "b":2}',
])('%j has no members to list', (json) => {
  expect(() => [...members(Buffer.from(json))]).toThrow(JsonSyntaxError);
});
