import { encodeDocuments } from '@fairlead/sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowBuffer } from './row-buffer.ts';

/** What can be done to a buffer. */
const action = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      count: fc.integer({ min: 1, max: 4 }),
      bytes: fc.nat(9),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), row: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('removeAll' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('mark' as const) }) },
);

const textOf = (buffer: RowBuffer): string => Buffer.concat(buffer.encode()).toString();
const rowsIn = (buffer: RowBuffer): unknown[] => JSON.parse(`[${textOf(buffer)}]`);

test('has the rows that were added and not taken out, and those of the mark once it is undone', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40, size: 'max' }), (actions) => {
      const buffer = new RowBuffer();
      const rowOf = new Map<number, string>();
      let model: number[] = [];
      let marked: number[] = [];
      for (const one of actions) {
        if (one.do === 'add') {
          const rows = Array.from({ length: one.count }, (_, index) => buffer.count + index);
          const objects = rows.map((n) => ({ n, pad: 'x'.repeat(one.bytes) }));
          for (const object of objects) rowOf.set(object.n, JSON.stringify(object));
          const documents = encodeDocuments(objects);
          if (one.count === 1) buffer.add(documents.bytes.subarray(0, -1));
          else buffer.addAll(documents, 0, one.count);
          model.push(...rows);
        } else if (one.do === 'remove') {
          if (one.row < buffer.count) buffer.remove(one.row);
          model = model.filter((row) => row !== one.row);
        } else if (one.do === 'removeAll') {
          buffer.removeAll();
          model = [];
        } else {
          buffer.mark();
          marked = [...model];
        }
        const expected = model.map((n) => rowOf.get(n)).join(',');
        expect(textOf(buffer)).toBe(expected);
        expect(buffer.liveCount).toBe(model.length);
        expect(buffer.liveBytes).toBe(model.length === 0 ? 0 : expected.length + 1);
      }
      buffer.undo();
      expect(textOf(buffer)).toBe(marked.map((n) => rowOf.get(n)).join(','));
      expect(buffer.liveCount).toBe(marked.length);
      // Others have the memory next.
      buffer.release();
    }),
    { numRuns: 300 },
  );
});

const megabyte = 1024 * 1024;

/** Sizes of rows around those of the buffer's own pieces. */
const size = fc.oneof(
  fc.integer({ min: 9, max: 200 }),
  fc.integer({ min: 16_000, max: 17_000 }),
  fc.integer({ min: 300_000, max: 400_000 }),
  fc.constantFrom(16_383, 16_384, megabyte - 2, megabyte - 1, megabyte, 2 * megabyte - 1),
);

test('has rows of any size, whether one is out or all are in', () => {
  fc.assert(
    fc.property(
      fc.array(size, { minLength: 1, maxLength: 12, size: 'max' }),
      fc.array(fc.nat(11), { maxLength: 4 }),
      fc.boolean(),
      (sizes, out, atOnce) => {
        const texts = sizes.map((bytes) => `{"n":"${'x'.repeat(bytes - 8)}"}`);
        const lines = Buffer.from(`${texts.join('\n')}\n`);
        let end = 0;
        const ends = Uint32Array.from(sizes, (bytes) => (end += bytes + 1));
        const buffer = new RowBuffer();
        if (atOnce) buffer.addAll({ bytes: lines, ends }, 0, sizes.length);
        else for (const text of texts) buffer.add(Buffer.from(text));
        const gone = out.filter((row) => row < sizes.length);
        for (const row of gone) buffer.remove(row);
        const expected = texts.filter((_, row) => !gone.includes(row)).join(',');
        expect(textOf(buffer) === expected).toBe(true);
        buffer.release();
      },
    ),
    { numRuns: 60 },
  );
});

test('gives many rows with gaps between them in few pieces', () => {
  const buffer = new RowBuffer();
  const rows = Array.from({ length: 40_000 }, (_, n) => ({ n, pad: 'x'.repeat(90) }));
  buffer.addAll(encodeDocuments(rows), 0, rows.length);
  for (let row = 0; row < rows.length; row += 2) buffer.remove(row);
  expect(buffer.encode().length).toBeLessThan(5);
  const odd = rows.filter(({ n }) => n % 2 === 1);
  expect(rowsIn(buffer)).toEqual(odd);
  expect(rowsIn(buffer)).toEqual(odd);
});

test('takes some of the documents of a batch', () => {
  const buffer = new RowBuffer();
  buffer.addAll(encodeDocuments([{ n: 1 }, { n: 2 }, { n: 3 }]), 1, 2);
  buffer.addAll(encodeDocuments([{ n: 4 }, { n: 5 }]), 0, 1);
  expect(rowsIn(buffer)).toEqual([{ n: 2 }, { n: 4 }]);
});

test('has rows of its own where it uses the memory of another one again', () => {
  const first = new RowBuffer();
  first.addAll(encodeDocuments([{ n: 1 }, { n: 2 }]), 0, 2);
  first.remove(0);
  first.release();
  first.release();
  const second = new RowBuffer();
  const third = new RowBuffer();
  expect(second.count).toBe(0);
  second.addAll(encodeDocuments([{ n: 3 }]), 0, 1);
  third.addAll(encodeDocuments([{ n: 4 }]), 0, 1);
  expect([rowsIn(second), rowsIn(third)]).toEqual([[{ n: 3 }], [{ n: 4 }]]);
});
