import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnNames } from './column-names.ts';

test.each([
  { header: ['a', 'b'], names: ['a', 'b'] },
  { header: ['a', '', ' '], names: ['a', 'column_2', 'column_3'] },
  { header: ['a', 'a', 'a'], names: ['a', 'a_2', 'a_3'] },
  { header: ['a', 'a', 'a_2'], names: ['a', 'a_3', 'a_2'] },
  { header: ['column_2', ''], names: ['column_2', 'column_2_2'] },
  { header: ['_meta', 'a'], names: ['_meta_2', 'a'] },
  { header: ['_meta', '_meta_2'], names: ['_meta_3', '_meta_2'] },
])('$header become $names', ({ header, names }) => {
  expect(columnNames(header, ['_meta'])).toEqual(names);
});

test('names are distinct, not reserved, and as they were where they can be', () => {
  const header = fc.array(fc.constantFrom('', 'a', 'b', 'a_2', 'a_3', 'column_1', 'column_2'));
  fc.assert(
    fc.property(header, fc.constantFrom<string[]>([], ['a'], ['a_2', 'b']), (fields, reserved) => {
      const names = columnNames(fields, reserved);
      expect(new Set([...names, ...reserved]).size).toBe(names.length + reserved.length);
      const kept = fields.filter((field, i) => {
        const free = !reserved.includes(field) && fields.indexOf(field) === i;
        return free && field !== '' && !field.startsWith('column_');
      });
      expect(kept.filter((field) => names[fields.indexOf(field)] !== field)).toEqual([]);
    }),
  );
});
