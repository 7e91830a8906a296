import { expect, test } from 'vitest';
import { columnForm } from './column-form.ts';
import type { FlatType } from './flat-type.ts';

test.each<[FlatType, string, boolean]>([
  [{ is: 'boolean' }, 'plain', true],
  [{ is: 'integer', safe: false }, 'plain', true],
  [{ is: 'number' }, 'plain', true],
  [{ is: 'string' }, 'text', true],
  [{ is: 'date' }, 'text', true],
  [{ is: 'date-time' }, 'text', true],
  [{ is: 'uuid' }, 'text', true],
  [{ is: 'decimal', precision: 10, scale: 2 }, 'raw', false],
  [{ is: 'integer-wide', digits: 38 }, 'raw', false],
  [{ is: 'json' }, 'raw', false],
])('%j is staged as %s', (type, form, direct) => {
  expect(columnForm(type)).toEqual({ form, direct });
});
