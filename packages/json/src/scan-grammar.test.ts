import { expect, test } from 'vitest';
import { JsonError } from './json-error.ts';
import { createScanner } from './scan.ts';

// In the manner of https://github.com/nst/JSONTestSuite, each as the value of a member.
test.each([
  'null', 'true', 'false', '0', '-0', '1', '-1', '10', '123456789012345678901234567890',
  '0.0', '-0.0', '0.1', '1.5', '123.456e78', '1e5', '1E5', '1e+5', '1e-5', '0e0', '0e+1', '-1E-2',
  '1.0e400', '1e-400', '20e1', '1234567890123456.7890123456789012e-12345678901234567',
  '""', '"a"', '"\\""', '"\\\\"', '"\\/"', '"\\b\\f\\n\\r\\t"', '"\\u0000"', '"\\u0022"', '"\\uabCD"',
  '"\\uD834\\uDd1e"', '"\\ud83d\\ude00\\ud83d\\ude00"', '"\\ue000"', '"\\ud7ff"', '"\\uffff"', '"\\u002c"',
  '"\u007f"', '"\u0080"', '"\u2028\u2029"', '"é"', '"€"', '"\u{10ffff}"', '"\u{10000}"', '"\ud7ff\ue000"',
  '"{}[],:"', '"/* */"', '"0123456789abcde\\\\"', '"0123456789abcdef\\""',
  '[]', '[ ]', '[\t\n\r ]', '[1]', '[1,2]', '[ 1 , 2 ]', '[[]]', '[[],{}]', '[null,1,"1",{}]', '[""]',
  '{}', '{ }', '{"a":{}}', '{"":0}', '{"a":1,"b":2}', '{ "a" : 1 , "b" : [ ] }', '{"a":1,"a":2}', '{"\\u0000":1}',
  '[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]', '\t\n\r 1 \r\n\t',
])('valid: %s', (value) => {
  const document = `{"a":${value}}`;
  const { lines } = createScanner({ separator: 'values' }).scan(Buffer.from(document), true);
  expect(Buffer.from(lines.bytes).toString()).toBe(`${document.replace(/[\r\n]/g, ' ')}\n`);
});

const character = (text: string): string => `unexpected character '${text}'`;

test.each([
  // Words
  ['{"a":nul}', character('}'), 8],
  ['{"a":nulL}', character('L'), 8],
  ['{"a":Null}', character('N'), 5],
  ['{"a":tru}', character('}'), 8],
  ['{"a":truth}', character('t'), 8],
  ['{"a":trueish}', character('i'), 9],
  ['{"a":fals}', character('}'), 9],
  ['{"a":fAlse}', character('A'), 6],
  ['{"a":undefined}', character('u'), 5],
  ['{"a":NaN}', character('N'), 5],
  ['{"a":Infinity}', character('I'), 5],
  ['{"a":-Infinity}', character('I'), 6],
  ['{"a":True}', character('T'), 5],
  ['{"a":\u0000}', 'unexpected byte 0x00', 5],
  // Numbers
  ['{"a":-}', character('}'), 6],
  ['{"a":--1}', character('-'), 6],
  ['{"a":+1}', character('+'), 5],
  ['{"a":01}', character('1'), 6],
  ['{"a":-01}', character('1'), 7],
  ['{"a":00}', character('0'), 6],
  ['{"a":.5}', character('.'), 5],
  ['{"a":-.5}', character('.'), 6],
  ['{"a":1.}', character('}'), 7],
  ['{"a":1.e5}', character('e'), 7],
  ['{"a":1..5}', character('.'), 7],
  ['{"a":1.5.2}', character('.'), 8],
  ['{"a":1e}', character('}'), 7],
  ['{"a":1e+}', character('}'), 8],
  ['{"a":1e+-1}', character('-'), 8],
  ['{"a":1e1.5}', character('.'), 8],
  ['{"a":1e1e1}', character('e'), 8],
  ['{"a":0x1F}', character('x'), 6],
  ['{"a":1_000}', character('_'), 6],
  ['{"a":1 000}', character('0'), 7],
  ['{"a":1a}', character('a'), 6],
  ['{"a":- 1}', 'unexpected byte 0x20', 6],
  ['{"a":1é}', 'unexpected byte 0xc3', 6],
  // Strings
  ['{"a":"}', 'unterminated string', 7],
  ['{"a":"\\"}', 'unterminated string', 9],
  ['{"a":"\n"}', 'control character in a string', 6],
  ['{"a":"\t"}', 'control character in a string', 6],
  ['{"a":"\u0000"}', 'control character in a string', 6],
  ['{"a":"\u001f"}', 'control character in a string', 6],
  ['{"a\u0001":1}', 'control character in a string', 3],
  ['{"a":"\\x"}', 'invalid escape', 7],
  ['{"a":"\\a"}', 'invalid escape', 7],
  ['{"a":"\\U0041"}', 'invalid escape', 7],
  ["{\"a\":\"\\'\"}", 'invalid escape', 7],
  ['{"a":"\\\u0000"}', 'invalid escape', 7],
  ['{"a":"\\é"}', 'invalid escape', 7],
  ['{"a":"\\u"}', 'invalid escape', 8],
  ['{"a":"\\u00"}', 'invalid escape', 10],
  ['{"a":"\\u004"}', 'invalid escape', 11],
  ['{"a":"\\u00g1"}', 'invalid escape', 10],
  ['{"a":"\\u+041"}', 'invalid escape', 8],
  ['{"a":"\\u004 "}', 'invalid escape', 11],
  ['{"a":"\\ud800"}', 'lone surrogate', 6],
  ['{"a":"\\udc00"}', 'lone surrogate', 6],
  ['{"a":"\\udc00\\ud800"}', 'lone surrogate', 6],
  ['{"a":"\\ud800\\ud800\\udc00"}', 'lone surrogate', 6],
  ['{"a":"\\ud800x"}', 'lone surrogate', 6],
  ['{"a":"\\ud800\\n"}', 'lone surrogate', 6],
  ['{"a":"\\ud800\\u0041"}', 'lone surrogate', 6],
  ['{"a":"\\ud800\\ue000"}', 'lone surrogate', 6],
  ['{"\\udfff":1}', 'lone surrogate', 2],
  ['{"a":"\\ud800\\udc0"}', 'invalid escape', 17],
  ["{'a':1}", character("'"), 1],
  ["{\"a\":'1'}", character("'"), 5],
  // Structure
  ['{', 'unexpected end', 1],
  ['{"a"', 'unexpected end', 4],
  ['{"a":', 'unexpected end', 5],
  ['{"a":1', 'unexpected end', 6],
  ['{"a":1,', 'unexpected end', 7],
  ['{"a":[', 'unexpected end', 6],
  ['{"a":[1', 'unexpected end', 7],
  ['{"a":t', 'unexpected end', 6],
  ['{"a', 'unterminated string', 3],
  ['{"a":"\\', 'unterminated string', 7],
  ['{"a":"\\u12', 'unterminated string', 10],
  ['{"a":"\\ud800', 'unterminated string', 12],
  ['{"a":"\\ud800\\', 'unterminated string', 13],
  ['{a:1}', character('a'), 1],
  ['{1:1}', character('1'), 1],
  ['{null:1}', character('n'), 1],
  ['{"a"}', character('}'), 4],
  ['{"a" 1}', character('1'), 5],
  ['{"a"=1}', character('='), 4],
  ['{"a"::1}', character(':'), 5],
  ['{"a":}', character('}'), 5],
  ['{:1}', character(':'), 1],
  ['{,}', character(','), 1],
  ['{"a":1,}', character('}'), 7],
  ['{"a":1,,"b":2}', character(','), 7],
  ['{"a":1 "b":2}', character('"'), 7],
  ['{"a":1]', character(']'), 6],
  ['{"a":[}}', character('}'), 6],
  ['{"a":[1,]}', character(']'), 8],
  ['{"a":[,1]}', character(','), 6],
  ['{"a":[1,,2]}', character(','), 8],
  ['{"a":[1 2]}', character('2'), 8],
  ['{"a":["b":1]}', character(':'), 9],
  ['{"a":[1}}', character('}'), 7],
  ['{"a":{"b":1]}', character(']'), 11],
  ['{"a":{]}', character(']'), 6],
  ['{"a":1}}', character('}'), 7],
  ['{} ,{}', character(','), 3],
  ['{"a":/**/1}', character('/'), 5],
  ['{"a":1}//', character('/'), 7],
  ['{"a":\u00a01}', 'unexpected byte 0xc2', 5],
  ['{"a":\f1}', 'unexpected byte 0x0c', 5],
  ['{"a":1\u000b}', 'unexpected byte 0x0b', 6],
  ['\ufeff{}', 'unexpected byte 0xef', 0],
  // Another value than an object
  ['1', 'a number, where an object is expected', 0],
  ['-1', 'a number, where an object is expected', 0],
  ['"a"', 'a string, where an object is expected', 0],
  ['[{}]', 'an array, where an object is expected', 0],
  ['true', 'a boolean, where an object is expected', 0],
  ['false', 'a boolean, where an object is expected', 0],
  ['null', 'null, where an object is expected', 0],
  [']', character(']'), 0],
  ['\u0000', 'unexpected byte 0x00', 0],
])('invalid: %j is an error, %s at %i', (text, reason, offset) => {
  expect(failure(Buffer.from(text))).toEqual({ reason, offset });
});

test.each([
  { levels: 1000, of: 'arrays', document: nested(999, '[', ']') },
  { levels: 1000, of: 'objects', document: nested(999, '{"a":', '}') },
])('$levels levels of $of are valid', ({ document }) => {
  const { lines } = createScanner({ separator: 'values' }).scan(Buffer.from(document), true);
  expect(Buffer.from(lines.bytes).toString() === `${document}\n`).toBe(true);
});

test.each([
  { of: 'arrays', document: nested(1000, '[', ']'), offset: 5 + 999 },
  { of: 'objects', document: nested(1000, '{"a":', '}'), offset: 5 + 999 * 5 },
])('1001 levels of $of are an error', ({ document, offset }) => {
  const reason = 'more than 1000 levels of nesting';
  expect(failure(Buffer.from(document))).toEqual({ reason, offset });
});

test.each([
  ['a continuation byte', [0x80]],
  ['a continuation byte after a character', [0xc3, 0xa9, 0xa9]],
  ['a sequence of two that is short', [0xc3]],
  ['a sequence of three that is short', [0xe2, 0x82]],
  ['a sequence of four that is short', [0xf0, 0x9f, 0x98]],
  ['an overlong NUL', [0xc0, 0x80]],
  ['an overlong quote', [0xc0, 0xa2]],
  ['an overlong sequence of three', [0xe0, 0x9f, 0xbf]],
  ['an overlong sequence of four', [0xf0, 0x8f, 0xbf, 0xbf]],
  ['an encoded surrogate', [0xed, 0xa0, 0x80]],
  ['an encoded pair of surrogates', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
  ['a code point past the last', [0xf4, 0x90, 0x80, 0x80]],
  ['a lead byte that there is not', [0xf5, 0x80, 0x80, 0x80]],
  ['the byte 0xff', [0xff]],
])('invalid UTF-8: %s', (_, sequence) => {
  for (let length = 0; length < 70; length++) {
    const before = Buffer.from(`{"é":"${'x'.repeat(length)}`);
    const text = Buffer.concat([before, Buffer.from(sequence), Buffer.from('"} {}')]);
    const { reason, offset } = failure(text);
    expect(reason).toBe('invalid UTF-8');
    expect(offset).toBeGreaterThanOrEqual(before.length);
    expect(offset).toBeLessThan(before.length + sequence.length);
  }
});

function failure(bytes: Buffer): { reason: string; offset: number } {
  const scanner = createScanner({ separator: 'values' });
  let at = 0;
  for (let calls = 0; calls <= bytes.length; calls++) {
    try {
      at += scanner.scan(bytes.subarray(at), true).consumed;
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      return { reason: error.reason, offset: at + error.offset };
    }
  }
  throw new Error('no error');
}

function nested(levels: number, open: string, close: string): string {
  return `{"a":${open.repeat(levels)}${open === '[' ? '' : '1'}${close.repeat(levels)}}`;
}
