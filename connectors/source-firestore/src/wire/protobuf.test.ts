import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtoReader, ProtoWriter } from './protobuf.ts';
import { pastField } from './skip.ts';

describe('where a field ends', () => {
  test.each([
    { field: 'a varint', bytes: [0x08, 0xff, 0x01, 0x99], end: 3 },
    { field: 'a varint of ten bytes', bytes: [0x08, ...Array(9).fill(0xff), 0x01], end: 11 },
    { field: 'eight bytes', bytes: [0x09, 1, 2, 3, 4, 5, 6, 7, 8, 9], end: 9 },
    { field: 'four bytes', bytes: [0x0d, 1, 2, 3, 4, 5], end: 5 },
    { field: 'a length', bytes: [0x0a, 2, 1, 2, 3], end: 4 },
    { field: 'the last field there can be', bytes: [0xf8, 0xff, 0xff, 0xff, 0x0f, 0], end: 6 },
    { field: 'a group', bytes: [0x0b, 0x08, 1, 0x0c, 9], end: 4 },
    { field: 'a group in a group', bytes: [0x0b, 0x13, 0x08, 1, 0x14, 0x0c], end: 6 },
  ])('$field', ({ bytes, end }) => {
    expect(pastField(Uint8Array.from(bytes), 0, bytes.length)).toBe(end);
    // Nothing past the given end is looked at.
    expect(pastField(Uint8Array.from(bytes), 0, end)).toBe(end);
    expect(pastField(Uint8Array.from(bytes), 0, end - 1)).toBe(-1);
  });

  test.each([
    { field: 'field 0', bytes: [0x00, 0] },
    { field: 'a field past the last', bytes: [0x80, 0x80, 0x80, 0x80, 0x10, 0] },
    { field: 'a tag with needless bytes', bytes: [0x88, 0x00, 1] },
    { field: 'a varint of eleven bytes', bytes: [0x08, ...Array(10).fill(0xff), 0x01] },
    { field: 'an unknown wire type', bytes: [0x0e, 0] },
    { field: 'the end of a group that was not begun', bytes: [0x0c] },
    { field: 'a group with the end of another', bytes: [0x0b, 0x14] },
    { field: 'a group without an end', bytes: [0x0b, 0x08, 1] },
    { field: 'a length past 2^63', bytes: [0x0a, ...Array(9).fill(0xff), 0x01] },
    { field: 'groups without bound', bytes: [...Array(100).fill(0x0b), ...Array(100).fill(0x0c)] },
  ])('there is none to $field', ({ bytes }) => {
    expect(pastField(Uint8Array.from(bytes), 0, bytes.length)).toBe(-1);
  });
});

test('what is written is read', () => {
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  fc.assert(
    fc.property(int64, fc.integer(), fc.double(), fc.string(), fc.uint8Array(), (a, b, c, d, e) => {
      const inner = new ProtoWriter().bytes(1, e);
      const writer = new ProtoWriter().varint(1, a).varint(20, b).double(3, c).text(4, d);
      const reader = new ProtoReader(writer.message(5, inner).finish());
      const read: unknown[] = [];
      while (reader.next()) {
        if (reader.tag === 8) read.push(reader.int64());
        else if (reader.tag === 160) read.push(reader.int32());
        else if (reader.tag === 25) read.push(reader.double());
        else if (reader.tag === 34) read.push(reader.text());
        else {
          const message = reader.message();
          while (message.next()) read.push(new Uint8Array(message.view()));
        }
      }
      expect(read).toEqual([a, b, c, d, e]);
    }),
  );
});

test.each([
  { numbers: 'one', bytes: [0x10, 5], expected: [5] },
  { numbers: 'packed ones', bytes: [0x12, 3, 5, 0xac, 0x02], expected: [5, 300] },
  { numbers: 'a negative one', bytes: [0x10, ...Array(9).fill(0xff), 1], expected: [-1] },
  { numbers: 'none', bytes: [0x12, 0], expected: [] },
])('of a repeated int32, $numbers', ({ bytes, expected }) => {
  const reader = new ProtoReader(Uint8Array.from(bytes));
  expect(reader.next()).toBe(true);
  expect(reader.int32s()).toEqual(expected);
});

test.each([
  { what: 'a field that is cut off', read: () => new ProtoReader(Uint8Array.of(0x0a, 5)).next() },
  { what: 'packed numbers that are cut off', read: () => first(0x12, 1, 0x80).int32s() },
  { what: 'a text that is no UTF-8', read: () => first(0x0a, 1, 0xff).text() },
])('$what is a failure', ({ read }) => {
  expect(read).toThrow(/^Firestore sent a message that cannot be read: /);
});

function first(...bytes: number[]): ProtoReader {
  const reader = new ProtoReader(Uint8Array.from(bytes));
  reader.next();
  return reader;
}
