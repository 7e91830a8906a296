import { expect, test } from 'vitest';
import { columnSchema } from './column-schema.ts';

const unsigned = { hasMinimum: true, minimum: 0, hasMaximum: true, maximum: 2 ** 64 };

test.each([
  ['64 bits', {}, {}],
  ['bounds within 64 bits', { hasMinimum: true, minimum: 0, hasMaximum: true, maximum: 9 }, {}],
  ['the greatest of 64 bits, as a double has it', { hasMaximum: true, maximum: 2 ** 63 }, {}],
  ['64 bits without a sign', unsigned, { minimum: 0, maximum: 2 ** 64 }],
  ['a great bound alone', { hasMaximum: true, maximum: 1e30 }, { minimum: 0, maximum: 1e30 }],
  ['a low bound alone', { hasMinimum: true, minimum: -1e20 }, { minimum: -1e20, maximum: 0 }],
])('an integer of %s', (_, numeric, bounds) => {
  const inference = { types: ['integer'], exists: 'MUST', numeric } as const;
  expect(columnSchema(inference)).toEqual({ type: 'integer', ...bounds });
});

test('a number keeps no bounds, since all of them are doubles', () => {
  const inference = { types: ['number'], exists: 'MUST', numeric: unsigned } as const;
  expect(columnSchema(inference)).toEqual({ type: 'number' });
});
