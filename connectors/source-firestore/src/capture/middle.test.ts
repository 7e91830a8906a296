import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare } from '../handover/key-ranges.ts';
import { middleName } from './middle.ts';

const root = 'projects/p/databases/(default)/documents';
const name = (path: string) => Buffer.from(`${root}/${path}`);

function middle(low: string, high: string): string | undefined {
  const found = middleName(root, name(low), name(high));
  return (
    found &&
    Buffer.from(found)
      .toString()
      .slice(root.length + 1)
  );
}

test.each([
  ['users/a', 'users/c', 'users/b'],
  ['users/0abc', 'users/zabc', 'users/U'],
  ['users/user-0001', 'users/user-9999', 'users/user-4'],
  ['users/a', 'users/b', 'users/aO'],
  ['users/az', 'users/b', 'users/a|'],
  ['users/a/messages/x', 'users/c/messages/y', 'users/b'],
  ['users/a/messages/b', 'users/a/messages/d', 'users/a/messages/c'],
  ['a/x', 'c/x', 'b/__id-9223372036854775808__'],
  ['users/a', 'users/a', undefined],
  ['users/ä', 'users/ö', undefined],
  ['users/__id5__', 'users/__id7__', undefined],
])('between %s and %s is %s', (low, high, between) => {
  expect(middle(low, high)).toBe(between);
});

test('what is in the middle is between, whatever the ids are', () => {
  const id = fc
    .string({ minLength: 1, maxLength: 6, unit: 'grapheme' })
    .map((text) => text.replaceAll('/', '_'));
  fc.assert(
    fc.property(id, id, (a, b) => {
      const [low, high] = [name(`users/${a}`), name(`users/${b}`)].toSorted(compare);
      if (low === undefined || high === undefined) throw new Error('there are two');
      const found = middleName(root, low, high);
      if (found === undefined) return;
      expect(compare(low, found)).toBeLessThan(0);
      expect(compare(found, high)).toBeLessThan(0);
    }),
  );
});
