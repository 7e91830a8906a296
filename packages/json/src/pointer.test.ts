import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPointer, parsePointer, PointerError } from './pointer.ts';

test.each([
  { pointer: '', path: [] },
  { pointer: '/', path: [''] },
  { pointer: '/a/b~1c', path: ['a', 'b/c'] },
  { pointer: '/~01/0', path: ['~1', '0'] },
  { pointer: '//x', path: ['', 'x'] },
])('$pointer stands for $path', ({ pointer, path }) => {
  expect(parsePointer(pointer)).toEqual(path);
  expect(formatPointer(path)).toBe(pointer);
});

test.each(['a', ' /a', '/~', '/~2', '/a~'])('%j is no pointer', (pointer) => {
  expect(() => parsePointer(pointer)).toThrow(PointerError);
});

test('a path comes back from its pointer', () => {
  const step = fc.oneof(fc.string(), fc.stringMatching(/^[~/01]{0,6}$/));
  fc.assert(
    fc.property(fc.array(step), (path) => {
      expect(parsePointer(formatPointer(path))).toEqual(path);
    }),
  );
});
