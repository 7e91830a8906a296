import { expect, test } from 'vitest';
import { z } from 'zod';
import { readTextValues, withMember } from './read-text-values.ts';

const schema = z.object({
  count: z.number(),
  whole: z.int(),
  on: z.boolean(),
  name: z.string(),
  list: z.array(z.object({ port: z.int() })),
});

test('texts are read as what the schema wants there', () => {
  const value = { count: '-1.5', whole: '7', on: 'false', name: '8', list: [{ port: '1' }] };
  expect(readTextValues(schema, value, () => true)).toEqual({
    count: -1.5,
    whole: 7,
    on: false,
    name: '8',
    list: [{ port: 1 }],
  });
});

test.each<[string, object, () => boolean]>([
  ['a text that is no number', { count: '0x1' }, () => true],
  ['a text that is no boolean', { on: 'yes' }, () => true],
  ['a text that the user wrote as one', { count: '5' }, () => false],
])('%s stays', (_what, value, isText) => {
  expect(readTextValues(schema, value, isText)).toEqual(value);
});

test.each([
  [{ a: 1 }, ['a'], { a: 9 }],
  [{ a: 1 }, ['b', 'c'], { a: 1, b: { c: 9 } }],
  [{ a: [1, 2] }, ['a', 1], { a: [1, 9] }],
  [null, ['a'], { a: 9 }],
  [{ a: 1 }, ['a', 'b'], { a: { b: 9 } }],
  [1, [], 9],
])('%j with a member at %j', (value, path, expected) => {
  expect(withMember(value, path, 9)).toEqual(expected);
});
