import { expect, test } from 'vitest';
import { CursorState, type FileCursor } from './cursor.ts';
import { filesToRead, handedOut, positionIn } from './position.ts';

const reading = { path: 'a', version: '1', as: 'x', offset: 10, records: 4, inside: 'elements' };
const atStart = { offset: 0, records: 0, inside: undefined };

test.each<[string, Partial<FileCursor>, object]>([
  ['a file that was never seen', {}, { ...atStart, replaces: undefined }],
  [
    'a file that was left off in its middle',
    { reading },
    { offset: 10, records: 4, inside: 'elements', replaces: undefined },
  ],
  [
    'one that replaces another',
    { reading: { ...reading, replaces: 9 } },
    { offset: 10, records: 4, inside: 'elements', replaces: 9 },
  ],
  ['another version of it', { reading: { ...reading, version: '0' } }, { ...atStart, replaces: 4 }],
  ['another way to read it', { reading: { ...reading, as: 'y' } }, { ...atStart, replaces: 4 }],
  [
    'another version of one that replaces more',
    { reading: { ...reading, version: '0', replaces: 9 } },
    { ...atStart, replaces: 9 },
  ],
  ['a changed file', { files: { a: ['0', 7] } }, { ...atStart, replaces: 7 }],
  ['one that was deleted', { files: { a: ['', 0] } }, { ...atStart, replaces: 0 }],
  [
    'one that changed while it was read again',
    { files: { a: ['0', 7] }, reading: { ...reading, version: '0' } },
    { ...atStart, replaces: 7 },
  ],
  [
    'another file being read',
    { reading: { ...reading, path: 'b' } },
    { ...atStart, replaces: undefined },
  ],
])('the position in %s', (_, saved, expected) => {
  const cursor = new CursorState({ files: {}, ...saved });
  expect(positionIn({ path: 'a', version: '1' }, 'x', cursor)).toEqual(expected);
});

test('the file that is half read comes first, and those that were read not at all', () => {
  const files = ['a', 'b', 'c', 'd', 'e'].map((path) => ({ path, version: '1', sizeBytes: 1 }));
  const cursor = new CursorState({
    files: { b: ['1', 1], d: ['0', 1], e: ['', 0] },
    reading: { ...reading, path: 'c' },
  });
  expect(filesToRead(files, cursor).map(({ path }) => path)).toEqual(['c', 'a', 'd', 'e']);
});

test('a file that is being read again is due although its old version is known', () => {
  const cursor = new CursorState({ files: { a: ['1', 5] }, reading: { ...reading, version: '2' } });
  const file = { path: 'a', version: '1', sizeBytes: 1 };
  expect(filesToRead([file], cursor)).toEqual([file]);
  expect(handedOut('a', cursor)).toBe(5);
});
