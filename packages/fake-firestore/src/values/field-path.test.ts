import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFieldPath, pickFields, valueAt, withValueAt } from './field-path.ts';
import { toFields, toValue } from './to-value.ts';

test.each([
  ['a', ['a']],
  ['a.b_1.C', ['a', 'b_1', 'C']],
  ['`a.b`.c', ['a.b', 'c']],
  ['`\\``.`\\\\`', ['`', '\\']],
  ['` `', [' ']],
])('the path %s has the parts %j', (text, parts) => {
  expect(parseFieldPath(text)).toEqual(parts);
});

test.each(['', '.', 'a.', 'a..b', '1a', 'a b', '`a', '``', 'a`b`', 'é'])(
  'the text "%s" is no path',
  (text) => {
    expect(() => parseFieldPath(text)).toThrow('is not a field path');
  },
);

test('what is quoted is read as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (parts) => {
      const text = parts.map((part) => `\`${part.replaceAll(/[\\`]/g, '\\$&')}\``).join('.');
      expect(parseFieldPath(text)).toEqual(parts);
    }),
  );
});

test('a value is put in place, read and taken away again, and the given fields stay as they are', () => {
  const fields = toFields({ a: 1, m: { x: 1, y: { z: 2 } } });
  const one = toValue(1);
  const deep = withValueAt(fields, ['m', 'y', 'w'], one);
  expect(valueAt(deep, ['m', 'y', 'w'])).toEqual(one);
  expect(valueAt(fields, ['m', 'y', 'w'])).toBeUndefined();
  expect(withValueAt(deep, ['m', 'y', 'w'], undefined)).toEqual(fields);
  expect(valueAt(withValueAt(fields, ['a', 'b'], one), ['a'])).toEqual(toValue({ b: 1 }));
  expect(withValueAt(fields, ['gone', 'b'], undefined)).toBe(fields);
  expect(pickFields(fields, [['m', 'y', 'z'], ['b']])).toEqual(toFields({ m: { y: { z: 2 } } }));
});
