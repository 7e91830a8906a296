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

/** As `put`, of several keys at a time, as many of which as do are said to ascend. */
function putAll(keys: readonly (readonly Part[])[], sizes: readonly number[]): number[] {
  const index = new KeyIndex();
  const ascending = new KeyIndex();
  const before: number[] = [];
  for (let from = 0; from < keys.length;) {
    const count = sizes[before.length % sizes.length] ?? 1;
    const some = keys.slice(from, from + count);
    const parts = some.map((key) =>
      Buffer.from(key.map((one) => `${JSON.stringify(one)}\n`).join('')),
    );
    const known = parts.map((bytes) => {
      ascending.add(bytes, 0, bytes.length);
      ascending.put(0);
      return ascending.last !== undefined;
    });
    let end = 0;
    const run = {
      count: parts.length,
      bytes: Buffer.concat(parts),
      ends: Uint32Array.from(parts, ({ length }) => (end += length)),
      ascending: known.includes(false) ? known.indexOf(false) : known.length,
    };
    const replaced: number[] = [];
    index.putAll(run, 2 * from, 2, (row) => replaced.push(row / 2));
    before.push(...replaced);
    from += count;
  }
  return before;
}

test('knows keys again that come several at a time', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.tuple(part, part, part), { maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      fc.boolean(),
      (width, tuples, sizes, isSorted) => {
        const keys = tuples.map((tuple) => tuple.slice(0, width));
        const used = isSorted ? keys.toSorted(byParts) : keys;
        expect(putAll(used, sizes)).toEqual(model(used).filter((row) => row !== -1));
      },
    ),
    { numRuns: 500 },
  );
});

test('has nothing of the keys whose memory it uses again', () => {
  const keys = Array.from({ length: 3000 }, (_, index) => [(index * 7) % 3000]);
  for (let round = 0; round < 3; round++) {
    const index = new KeyIndex();
    const before = keys.map(([only = 0], row) => {
      const bytes = Buffer.from(`${only}\n`);
      index.add(bytes, 0, bytes.length);
      return index.put(row);
    });
    expect(before.every((row) => row === -1)).toBe(true);
    index.release();
  }
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
