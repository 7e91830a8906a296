import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameKey, rangeBelow } from './names/name-key.ts';
import type { Value } from './protocol/document.gen.ts';
import { OrderedMap } from './store/ordered-map.ts';
import { ids, values } from './testing/arbitraries.ts';
import { compareValues } from './values/compare-values.ts';
import { toValue, type Plain } from './values/to-value.ts';

const paths = fc.array(ids, { minLength: 1, maxLength: 4 });

test('keys of names are in the order of the names', () => {
  fc.assert(
    fc.property(paths, paths, (a, b) => {
      const [x, y] = [nameKey(a.join('/')), nameKey(b.join('/'))];
      expect(Math.sign(Number(x > y) - Number(x < y))).toBe(Math.sign(compareSegments(a, b)));
    }),
    { numRuns: 2000 },
  );
});

test('what is below a path is what begins with it', () => {
  fc.assert(
    fc.property(paths, paths, (above, path) => {
      const { from, to } = rangeBelow(above.join('/'));
      const key = nameKey(path.join('/'));
      const below = path.length > above.length && above.every((id, index) => id === path[index]);
      expect(key >= from && key < to).toBe(below);
    }),
    { numRuns: 2000 },
  );
});

test('values have one order', () => {
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      expect(Math.sign(compareValues(a, b))).toBe(-Math.sign(compareValues(b, a)) + 0);
      expect(compareValues(a, a)).toBe(0);
      if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0) {
        expect(compareValues(a, c)).toBeLessThanOrEqual(0);
      }
    }),
    { numRuns: 5000 },
  );
});

test('texts are ordered by their bytes, and numbers by what they are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareValues(toValue(a), toValue(b)))).toBe(bytes);
    }),
  );
  const ascending: Plain[] = [NaN, -Infinity, -(2n ** 63n), -1.5, -1, 0, 5e-324, 9007199254740992n];
  const more: Plain[] = [
    9007199254740993n,
    2 ** 60,
    2n ** 60n + 1n,
    2n ** 63n - 1n,
    2 ** 63,
    Infinity,
  ];
  const all = [...ascending, ...more].map(toValue);
  expect(all.toReversed().sort(compareValues)).toEqual(all);
  expect(compareValues(toValue(-0), toValue(0))).toBe(0);
});

test('types are ordered among each other', () => {
  const ascending: Value[] = [
    toValue(null),
    toValue(true),
    toValue(1),
    toValue(new Date(0)),
    toValue(''),
    toValue(new Uint8Array()),
    toValue([]),
    toValue({}),
  ];
  expect(ascending.toReversed().sort(compareValues)).toEqual(ascending);
});

test('an ordered map is a sorted list of what was put into it', () => {
  const act = fc.record({ key: fc.string({ maxLength: 2 }), value: fc.option(fc.nat()) });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 3000, size: 'max' }), fc.string(), (acts, from) => {
      const map = new OrderedMap<number>();
      const model = new Map<string, number>();
      for (const { key, value } of acts) {
        if (value === null) {
          map.delete(key);
          model.delete(key);
        } else {
          map.set(key, value);
          model.set(key, value);
        }
      }
      const expected = [...model]
        .filter(([key]) => key >= from)
        .sort(([a], [b]) => (a < b ? -1 : 1));
      const got = [...map.range(from, '\uffff')].map(({ key, entry }) => [key, entry]);
      expect(got).toEqual(expected.filter(([key]) => key < '\uffff'));
      expect(map.size).toBe(model.size);
      for (const [key, value] of model) expect(map.get(key)).toBe(value);
    }),
    { numRuns: 50 },
  );
});

/** The order of names as the documentation has it, said in another way. */
function compareSegments(a: readonly string[], b: readonly string[]): number {
  for (const [index, segment] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const [x, y] = [numeric(segment), numeric(other)];
    if (x !== undefined && y !== undefined && x !== y) return x < y ? -1 : 1;
    if ((x === undefined) !== (y === undefined)) return x === undefined ? 1 : -1;
    const bytes = Buffer.compare(Buffer.from(segment), Buffer.from(other));
    if (bytes !== 0) return bytes;
  }
  return a.length - b.length;
}

function numeric(id: string): bigint | undefined {
  const digits = /^__id(0|-?[1-9]\d*)__$/.exec(id)?.[1];
  const number = digits === undefined ? undefined : BigInt(digits);
  if (number === undefined || number < -(2n ** 63n) || number >= 2n ** 63n) return undefined;
  return number;
}
