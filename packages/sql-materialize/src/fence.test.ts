import { wholeRange, type KeyRange } from '@fairlead/sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { savedFor, takeOver, type FenceRow } from './fence.ts';

function row(begin: number, end: number, fence: number): FenceRow {
  return { range: { begin, end }, fence, checkpoint: `${begin}-${end}` };
}

const siblings = [row(0, 99, 4), row(100, 199, 5), row(200, 299, 6)];

describe('a writer that takes over', () => {
  test.each<{
    what: string;
    rows: FenceRow[];
    range: [number, number];
    bumps: [number, number, number][];
    fence: number;
    checkpoint: string | null;
    inserts: boolean;
  }>([
    {
      what: 'a new task begins with nothing',
      rows: [],
      range: [0, 99],
      bumps: [],
      fence: 1,
      checkpoint: null,
      inserts: true,
    },
    {
      what: 'its own range fences out its predecessor alone',
      rows: siblings,
      range: [100, 199],
      bumps: [[100, 199, 6]],
      fence: 6,
      checkpoint: '100-199',
      inserts: false,
    },
    {
      what: 'its own range fences out one that covers it, and resumes from its own',
      rows: [row(0, 299, 9), ...siblings],
      range: [100, 199],
      bumps: [
        [0, 299, 10],
        [100, 199, 6],
      ],
      fence: 6,
      checkpoint: '100-199',
      inserts: false,
    },
    {
      what: 'a part of a range resumes where the whole stopped',
      rows: siblings,
      range: [100, 149],
      bumps: [[100, 199, 6]],
      fence: 6,
      checkpoint: '100-199',
      inserts: true,
    },
    {
      what: 'the narrowest of several that cover it is the one to resume from',
      rows: [row(0, 999, 2), row(100, 199, 5), row(100, 499, 3)],
      range: [120, 130],
      bumps: [
        [0, 999, 3],
        [100, 199, 6],
        [100, 499, 4],
      ],
      fence: 6,
      checkpoint: '100-199',
      inserts: true,
    },
    {
      what: 'a range across borders fences out both sides and begins with nothing',
      rows: siblings,
      range: [50, 149],
      bumps: [
        [0, 99, 5],
        [100, 199, 6],
      ],
      fence: 1,
      checkpoint: null,
      inserts: true,
    },
    {
      what: 'a range that covers others fences them all out and begins with nothing',
      rows: siblings,
      range: [0, 299],
      bumps: [
        [0, 99, 5],
        [100, 199, 6],
        [200, 299, 7],
      ],
      fence: 1,
      checkpoint: null,
      inserts: true,
    },
    {
      what: 'ranges that only touch are left alone',
      rows: siblings,
      range: [300, 399],
      bumps: [],
      fence: 1,
      checkpoint: null,
      inserts: true,
    },
  ])('$what', ({ rows, range: [begin, end], bumps, fence, checkpoint, inserts }) => {
    const range: KeyRange = { begin, end };
    expect(takeOver(rows, range)).toEqual({
      bumps: bumps.map(([from, to, next]) => ({ range: { begin: from, end: to }, fence: next })),
      fence,
      checkpoint,
      insert: inserts ? { range, fence, checkpoint } : undefined,
    });
  });
});

test('what is saved is looked up without taking over', () => {
  expect(savedFor(siblings, { begin: 110, end: 120 })).toEqual(siblings[1]);
  expect(savedFor(siblings, { begin: 90, end: 120 })).toBeUndefined();
  expect(savedFor([], wholeRange)).toBeUndefined();
});

test('no two live writers ever share a key', () => {
  const range = fc
    .tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 }))
    .map(([a, b]): KeyRange => ({ begin: Math.min(a, b), end: Math.max(a, b) }));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), (ranges) => {
      let rows: FenceRow[] = [];
      const writers: { range: KeyRange; fence: number }[] = [];
      for (const wanted of ranges) {
        const { bumps, insert, fence } = takeOver(rows, wanted);
        rows = rows.map((old) => {
          const bump = bumps.find(({ range: bumped }) => same(bumped, old.range));
          return bump === undefined ? old : { ...old, fence: bump.fence };
        });
        if (insert !== undefined) rows.push(insert);
        writers.push({ range: wanted, fence });
      }
      const live = writers.filter(({ range: mine, fence }) =>
        rows.some((saved) => same(saved.range, mine) && saved.fence === fence),
      );
      for (let key = 0; key <= 7; key++) {
        const ofKey = live.filter(({ range: mine }) => mine.begin <= key && mine.end >= key);
        expect(ofKey.length).toBeLessThanOrEqual(1);
      }
    }),
  );
});

function same(a: KeyRange, b: KeyRange): boolean {
  return a.begin === b.begin && a.end === b.end;
}
