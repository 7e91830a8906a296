import { Decimal } from '@fairlead/json';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countOf,
  type Documents,
  DocumentsBuilder,
  encodeDocuments,
  Op,
  selectDocuments,
  startOf,
} from './documents.ts';

test('objects become lines, and ends say where they end', () => {
  const documents = encodeDocuments([{ id: 1 }, { id: 2, name: 'ü' }]);
  expect(text(documents)).toBe('{"id":1}\n{"id":2,"name":"ü"}\n');
  expect([...documents.ends]).toEqual([9, 30]);
  expect(documents.ops).toBeUndefined();
  expect(countOf(documents)).toBe(2);
  expect([0, 1].map((index) => startOf(documents, index))).toEqual([0, 9]);
});

test('values keep every digit', () => {
  const values = {
    big: 9_007_199_254_740_993n,
    price: new Decimal('1.10'),
    at: new Date('2024-02-29T12:00:00Z'),
    bytes: Uint8Array.of(0, 255),
    missing: undefined,
  };
  expect(text(encodeDocuments([values]))).toBe(
    '{"big":9007199254740993,"price":1.10,"at":"2024-02-29T12:00:00.000Z","bytes":"AP8="}\n',
  );
});

test('no documents are empty bytes', () => {
  const documents = encodeDocuments([]);
  expect(documents.bytes).toHaveLength(0);
  expect(countOf(documents)).toBe(0);
});

describe('a builder', () => {
  test('has operations only where not all are upserts', () => {
    const builder = new DocumentsBuilder();
    builder.add({ id: 1 });
    expect(builder.take().ops).toBeUndefined();
    builder.add({ id: 1 });
    builder.add({ id: 2 }, Op.delete);
    builder.add({ id: 3 }, Op.insert);
    expect(builder.take().ops).toEqual(Uint8Array.of(Op.upsert, Op.delete, Op.insert));
    builder.add({ id: 4 });
    expect(builder.take().ops).toBeUndefined();
  });

  test('knows how much it holds, and is empty after it was taken', () => {
    const builder = new DocumentsBuilder();
    builder.add({ id: 1 });
    builder.addLine(Buffer.from('{"id":2}\n'));
    expect([builder.count, builder.sizeBytes]).toEqual([2, 18]);
    builder.take();
    expect([builder.count, builder.sizeBytes]).toEqual([0, 0]);
  });

  test('does not change what was taken', () => {
    const builder = new DocumentsBuilder();
    builder.add({ id: 1 });
    const first = builder.take();
    builder.add({ id: 2 });
    builder.take();
    expect(text(first)).toBe('{"id":1}\n');
  });

  test('goes on after a document that JSON cannot hold, as if it had not been there', () => {
    const builder = new DocumentsBuilder();
    builder.add({ id: 1 });
    expect(() => builder.add({ id: 2, ratio: Number.NaN })).toThrow('NaN');
    expect(() => builder.add([3])).toThrow('object');
    builder.add({ id: 4 });
    const documents = builder.take();
    expect(text(documents)).toBe('{"id":1}\n{"id":4}\n');
    expect([...documents.ends]).toEqual([9, 18]);
  });
});

describe('a selection', () => {
  const documents = encodeDocuments([{ id: 0 }, { id: 1 }, { id: 2 }, { id: 3 }]);

  test('has the documents that are kept, in order, with their operations', () => {
    const ops = Uint8Array.of(Op.insert, Op.upsert, Op.delete, Op.patch);
    const some = selectDocuments({ ...documents, ops }, (index) => index !== 1);
    expect(text(some)).toBe('{"id":0}\n{"id":2}\n{"id":3}\n');
    expect([...some.ends]).toEqual([9, 18, 27]);
    expect(some.ops).toEqual(Uint8Array.of(Op.insert, Op.delete, Op.patch));
  });

  test('is a copy', () => {
    const bytes = Uint8Array.from(documents.bytes);
    const some = selectDocuments({ ...documents, bytes }, (index) => index === 0);
    bytes.fill(0x20);
    expect(text(some)).toBe('{"id":0}\n');
  });

  test('of everything is everything', () => {
    const object = fc.record({ id: fc.integer(), name: fc.string({ unit: 'grapheme' }) });
    fc.assert(
      fc.property(fc.array(fc.tuple(object, fc.integer({ min: 0, max: 3 }))), (rows) => {
        const builder = new DocumentsBuilder();
        for (const [document, op] of rows) builder.addLine(line(document), op);
        const all = builder.take();
        expect(selectDocuments(all, () => true)).toEqual(all);
        expect(text(all)).toBe(rows.map(([document]) => `${JSON.stringify(document)}\n`).join(''));
      }),
    );
  });
});

function text(documents: Documents): string {
  return Buffer.from(documents.bytes).toString('utf8');
}

function line(document: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(document)}\n`);
}
