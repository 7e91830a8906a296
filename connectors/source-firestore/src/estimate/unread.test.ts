import { expect, test } from 'vitest';
import type { KeyRange } from '../handover/key-ranges.ts';
import { unreadSlices } from './unread.ts';

/** Ranges written `from cursor`, each up to the next; `-` is nothing, and `done` stands for the cursor of one that is read. */
function ranges(...texts: readonly string[]): KeyRange[] {
  const parts = texts.map((text) =>
    text.split(' ').map((part) => (part === '-' ? undefined : part)),
  );
  const bytes = (part: string | undefined) => (part === undefined ? undefined : Buffer.from(part));
  return parts.map(([from, cursor], index) => ({
    from: bytes(from),
    to: bytes(parts[index + 1]?.[0]),
    cursor: cursor === 'done' ? undefined : bytes(cursor),
    isDone: cursor === 'done',
    notBefore: 0,
    known: [],
  }));
}

test.each([
  { given: ['- -'], slices: ['past=- from=- to=-'] },
  { given: ['- b'], slices: ['past=b from=- to=-'] },
  { given: ['- done'], slices: [] },
  { given: ['- b', 'd -', 'f -'], slices: ['past=b from=- to=-'] },
  { given: ['- b', 'd e', 'f -'], slices: ['past=b from=- to=d', 'past=e from=d to=-'] },
  { given: ['- -', 'd done', 'f -'], slices: ['past=- from=- to=d', 'past=- from=f to=-'] },
  { given: ['- done', 'd -', 'f done'], slices: ['past=- from=d to=f'] },
])('of $given there is left $slices', ({ given, slices }) => {
  const text = (name: Uint8Array | undefined) =>
    name === undefined ? '-' : Buffer.from(name).toString();
  const found = unreadSlices(ranges(...given)).map(
    ({ past, from, to }) => `past=${text(past)} from=${text(from)} to=${text(to)}`,
  );
  expect(found).toEqual(slices);
});
