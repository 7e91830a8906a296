import { encodeDocuments } from '@fairlead/sdk';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ColumnKind } from './columns.ts';
import { newestOf, type NewestOptions } from './newest.ts';

interface Row {
  readonly id: number;
  readonly part?: string;
  readonly at?: unknown;
  readonly n: number;
}

/** What a table by key holds after batches of rows went through. */
function tableAfter(batches: readonly (readonly Row[])[], options: Partial<NewestOptions> = {}) {
  const newest = newestOf({ key: ['id'], cursor: 'at', kind: 'integer', ...options });
  const table = new Map<string, number>();
  for (const batch of batches) {
    const selected = newest?.select(encodeDocuments(batch));
    const lines = Buffer.from(selected?.bytes ?? [])
      .toString()
      .split('\n')
      .slice(0, -1);
    expect(lines).toHaveLength(selected?.ends.length ?? -1);
    for (const line of lines) {
      const { id, part = '', n }: Row = JSON.parse(line);
      table.set(`${id}${part}`, n);
    }
  }
  return Object.fromEntries(table);
}

test('of each key the row with the greatest cursor is left, of equals the last', () => {
  const at = fc.option(fc.integer({ min: -3, max: 3 }));
  const one = fc.record({ id: fc.integer({ min: 0, max: 3 }), at });
  fc.assert(
    fc.property(fc.array(fc.array(one, { maxLength: 6 }), { maxLength: 6 }), (cases) => {
      let n = 0;
      const batches = cases.map((batch) => batch.map((row) => ({ ...row, n: n++ })));
      const expected = new Map<string, { readonly at: number; readonly n: number }>();
      for (const row of batches.flat()) {
        const cursor = row.at ?? Number.NEGATIVE_INFINITY;
        const before = expected.get(String(row.id));
        if (before === undefined || cursor >= before.at) {
          expected.set(String(row.id), { at: cursor, n: row.n });
        }
      }
      const left = [...expected].map(([id, row]) => [id, row.n] as const);
      expect(tableAfter(batches)).toEqual(Object.fromEntries(left));
    }),
  );
});

const cases: readonly { kind: ColumnKind; ascending: readonly unknown[] }[] = [
  { kind: 'integer', ascending: [-12n, -1n, 9n, 10n, 9007199254740992n, 9007199254740993n] },
  { kind: 'number', ascending: [-1e300, -0.5, 0, 9, 10.25] },
  { kind: 'string', ascending: ['', '10', '9', 'Z', 'a', 'é', '｡', '🚢'] },
  { kind: 'date', ascending: ['0999-01-01', '2024-02-29', '2024-03-01'] },
  {
    kind: 'date-time',
    ascending: [
      '2024-01-01T00:00:00+01:00',
      '2024-01-01T00:00:00Z',
      '2024-01-01T00:00:00.000001Z',
      '2024-01-01T00:00:01-01:00',
    ],
  },
];

test.each(cases)('cursors that are a $kind have their own order', ({ kind, ascending }) => {
  for (const [greater, at] of ascending.entries()) {
    for (const lesser of ascending.slice(0, greater)) {
      const rows = [
        { id: 1, at, n: 1 },
        { id: 1, at: lesser, n: 2 },
      ];
      expect(tableAfter([rows], { kind }), `${String(lesser)} after ${String(at)}`).toEqual({
        1: 1,
      });
      expect(tableAfter([rows.toReversed()], { kind })).toEqual({ 1: 1 });
    }
  }
});

test('all members of a key count', () => {
  const rows = [
    { id: 1, part: 'a', at: 2, n: 1 },
    { id: 1, part: 'b', at: 1, n: 2 },
  ];
  expect(tableAfter([rows], { key: ['id', 'part'] })).toEqual({ '1a': 1, '1b': 2 });
});

test('keys that came long ago are forgotten', () => {
  const newest = (id: number) => ({ id, at: 9, n: 1 });
  const old = (id: number) => ({ id, at: 1, n: 2 });
  const batches = [[newest(1)], [newest(2)], [newest(3)], [old(1), old(3)]];
  expect(tableAfter(batches, { mostKeys: 2 })).toEqual({ 1: 2, 2: 1, 3: 1 });
});

test.each<ColumnKind>(['boolean', 'object', 'array', 'any'])('a %s has no order', (kind) => {
  expect(newestOf({ key: ['id'], cursor: 'at', kind })).toBeUndefined();
});
