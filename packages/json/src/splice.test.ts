import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeValue } from './decode.ts';
import { EncodeError } from './encode-error.ts';
import { JsonSyntaxError } from './json-syntax-error.ts';
import { members } from './members.ts';
import { replaceMember, SpliceError, withMember, withoutMember } from './splice.ts';

const apply = (
  change: (line: Uint8Array, name: string, value: Uint8Array) => Uint8Array,
  line: string,
  name: string,
  value = '',
) => Buffer.from(change(Buffer.from(line), name, Buffer.from(value))).toString();

test.each([
  { line: '{}', result: '{"n":[1]}' },
  { line: ' { }\n', result: ' {"n":[1] }\n' },
  { line: '{"a":1}\n', result: '{"n":[1],"a":1}\n' },
  { line: '{ "a" : 1 }', result: '{"n":[1], "a" : 1 }' },
  { line: '{"a":{"n":2}}', result: '{"n":[1],"a":{"n":2}}' },
])('$line with a member more is $result', ({ line, result }) => {
  expect(apply(withMember, line, 'n', '[1]')).toBe(result);
});

test('a name is escaped', () => {
  expect(apply(withMember, '{}', 'a"\n', '1')).toBe('{"a\\"\\n":1}');
  expect(() => apply(withMember, '{}', '\ud800', '1')).toThrow(EncodeError);
});

test.each(['{"n":1}', '{"a":1,"\\u006e":2}'])('%s cannot have the member n once more', (line) => {
  expect(() => apply(withMember, line, 'n', '1')).toThrow(SpliceError);
});

test.each([
  { line: '{"a":1,"b":2,"c":3}', name: 'a', result: '{"b":2,"c":3}' },
  { line: '{"a":1,"b":2,"c":3}', name: 'b', result: '{"a":1,"c":3}' },
  { line: '{"a":1,"b":2,"c":3}', name: 'c', result: '{"a":1,"b":2}' },
  { line: ' { "a" : 1 } \n', name: 'a', result: ' {  } \n' },
  { line: '{"a":1,"b":2,"a":3}\n', name: 'a', result: '{"b":2}\n' },
  { line: '{"a":{"b":1}}', name: 'b', result: '{"a":{"b":1}}' },
])('$line without $name is $result', ({ line, name, result }) => {
  expect(apply(withoutMember, line, name)).toBe(result);
});

test('a document that lacks the member stays the same bytes', () => {
  const line = Buffer.from('{"a":1}');
  expect(withoutMember(line, 'b')).toBe(line);
});

test.each([
  { line: '{"a":1,"b":2}', name: 'b', result: '{"a":1,"b":[9]}' },
  { line: '{ "a" : {"a":1} , "b":2}\n', name: 'a', result: '{ "a" : [9] , "b":2}\n' },
  { line: '{"x":0,"a":1,"b":2,"a":3}', name: 'a', result: '{"x":0,"a":[9],"b":2}' },
  { line: '{"b":2}', name: 'a', result: '{"a":[9],"b":2}' },
  { line: '{}', name: 'a', result: '{"a":[9]}' },
])('$line has another $name in $result', ({ line, name, result }) => {
  expect(apply(replaceMember, line, name, '[9]')).toBe(result);
});

describe.each([withMember, withoutMember, replaceMember])('$name', (change) => {
  test.each(['', '[]', '1', '{"a":1', '{"a":1}{', '{"a":1,}'])('refuses %j', (line) => {
    expect(() => apply(change, line, 'n', '1')).toThrow(JsonSyntaxError);
  });
});

test('what was added comes first and goes again', () => {
  const document = fc
    .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue())
    .map((object): typeof object => JSON.parse(JSON.stringify(object)));
  const names = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(document, names, fc.constantFrom(0, 1), (object, name, indent) => {
      fc.pre(!Object.hasOwn(object, name));
      const line = Buffer.from(`${JSON.stringify(object, undefined, indent)}\n`);
      const longer = withMember(line, name, Buffer.from('{"x":[]}'));
      const [first] = members(longer);
      expect(first).toMatchObject({ name, nameStart: 1 });
      expect(decodeValue(longer)).toEqual({ ...object, [name]: { x: [] } });
      const other = replaceMember(longer, name, Buffer.from('0'));
      expect(decodeValue(other)).toEqual({ ...object, [name]: 0 });
      expect(decodeValue(withoutMember(longer, name))).toEqual(decodeValue(line));
    }),
  );
});
