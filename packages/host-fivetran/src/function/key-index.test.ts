import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyIndex } from './key-index.ts';

type Part = string | number;

/** What came of putting keys in this order: for each the row that had it before. */
function put(keys: readonly (readonly Part[])[]): number[] {
  const index = new KeyIndex();
  return keys.map((parts, row) => {
    for (const part of parts) {
      const bytes = Buffer.from(`${JSON.stringify(part)}\n`);
      index.add(bytes, 0, bytes.length);
    }
    return index.put(row);
  });
}

function model(keys: readonly (readonly Part[])[]): number[] {
  const rows = new Map<string, number>();
  return keys.map((parts, row) => {
    const key = JSON.stringify(parts);
    const before = rows.get(key) ?? -1;
    rows.set(key, row);
    return before;
  });
}

const part = fc.oneof(
  fc.integer({ min: -30, max: 1200 }),
  fc.string({ maxLength: 3 }),
  fc.constantFrom('', 'a', 'ab', 'b', ' ', '!'),
);

test('knows every key again, in whatever order they come', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.tuple(part, part, part), { maxLength: 60 }),
      fc.constantFrom('as they are', 'sorted', 'sorted, then again'),
      (width, tuples, order) => {
        const keys = tuples.map((tuple) => tuple.slice(0, width));
        const sorted = keys.toSorted(byParts);
        const used =
          order === 'as they are' ? keys : order === 'sorted' ? sorted : [...sorted, ...keys];
        expect(put(used)).toEqual(model(used));
      },
    ),
    { numRuns: 500 },
  );
});

test('knows keys again that came in order until then, of which there are many', () => {
  const count = 5000;
  const ascending = Array.from({ length: count }, (_, i) => [i >> 2, i & 3]);
  const again = ascending.map((_, i) => ascending[(i * 7) % count] ?? []);
  const keys = [...ascending, ...again, ...ascending];
  expect(put(keys)).toEqual(model(keys));
});

function byParts(a: readonly Part[], b: readonly Part[]): number {
  for (const [at, one] of a.entries()) {
    const other = b[at] ?? '';
    if (one === other) continue;
    if (typeof one === 'number' && typeof other === 'number') return one - other;
    return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
  }
  return 0;
}
