import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openedFirestore } from '../testing/opened-firestore.ts';
import { patternOfCollection } from '../wire/path-pattern.ts';
import { searchDatabase } from './search-database.ts';

const collection = fc.constantFrom('a', 'b', 'a b', 'ab', 'A', 'é');
const id = fc.oneof(
  fc.constantFrom(
    '1',
    '2',
    '1 ',
    '10',
    '__id7__',
    '__id8__',
    '__id9223372036854775807__',
    '~',
    '🙂',
    '\u{ffff}',
    'x_',
    '!',
  ),
  fc.integer({ min: 0, max: 80 }).map((number) => `user_${100 + number}`),
);
const path = fc
  .array(fc.tuple(collection, id), { minLength: 1, maxLength: 4 })
  .map((pairs) => pairs.flat().join('/'));

/** The patterns of all collections in which a document is, or below which one is. */
function patternsOf(paths: readonly string[]): string[] {
  const patterns = new Set<string>();
  for (const document of paths) {
    const segments = document.split('/');
    for (let end = 1; end < segments.length; end += 2) {
      patterns.add(patternOfCollection(segments.slice(0, end).join('/')));
    }
  }
  return [...patterns].toSorted();
}

test('all collections of a small database are found, wherever they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(path, { maxLength: 60 }), async (paths) => {
      await using opened = await openedFirestore();
      opened.write(...paths);
      const { patterns } = await searchDatabase(opened.firestore, 10_000, opened.scope.signal);
      const isCapped = patterns.some(({ isComplete }) => !isComplete);
      const found = patterns.map(({ pattern }) => pattern).toSorted();
      if (!isCapped) expect(found).toEqual(patternsOf(paths));
      else expect(patternsOf(paths)).toEqual(expect.arrayContaining(found));
      expect(opened.fake.counters.total.reads).toBe(opened.firestore.reads.used);
    }),
    { numRuns: 40 },
  );
}, 60_000);
