import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinRanges, KeyRanges } from '../handover/key-ranges.ts';
import { beginning, Cursor, present, resume, save, type Position } from './cursor.ts';

const root = 'projects/p/databases/(default)/documents';

function parse(state: unknown): Cursor {
  return Cursor.parse(state);
}

/** A position as plain texts. */
function shown({ point, ranges, count }: Position): unknown {
  const text = (name: Uint8Array | undefined) =>
    name &&
    Buffer.from(name)
      .toString()
      .slice(root.length + 1);
  const all = ranges.all.map(({ from, to, cursor, isDone }) => ({
    from: text(from),
    to: text(to),
    cursor: isDone ? undefined : text(cursor),
    isDone,
  }));
  return { point, count, ranges: all };
}

function only(positions: readonly Position[]): Position {
  const [position] = positions;
  if (position === undefined || positions.length > 1) throw new Error('there is not one position');
  return position;
}

const point = Date.UTC(2024, 1, 29, 12) * 1000 + 123_456;
const at = '2024-02-29T12:00:00.123456Z';
const none = { from: undefined, to: undefined, cursor: undefined };

describe('a position is saved', () => {
  test('before anything was read', () => {
    expect(save([beginning(point)], root)).toEqual({ at, ranges: [{}], read: 0 });
  });

  test('when all was read', () => {
    expect(save([{ ...present(point), count: 7 }], root)).toEqual({ at, count: 7 });
  });

  test('and is the same when it is resumed', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
      .map((id) => id.replaceAll('/', '_'));
    const part = fc.record({ cursor: fc.boolean(), isDone: fc.boolean() });
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 5 }), fc.array(part), (ids, parts) => {
        const borders = ids
          .map((id) => Buffer.from(`${root}/c/${id}`))
          .toSorted((a, b) => Buffer.compare(a, b));
        const ranges = [undefined, ...borders].map((from, index) => ({
          from,
          to: borders[index],
          cursor: parts[index]?.cursor === true ? (from ?? Buffer.from(`${root}/b`)) : undefined,
          isDone: parts[index]?.isDone === true,
          notBefore: point,
          known: [],
        }));
        const position = {
          ...beginning(point),
          ranges: new KeyRanges(joinRanges(ranges)),
        };
        const state: unknown = JSON.parse(JSON.stringify(save([position], root)));
        const again = only(resume(parse(state), root));
        if (position.ranges.isDone) expect(again.ranges.isDone).toBe(true);
        else expect(shown(again)).toEqual(shown(position));
      }),
    );
  });
});

test('slices of the names are saved each at its own point', () => {
  const border = Buffer.from(`${root}/users/m`);
  const lower = new KeyRanges([
    {
      from: undefined,
      to: border,
      cursor: Buffer.from(`${root}/users/ada`),
      isDone: false,
      notBefore: point,
      known: [
        {
          upTo: Buffer.from(`${root}/users/bob`),
          micros: point - 1,
        },
      ],
    },
  ]);
  const upper = new KeyRanges([
    { from: border, to: undefined, cursor: undefined, isDone: true, notBefore: point, known: [] },
  ]);
  const saved = save(
    [
      { ...beginning(point), ranges: lower, read: 3 },
      { ...beginning(point + 1), from: border, ranges: upper, count: 5 },
    ],
    root,
  );
  const known = [{ upTo: 'users/bob', at: '2024-02-29T12:00:00.123455Z' }];
  expect(saved).toEqual({
    slices: [
      { at, ranges: [{ cursor: 'users/ada', known }], read: 3 },
      { from: 'users/m', at: '2024-02-29T12:00:00.123457Z', count: 5 },
    ],
  });
  const again = resume(parse(JSON.parse(JSON.stringify(saved))), root);
  expect(save(again, root)).toEqual(saved);
  expect(Buffer.from(again[0]?.ranges.all[0]?.to ?? []).toString()).toBe(`${root}/users/m`);
});

describe("the state of Estuary's connector", () => {
  test.each([
    [
      'that has read all',
      { ReadTime: at, Backfill: { StartAfter: at, Completed: true, Cursor: '', MTime: at } },
      { ...none, isDone: true },
    ],
    ['that never reads what is there', { ReadTime: at, Backfill: null }, { ...none, isDone: true }],
    [
      'in the middle of a backfill',
      { ReadTime: at, Backfill: { Completed: false, Cursor: 'users/ada', MTime: at } },
      { ...none, cursor: 'users/ada', isDone: false },
    ],
    [
      'before its backfill',
      { ReadTime: at, Backfill: { StartAfter: at, Completed: false } },
      { ...none, isDone: false },
    ],
    [
      'that has lost changes',
      { ReadTime: at, Backfill: { Completed: true }, Inconsistent: true },
      { ...none, isDone: false },
    ],
  ])('%s is gone on from', (_, state, range) => {
    expect(shown(only(resume(parse(state), root)))).toEqual({
      point,
      count: undefined,
      ranges: [range],
    });
  });
});

test.each([{}, { at: 'yesterday' }, { at, ranges: [] }, { ReadTime: 5 }, { at, more: 1 }])(
  '%j is no state',
  (state) => {
    expect(Cursor.safeParse(state).success).toBe(false);
  },
);
