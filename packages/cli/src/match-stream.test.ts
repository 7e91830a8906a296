import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesStream } from './match-stream.ts';

test.each([
  ['orders', 'orders', true],
  ['orders', 'orders_old', false],
  ['orders*', 'orders', true],
  ['*', '', true],
  ['*_old', 'orders_old', true],
  ['a*a', 'a', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c', false],
  ['*ab*ab', 'xab', false],
  ['a.c', 'abc', false],
])('%s on %s: %s', (pattern, name, expected) => {
  expect(matchesStream(pattern, name)).toBe(expected);
});

test('a pattern matches as the regular expression does that it stands for', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  fc.assert(
    fc.property(word, word, (pattern, text) => {
      const name = text.replaceAll('*', '');
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
      expect(matchesStream(pattern, name)).toBe(expression.test(name));
    }),
    { numRuns: 2_000 },
  );
});
