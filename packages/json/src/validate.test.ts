import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { validateJson } from './validate.ts';

test.each([
  '0',
  '-0',
  '-0.0e-0',
  '1E+5',
  '123.456e7',
  ' \t\r\n1 \t\r\n',
  'true',
  'false',
  'null',
  '""',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"',
  '"\\ud83d\\ude00"',
  '"\\uD83D\\uDE00é😀\u2028\u007f"',
  '[]',
  '[ ]',
  '{}',
  '{ }',
  '{"a":[{"":null}]}',
  '{"a":1,"a":2}',
  '['.repeat(1000) + ']'.repeat(1000),
])('%s is valid', (text) => {
  expect(validateJson(Buffer.from(text))).toBeUndefined();
});

test.each([
  { text: '', offset: 0, reason: 'unexpected end' },
  { text: '  ', offset: 2, reason: 'unexpected end' },
  { text: '[', offset: 1, reason: 'unexpected end' },
  { text: '[1', offset: 2, reason: 'unexpected end' },
  { text: '[1,', offset: 3, reason: 'unexpected end' },
  { text: '{"a"', offset: 4, reason: 'unexpected end' },
  { text: '-', offset: 1, reason: 'unexpected end' },
  { text: '1.', offset: 2, reason: 'unexpected end' },
  { text: '1e', offset: 2, reason: 'unexpected end' },
  { text: 'tru', offset: 3, reason: 'unexpected end' },
  { text: '}', offset: 0, reason: "unexpected character '}'" },
  { text: '[1}', offset: 2, reason: "unexpected character '}'" },
  { text: '[1,]', offset: 3, reason: "unexpected character ']'" },
  { text: '[,1]', offset: 1, reason: "unexpected character ','" },
  { text: '{"a":1,}', offset: 7, reason: "unexpected character '}'" },
  { text: '{"a":}', offset: 5, reason: "unexpected character '}'" },
  { text: '{a:1}', offset: 1, reason: "unexpected character 'a'" },
  { text: "{'a':1}", offset: 1, reason: "unexpected character '''" },
  { text: '{1:1}', offset: 1, reason: "unexpected character '1'" },
  { text: '1 2', offset: 2, reason: "unexpected character '2'" },
  { text: '{}{}', offset: 2, reason: "unexpected character '{'" },
  { text: '01', offset: 0, reason: 'number with a leading zero' },
  { text: '-01', offset: 1, reason: 'number with a leading zero' },
  { text: '+1', offset: 0, reason: "unexpected character '+'" },
  { text: '.5', offset: 0, reason: "unexpected character '.'" },
  { text: '1.e5', offset: 2, reason: "unexpected character 'e'" },
  { text: '1e+-5', offset: 3, reason: "unexpected character '-'" },
  { text: '1a', offset: 1, reason: "unexpected character 'a'" },
  { text: 'nulL', offset: 3, reason: "unexpected character 'L'" },
  { text: 'NaN', offset: 0, reason: "unexpected character 'N'" },
  { text: '[1]//', offset: 3, reason: "unexpected character '/'" },
  { text: '\u00a01', offset: 0, reason: 'unexpected byte 0xc2' },
  { text: '\ufeff{}', offset: 0, reason: 'unexpected byte 0xef' },
  { text: '[\u000b1]', offset: 1, reason: 'unexpected byte 0x0b' },
  { text: '[1]\u0000', offset: 3, reason: 'unexpected byte 0x00' },
  { text: '["abc', offset: 1, reason: 'unterminated string' },
  { text: '"abc\\', offset: 0, reason: 'unterminated string' },
  { text: '"abc\\"', offset: 0, reason: 'unterminated string' },
  { text: '"abc\\u12', offset: 0, reason: 'unterminated string' },
  { text: '"a\nb"', offset: 2, reason: 'control character in a string' },
  { text: '"a\u001fb"', offset: 2, reason: 'control character in a string' },
  { text: '"a\\x"', offset: 2, reason: 'invalid escape' },
  { text: '"\\u00g0"', offset: 5, reason: 'invalid escape' },
  { text: '"\\U0041"', offset: 1, reason: 'invalid escape' },
  { text: '"\\ud83d"', offset: 1, reason: 'lone surrogate' },
  { text: '"\\ude00\\ud83d"', offset: 1, reason: 'lone surrogate' },
  { text: '"\\ud83d\\n"', offset: 1, reason: 'lone surrogate' },
  { text: '"\\ud83d\\u0041"', offset: 1, reason: 'lone surrogate' },
  { text: '['.repeat(1001), offset: 1000, reason: 'nested deeper than 1,000 levels' },
  { text: '{"a":'.repeat(1001), offset: 5000, reason: 'nested deeper than 1,000 levels' },
])('$text is wrong at $offset: $reason', ({ text, offset, reason }) => {
  expect(validateJson(Buffer.from(text))).toEqual({ offset, reason });
});

test('only what lies between start and end is looked at', () => {
  const bytes = Buffer.from('x[1,2]x');
  expect(validateJson(bytes, 1, 6)).toBeUndefined();
  expect(validateJson(bytes, 1)).toEqual({ offset: 6, reason: "unexpected character 'x'" });
  expect(validateJson(bytes, 1, 5)).toEqual({ offset: 5, reason: 'unexpected end' });
});

test.each([
  { bytes: [0x80], is: 'a lone continuation' },
  { bytes: [0xc0, 0x80], is: 'an overlong NUL' },
  { bytes: [0xc1, 0xbf], is: 'an overlong character of two bytes' },
  { bytes: [0xe0, 0x9f, 0xbf], is: 'an overlong character of three bytes' },
  { bytes: [0xf0, 0x8f, 0xbf, 0xbf], is: 'an overlong character of four bytes' },
  { bytes: [0xed, 0xa0, 0x80], is: 'a surrogate' },
  { bytes: [0xf4, 0x90, 0x80, 0x80], is: 'a character past U+10FFFF' },
  { bytes: [0xff], is: 'a byte that never occurs' },
  { bytes: [0xe2, 0x82], is: 'a character cut off' },
])('$is is invalid UTF-8', ({ bytes }) => {
  const document = Uint8Array.of(0x22, 0x61, ...bytes, 0x22);
  expect(validateJson(document)).toEqual({ offset: 2, reason: 'invalid UTF-8' });
});

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The same question, put to what Node has built in. */
function isValid(bytes: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    // JSON.stringify writes lone surrogates as escapes, in names too, and nothing else that way.
    return !/\\ud[89a-f]/.test(JSON.stringify(value).replaceAll('\\\\', ''));
  } catch {
    return false;
  }
}

test('agrees with JSON.parse and TextDecoder', () => {
  const structure = '{ } [ ] , : " "a" "\\ud83d\\ude00" \\ u00e9'.split(' ');
  const scalars = '0 1 - . e 1.5e3 true null é /'.split(' ');
  const token = fc.constantFrom(...structure, ...scalars, ' ', '\n', '\u0001');
  const mutated = fc
    .tuple(fc.json(), fc.nat(), fc.uint8Array({ maxLength: 2 }))
    .map(([text, at, patch]) => {
      const bytes = Buffer.from(text);
      bytes.set(patch.subarray(0, bytes.length), at % Math.max(1, bytes.length - 1));
      return bytes;
    });
  const bytes = fc.oneof(
    fc.array(token, { maxLength: 10 }).map((tokens) => Buffer.from(tokens.join(''))),
    fc.json({ stringUnit: 'binary' }).map((text) => Buffer.from(text)),
    mutated,
    fc.uint8Array({ maxLength: 8 }).map((inner) => Buffer.from([0x22, ...inner, 0x22])),
  );
  fc.assert(
    fc.property(bytes, (input) => {
      expect(validateJson(input) === undefined).toBe(isValid(input));
    }),
    { numRuns: 2000 },
  );
});
