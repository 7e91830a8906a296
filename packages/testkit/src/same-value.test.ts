import { decodeValue } from '@fairlead/json';
import { expect, test } from 'vitest';
import { canonicalText, canonicalValue } from './same-value.ts';

const of = (json: string) => canonicalValue(decodeValue(Buffer.from(json)));

test.each([
  ['1', '1.0'],
  ['1.10', '11e-1'],
  ['-0.0', '0'],
  ['12345678901234567890', '12345678901234567890.000'],
  ['{"a":1,"b":[2]}', '{"b":[2.0],"a":1}'],
  ['"2024-02-29T23:59:59.120000Z"', '"2024-03-01T01:59:59.12+02:00"'],
  ['"2024-02-29 23:59:59+00"', '"2024-02-29T23:59:59Z"'],
])('%s is %s', (one, other) => {
  expect(of(one)).toBe(of(other));
});

test.each([
  ['1', '"1"'],
  ['9007199254740993', '9007199254740992'],
  ['0.1', '0.10000000000000001'],
  ['[1,2]', '[2,1]'],
  ['{"a":null}', '{"b":null}'],
  ['true', '"true"'],
  ['"2024-02-29T23:59:59.123456Z"', '"2024-02-29T23:59:59.123457Z"'],
  ['"2024-02-29"', '"2024-02-29T00:00:00Z"'],
])('%s is not %s', (one, other) => {
  expect(of(one)).not.toBe(of(other));
});

test.each([
  [1, '1'],
  [1.5, '1.50'],
  [true, 'true'],
  ['2024-02-29', '2024-02-29'],
])('%j as text is %j', (value, text) => {
  expect(canonicalText(value)).toBe(canonicalText(text));
});
