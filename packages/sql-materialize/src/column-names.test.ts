import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ansiDialect } from './ansi-dialect.ts';
import { columnNames } from './column-names.ts';

test.each([
  { fields: ['id', 'Order Date', 'a"b', 'sélect'], names: ['id', 'Order Date', 'a"b', 'sélect'] },
  { fields: ['a', 'A', 'a'], names: ['a', 'A_2', 'a_3'] },
  { fields: ['a', 'A', 'a_2', 'A_2'], names: ['a', 'A_2', 'a_2_2', 'A_2_3'] },
  { fields: ['x!', 'x;', 'x_'], names: ['x_', 'x__2', 'x__3'] },
  { fields: ['', ''], names: ['_', '__2'] },
  { fields: ['_deleted_at', '_Deleted_At'], names: ['_deleted_at_2', '_Deleted_At_3'] },
])('$fields are called $names', ({ fields, names }) => {
  expect(columnNames(fields, ansiDialect, ['_deleted_at'])).toEqual(names);
});

test('a long name is cut between characters and ends in a hash of all of it', () => {
  const [first = '', second = ''] = columnNames(
    [`${'é'.repeat(40)}1`, `${'é'.repeat(40)}2`],
    ansiDialect,
  );
  expect(first).toMatch(/^é{27}_[0-9a-f]{8}$/);
  expect(Buffer.byteLength(first)).toBe(63);
  expect(second.slice(0, 27)).toBe(first.slice(0, 27));
  expect(second).not.toBe(first);
});

test('a long name that is taken has room for a number', () => {
  const names = columnNames(['x'.repeat(70), 'X'.repeat(70)], { ...ansiDialect });
  expect(names.map((name) => name.length)).toEqual([63, 63]);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(2);
});

test('names are unique, short enough, and those of earlier fields stay when more come', () => {
  const field = fc.oneof(
    fc.constantFrom('a', 'A', 'a_2', 'A_2', 'a!', '', 'x'.repeat(90), 'X'.repeat(90)),
    fc.string({ unit: 'binary', maxLength: 80 }),
  );
  fc.assert(
    fc.property(fc.array(field, { maxLength: 20 }), field, (fields, more) => {
      const names = columnNames(fields, ansiDialect);
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(fields.length);
      for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
      expect(columnNames([...fields, more], ansiDialect).slice(0, -1)).toEqual(names);
    }),
  );
});
