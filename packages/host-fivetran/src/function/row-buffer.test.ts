import { encodeDocuments } from '@fairlead/sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowBuffer } from './row-buffer.ts';

/** What can be done to a buffer. */
const action = fc.oneof(
  fc.record({ do: fc.constant('add' as const), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('remove' as const), row: fc.nat(20) }),
  fc.record({ do: fc.constant('removeAll' as const) }),
  fc.record({ do: fc.constant('mark' as const) }),
);

const rowsIn = (buffer: RowBuffer): unknown[] =>
  JSON.parse(`[${Buffer.from(buffer.encode()).toString()}]`);

test('has the rows that were added and not taken out, and those of the mark once it is undone', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40, size: 'max' }), (actions) => {
      const buffer = new RowBuffer();
      let model: number[] = [];
      let marked: number[] = [];
      for (const one of actions) {
        if (one.do === 'add') {
          const rows = Array.from({ length: one.count }, (_, index) => buffer.count + index);
          const documents = encodeDocuments(rows.map((n) => ({ n })));
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
        const rows = rowsIn(buffer);
        expect(rows).toEqual(model.map((n) => ({ n })));
        expect(buffer.liveCount).toBe(model.length);
        const bytes = rows.reduce<number>((sum, row) => sum + JSON.stringify(row).length + 1, 0);
        expect(buffer.liveBytes).toBe(bytes);
      }
      buffer.undo();
      expect(rowsIn(buffer)).toEqual(marked.map((n) => ({ n })));
      expect(buffer.liveCount).toBe(marked.length);
    }),
    { numRuns: 300 },
  );
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
  first.release();
  const second = new RowBuffer();
  expect(second.count).toBe(0);
  second.addAll(encodeDocuments([{ n: 3 }]), 0, 1);
  expect(rowsIn(second)).toEqual([{ n: 3 }]);
});
