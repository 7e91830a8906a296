import { expect, test } from 'vitest';
import { compareNameTexts } from '../wire/names.ts';
import { idAfter } from './id-after.ts';

test.each([
  { id: 'ada', after: 'ada\0' },
  { id: '__id5__', after: '__id6__' },
  { id: '__id-1__', after: '__id0__' },
  { id: '__id9223372036854775807__', after: '\0' },
  { id: '__id9223372036854775808__', after: '__id9223372036854775808__\0' },
  { id: '__idx__', after: '__idx__\0' },
])('after $id comes $after, and between them what is below it', ({ id, after }) => {
  expect(idAfter(id)).toBe(after);
  expect(compareNameTexts(`c/${id}`, `c/${id}/d/1`)).toBeLessThan(0);
  expect(compareNameTexts(`c/${id}/d/1`, `c/${after}`)).toBeLessThan(0);
});
